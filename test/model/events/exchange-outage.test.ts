// The outages of a mirrored pair, from the events that the audit log has of it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  exchangeCutText,
  exchangeMergedText,
  exchangeOutages,
  isDuringOutage,
} from '../../../src/model/events/exchange-outage.ts'

const PAIR = ['db-1', 'db-2']
const cut = (at: number, server = 'db-2') => ({
  at,
  server,
  what: `${exchangeCutText('db-1')}: its slot is inactive: they diverge`,
})
const merged = (at: number, after: string | null, server = 'db-2') => ({
  at,
  server,
  what: `${exchangeMergedText(after)}: has all 118 kB that db-1 wrote meanwhile`,
})

describe('outages of the exchange', () => {
  test('are from the first direction that is cut to the last that is merged, the newest first', () => {
    const events = [
      cut(10_000),
      cut(10_500, 'db-1'),
      merged(35_000, '25 s'),
      merged(36_000, '25 s', 'db-1'),
      cut(90_000),
      merged(95_000, '5 s'),
    ]
    const expected = [
      { from: 90_000, to: 95_000 },
      { from: 10_000, to: 36_000 },
    ]
    // Begins that are told by a duration in words may be a second early.
    const found = exchangeOutages(events.toReversed(), PAIR, null).map(({ from, to }) => ({
      from: Math.round(from / 10_000) * 10_000,
      to,
    }))
    assert.deepEqual(found, expected)
  })

  test('whose begin was not seen began as long before the end as that says', () => {
    assert.deepEqual(exchangeOutages([merged(600_000, '3 min')], PAIR, null), [{ from: 360_000, to: 600_000 }])
    assert.deepEqual(exchangeOutages([merged(600_000, null)], PAIR, null), [])
  })

  test('last until they are merged', () => {
    assert.deepEqual(exchangeOutages([cut(10_000)], PAIR, null), [{ from: 10_000, to: null }])
    assert.deepEqual(exchangeOutages([cut(10_000)], PAIR, []), [])
  })

  test('are of the pair alone', () => {
    assert.deepEqual(exchangeOutages([cut(10_000, 'db-3')], PAIR, null), [])
  })

  test('have both ends in them', () => {
    const outages = [{ from: 10, to: 20 }]
    assert.deepEqual(
      [9, 10, 20, 21].map((at) => isDuringOutage(outages, at)),
      [false, true, true, false],
    )
    assert.ok(isDuringOutage([{ from: 10, to: null }], 1_000))
  })
})
