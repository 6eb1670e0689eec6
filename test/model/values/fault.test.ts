import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  FAULT_CODES,
  FaultError,
  isFromTarget,
  isOwn,
  isRefusal,
  isSilent,
  isUnasked,
  isUnreachable,
  messageOf,
} from '../../../src/model/values/fault.ts'

describe('what a fault says of its target', () => {
  const codesOf = (is: (fault: { readonly code: (typeof FAULT_CODES)[number] }) => boolean) =>
    FAULT_CODES.filter((code) => is({ code }))

  test('silence may be the network; a refusal is the host’s own word', () => {
    assert.deepEqual(codesOf(isSilent), ['unreachable', 'timeout', 'dns'])
    assert.deepEqual(codesOf(isRefusal), ['refused'])
    assert.deepEqual(codesOf(isUnreachable), ['unreachable', 'refused', 'timeout', 'dns'])
  })

  test('whoever says no is there; a pooler speaks for itself only', () => {
    const answered = ['auth', 'hba', 'too-many-connections', 'starting', 'slow', 'tls', 'protocol']
    assert.deepEqual(codesOf(isFromTarget), answered)
    const rest = FAULT_CODES.filter((code) => !isUnreachable({ code }) && !isFromTarget({ code }))
    assert.deepEqual(rest, ['pooler', 'local'])
  })

  test('what keeps this program from asking is no word of the target', () => {
    assert.deepEqual(codesOf(isOwn), ['local'])
    assert.deepEqual(codesOf(isUnasked), ['dns', 'local'])
    const ownFile = { code: 'tls', reason: 'own-file' } as const
    assert.deepEqual([isOwn(ownFile), isUnasked(ownFile), isFromTarget(ownFile)], [true, true, false])
    assert.equal(isFromTarget({ code: 'tls' }), true)
  })
})

test('what an error says', () => {
  assert.equal(messageOf(new FaultError({ code: 'dns', message: 'no such name', hint: null })), 'no such name')
  assert.equal(messageOf(new TypeError('not a function')), 'not a function')
  assert.equal(messageOf('thrown as text'), 'thrown as text')
  assert.equal(messageOf(null), 'null')
})
