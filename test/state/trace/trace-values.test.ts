import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromPlain, toPlain } from '../../../src/state/trace/trace-values.ts'

const throughJson = (value: unknown) => fromPlain(JSON.parse(JSON.stringify(toPlain(value))))

test('what JSON does not know comes back as it was', () => {
  const value = {
    lsn: 0xffffffffffffffffn,
    negative: -1n,
    far: Number.POSITIVE_INFINITY,
    nan: Number.NaN,
    roles: new Map([['app', { isSuperuser: false, lsn: 1n }]]),
    ids: new Set(['a', 'b']),
    list: [null, 'x', [1n]],
  }
  assert.deepEqual(throughJson(value), value)
})

test('an object that only looks like a mark stays what it is', () => {
  for (const value of [{ $bigint: 'twelve' }, { $map: 'x' }, { $map: [1] }, { $set: null }, { $bigint: '1', more: 1 }])
    assert.deepEqual(throughJson(value), value)
})

test('what JSON knows is untouched', () => {
  const plain = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)))
  fc.assert(fc.property(plain, (value) => assert.deepEqual(throughJson(value), value)))
})
