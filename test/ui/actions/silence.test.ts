import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseSilenceEnd } from '../../../src/ui/actions/silence.ts'

process.env.TZ = 'UTC'

const NOON = Date.UTC(2026, 10, 22, 12, 0)
const HOUR = 3_600_000

describe('the end of a silence, as it is typed', () => {
  const ends: readonly (readonly [string, number, string])[] = [
    ['30 min index build', NOON + HOUR / 2, 'index build'],
    ['8h moving', NOON + 8 * HOUR, 'moving'],
    ['2 d', NOON + 48 * HOUR, ''],
    ['18:00 until the shift ends', NOON + 6 * HOUR, 'until the shift ends'],
    ['09:30 tomorrow then', NOON + 21.5 * HOUR, 'tomorrow then'],
    ['2026-12-24 18:00 holidays', Date.UTC(2026, 11, 24, 18), 'holidays'],
    ['2026-12-24 holidays', Date.UTC(2026, 11, 24), 'holidays'],
  ]
  for (const [text, until, rest] of ends) {
    test(text, () => assert.deepEqual(parseSilenceEnd(text, NOON), { until, rest }))
  }
  for (const text of ['', 'soon', '25:00 x', '12:75', '2026-02-31 x', '2026-12-24 24:00', '8', '8 hours', 'x 8 h']) {
    test(`none in "${text}"`, () => assert.equal(parseSilenceEnd(text, NOON), null))
  }
})
