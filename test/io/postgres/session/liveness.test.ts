// What counts as a sign of life of a server that leaves a statement unanswered, and what does not.

import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { lookForLife } from '../../../../src/io/postgres/session/liveness.ts'
import type { ServerSession } from '../../../../src/io/postgres/session/server-session.ts'
import { UnansweredSessions } from '../../../../src/io/postgres/session/unanswered-sessions.ts'
import { type Fault, FaultError } from '../../../../src/model/values/fault.ts'
import { until } from '../../../wait.ts'

const FIRST = { host: 'a.test', port: 5432 }

const REFUSAL: Fault = { code: 'hba', message: 'a.test:5432 refuses the role', hint: null }

/** The fault of a further session where the server left all earlier ones unanswered after it had opened them. */
function ownRefusal(): Fault {
  const clock = { now: 0 }
  const unanswered = new UnansweredSessions(FIRST, () => clock.now)
  for (let count = 0; count < 3; count++) unanswered.leave(new PassThrough(), 'answer')
  clock.now = 6_000
  return unanswered.fault() ?? assert.fail('it holds none back')
}

/** Whether a second session that ends so is a sign of life, and whether it was noted as one. */
async function proven(
  second: Fault | Pick<ServerSession, 'endpoint' | 'pooler'>,
  pooler: string | null = null,
): Promise<readonly [boolean, boolean]> {
  const asked: unknown[] = []
  let shown = false
  const connector = {
    async open(_: unknown, only: unknown) {
      asked.push(only)
      if ('code' in second) throw new FaultError(second)
      return { ...second, end: async () => {} } as ServerSession
    },
  }
  const limit = { signal: new AbortController().signal, deadline: performance.now() + 1 }
  const life = lookForLife({ endpoint: FIRST, pooler }, connector, limit, () => {
    shown = true
  })
  await until('a second session was tried', 5_000, () => asked.length > 0)
  await new Promise((resolve) => setImmediate(resolve))
  life.end()
  assert.deepEqual(asked, [FIRST], 'the endpoint that owes the answer is tried, not another of the dsn')
  return [life.isProven(), shown]
}

test('a session that opens, and a refusal of the server, show that it is there', async () => {
  assert.deepEqual(await proven({ endpoint: FIRST, pooler: null }), [true, true])
  assert.deepEqual(await proven(REFUSAL), [true, true])
})

test('that pgdeck holds further sessions back shows nothing', async () => {
  const fault = ownRefusal()
  assert.equal(fault.code, 'slow')
  assert.deepEqual(await proven(fault), [false, false])
})

test('what a pooler opens or refuses shows nothing of its server', async () => {
  assert.deepEqual(await proven({ endpoint: FIRST, pooler: 'it drops start-up options' }, 'so'), [false, false])
  assert.deepEqual(await proven({ code: 'protocol', message: 'query_wait_timeout', hint: null }, 'so'), [false, false])
})
