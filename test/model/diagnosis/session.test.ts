// The cause that a diagnosis names where no session opened: by code and reason, whatever the words of the server are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CauseId } from '../../../src/model/diagnosis/causes.ts'
import { judgeDatabaseState, judgeSession } from '../../../src/model/diagnosis/session.ts'
import type { FaultCode, FaultReason } from '../../../src/model/values/fault.ts'

const AT = 1_000

/** No words: they may not matter. */
function causesOf(code: FaultCode, reason?: FaultReason) {
  const reply = { at: AT, fault: { code, message: '…', hint: null, ...(reason ? { reason } : {}) } }
  return [judgeDatabaseState(reply), judgeSession(reply, true)].flatMap((outcome) =>
    'cause' in outcome ? [outcome.cause] : [],
  )
}

const TABLE: readonly (readonly [FaultCode, FaultReason | undefined, CauseId])[] = [
  ['starting', 'starting-up', 'database-starting'],
  ['starting', 'crash-recovery', 'database-starting'],
  ['starting', 'not-consistent', 'database-starting'],
  ['starting', 'shutting-down', 'database-shutting-down'],
  ['starting', 'no-hot-standby', 'no-hot-standby'],
  ['starting', 'in-recovery', 'not-accepting'],
  ['starting', undefined, 'not-accepting'],
  ['too-many-connections', 'role-limit', 'role-limit'],
  ['too-many-connections', 'database-limit', 'database-limit'],
  ['too-many-connections', 'all-slots', 'too-many-connections'],
  ['too-many-connections', undefined, 'too-many-connections'],
  ['auth', 'password', 'wrong-password'],
  ['auth', 'no-password', 'no-password'],
  ['auth', 'no-database', 'login-refused'],
  ['auth', undefined, 'login-refused'],
  ['protocol', 'sql-error', 'server-error'],
  ['protocol', 'session-ended', 'server-error'],
  ['protocol', undefined, 'other-service'],
  ['local', undefined, 'not-asked'],
  ['tls', 'own-file', 'not-asked'],
  ['tls', undefined, 'tls-broken'],
]
for (const [code, reason, cause] of TABLE)
  test(`${code}${reason ? `, ${reason}` : ''}: ${cause}`, () => assert.deepEqual(causesOf(code, reason), [cause]))

test('what only the language of the server would tell is not certain', () => {
  const fault = { code: 'starting', message: '…', hint: null } as const
  const outcome = judgeDatabaseState({ at: AT, fault })
  assert.equal('certainty' in outcome ? outcome.certainty : null, 'likely')
})
