// When a login that failed is told, and when it is repeated.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterLogin } from '../../../../src/model/measured/connections/new-connections.ts'
import type { Fault } from '../../../../src/model/values/fault.ts'

function failed(code: Fault['code']) {
  return { ok: false, fault: { code, message: 'no', hint: null } } as const
}

test('what the server refuses is told at once, and silence the second time', () => {
  assert.equal(afterLogin(0, failed('hba')).isTold, true)
  const lost = afterLogin(0, failed('timeout'))
  assert.deepEqual([lost.isTold, lost.misses], [false, 1])
  assert.equal(afterLogin(lost.misses, failed('timeout')).isTold, true)
  assert.deepEqual(afterLogin(2, { ok: true, value: null }), { misses: 0, againMs: null, isTold: true })
})

test('a failed login is repeated soon, but not a wrong password, for which directories lock accounts', () => {
  assert.equal(afterLogin(0, failed('too-many-connections')).againMs, 30_000)
  assert.equal(afterLogin(0, failed('auth')).againMs, 300_000)
})
