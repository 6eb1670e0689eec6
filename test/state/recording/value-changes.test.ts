// What changed of a value, applied to the value before, gives the value after: whatever both are.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ChangeError, changeBetween, withChange } from '../../../src/state/recording/value-changes.ts'
import { fromPlain, toPlain } from '../../../src/state/trace/trace-values.ts'

const asItIs = (_: string, value: unknown) => toPlain(value)

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.constantFrom(Number.POSITIVE_INFINITY, 0.5),
  fc.string({ maxLength: 4 }),
  fc.bigInt(),
)
const name = fc.constantFrom('a', 'b', '0', '-', '__proto__', 'length')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    fc.array(fc.tuple(fc.string({ maxLength: 2 }), leaf), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  ),
}))

describe('changes between values', () => {
  test('lead from any value to any other', () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const change = changeBetween(before, after, 'value', asItIs)
        const stored = JSON.parse(JSON.stringify(change))
        const result = change === null ? toPlain(before) : withChange(toPlain(before), stored)
        assert.deepEqual(JSON.parse(JSON.stringify(result)), JSON.parse(JSON.stringify(toPlain(after))))
      }),
      { numRuns: 2_000 },
    )
  })

  test('have only what differs', () => {
    const before = {
      at: 1,
      rows: [
        { pid: 1, wait: null },
        { pid: 2, wait: 'lock' },
      ],
      lsn: 5n,
      same: { deep: [1, 2] },
    }
    const after = {
      at: 2,
      rows: [
        { pid: 1, wait: null },
        { pid: 2, wait: null },
      ],
      lsn: 6n,
      same: { deep: [1, 2] },
    }
    assert.deepEqual(changeBetween(before, after, 'value', asItIs), {
      at: [2],
      rows: { 1: { wait: [null] } },
      lsn: [{ $bigint: '6' }],
    })
    assert.equal(changeBetween(before, structuredClone(before), 'value', asItIs), null)
    assert.equal(fromPlain({ $bigint: '6' }), 6n)
  })

  test('of a damaged file are refused', () => {
    for (const [before, change] of [
      [[1], [1e9, {}]],
      [[1], { 5: [1] }],
      [null, { a: [1] }],
      [{ a: 1 }, [1, 2, 3]],
      [{ a: 1 }, 'x'],
    ] as const)
      assert.throws(() => withChange(before, change), ChangeError, JSON.stringify(change))
  })
})
