import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { bytesBetween, formatLsn, furthestLsn, parseLsn } from '../../../src/model/values/lsn.ts'

const anyLsn = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

test('every position is read back from its print', () => {
  fc.assert(fc.property(anyLsn, (lsn) => assert.equal(parseLsn(formatLsn(lsn)), lsn)))
})

test('the distance is exact and never negative', () => {
  fc.assert(
    fc.property(anyLsn, fc.nat(), (lsn, bytes) => {
      assert.equal(bytesBetween(lsn + BigInt(bytes), lsn), bytes)
      assert.equal(bytesBetween(lsn, lsn + BigInt(bytes)), 0)
    }),
  )
})

describe('what is no position is null', () => {
  for (const text of ['', '0', '0/', '/0', '0/123456789', 'G/0', '0/0\n', ' 0/0', null, undefined]) {
    test(JSON.stringify(text) ?? 'undefined', () => assert.equal(parseLsn(text), null))
  }
})

test('the furthest of none is null', () => {
  assert.equal(furthestLsn(), null)
  assert.equal(furthestLsn(null, undefined), null)
  assert.equal(furthestLsn(null, 3n, 5n, undefined, 4n), 5n)
  assert.equal(furthestLsn(0n), 0n)
})
