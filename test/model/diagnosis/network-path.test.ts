// What attempts to connect say of a host: only what it sent itself is certain.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeHostReachable, judgePort, type NetworkPath } from '../../../src/model/diagnosis/network-path.ts'
import type { Fault } from '../../../src/model/values/fault.ts'

const AT = 1_000

function tried(fault: Fault | null, answersPing: boolean | null = null, host = '2001:db8::1'): NetworkPath {
  const attempt = { host, port: 5432, fault, at: AT }
  return {
    host,
    port: 5432,
    addresses: [host],
    nameFault: null,
    attempt,
    others: [],
    answersPing,
    otherEvidence: null,
    at: AT,
  }
}

const NO_ROUTE = {
  code: 'unreachable',
  message: '[2001:db8::1]:5432 is unreachable: no route to the host',
  hint: null,
} as const

test('that there is no route to a host may be the word of a router or a firewall: likely, not certain', () => {
  const outcome = judgeHostReachable(tried(NO_ROUTE))
  assert.deepEqual(
    ['cause' in outcome && outcome.cause, 'certainty' in outcome && outcome.certainty],
    ['host-silent', 'likely'],
  )
})

test('a host that this one has no route to was not asked, which is certain', () => {
  const outcome = judgeHostReachable(tried({ ...NO_ROUTE, reason: 'no-route', hint: 'Check its routes.' }))
  assert.deepEqual(
    ['cause' in outcome && outcome.cause, 'certainty' in outcome && outcome.certainty],
    ['not-asked', 'certain'],
  )
  assert.equal('next' in outcome && outcome.next, 'Check its routes.')
})

test('the port of a host that answers names it once', () => {
  const rejected = judgePort(tried(NO_ROUTE, true))
  assert.equal(rejected.evidence, '[2001:db8::1]:5432 is unreachable: no route to the host, though the host answers')
  const dropped = judgePort(tried({ code: 'timeout', message: 'x', hint: null }, true))
  assert.equal(dropped.evidence, '[2001:db8::1]:5432: no packet comes back, though the host answers')
})
