// How readings of a source add up: what was added, what replaces, what is kept.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type ApplicationAuditReading,
  MAX_SOURCE_ENTRIES,
  sureClockDifference,
  UNREAD_SOURCE,
  withReading,
} from '../../../src/model/application-audit/entry.ts'

function reading(times: readonly number[], over: Partial<ApplicationAuditReading> = {}): ApplicationAuditReading {
  const entries = times.map((at) => ({ at, who: 'ann', category: null, what: `${at}`, from: null, result: null }))
  return { entries, isWhole: false, clockAheadMs: 0, unreadable: 0, leftOut: false, position: null, ...over }
}

const times = (source: { readonly entries: readonly { readonly at: number }[] }) => source.entries.map(({ at }) => at)

describe('readings of a source', () => {
  test('that go on are added, the newest first, also where several have the same time', () => {
    const first = withReading(UNREAD_SOURCE, reading([1, 2, 2]), 10)
    const next = withReading(first, reading([2, 5, 3]), 20)
    assert.deepEqual([times(next), next.readAt], [[5, 3, 2, 2, 2, 1], 20])
  })

  test('that are whole replace what they have again, and keep what is older', () => {
    const first = withReading(UNREAD_SOURCE, reading([1, 2, 3], { isWhole: true }), 10)
    assert.deepEqual(times(withReading(first, reading([2, 3, 4], { isWhole: true }), 20)), [4, 3, 2, 1])
    assert.deepEqual(times(withReading(first, reading([], { isWhole: true }), 20)), [3, 2, 1])
  })

  test('are limited, which is told', () => {
    const many = Array.from({ length: MAX_SOURCE_ENTRIES + 1 }, (_, index) => index)
    const source = withReading(UNREAD_SOURCE, reading(many), 10)
    assert.deepEqual([source.entries.length, source.entries[0]?.at, source.leftOut], [1_000, 1_000, true])
  })
})

test('a small difference of clocks may be one of the measurement', () => {
  assert.deepEqual([null, 900, -1_999, 2_000, -60_000].map(sureClockDifference), [0, 0, 0, 2_000, -60_000])
})
