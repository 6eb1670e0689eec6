// A figure over time: scale, gaps, styles, and the room it takes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'
import { lineWidth } from '../../../../src/ui/frame/format/line.ts'
import { type ChartOptions, type ChartPoint, chart } from '../../../../src/ui/frame/parts/chart.ts'

const options = (points: readonly ChartPoint[], over: Partial<ChartOptions> = {}): ChartOptions => ({
  points,
  now: 100,
  width: 31,
  height: 4,
  levels: UNICODE_GLYPHS.levels,
  rule: UNICODE_GLYPHS.rule,
  side: UNICODE_GLYPHS.trunk,
  floor: 10,
  label: (value) => String(value),
  ago: (seconds) => `${seconds} s`,
  style: (value) => (value > 10 ? 'warning' : 'plain'),
  ...over,
})
const text = (points: readonly ChartPoint[], over: Partial<ChartOptions> = {}) =>
  chart(options(points, over)).map((line) => line.map((span) => span.text).join(''))

const every10 = (values: readonly (number | null)[]) => values.map((value, index) => ({ at: index * 10, value }))

describe('a chart', () => {
  test('has its scale on the left, the time below, and noise flat', () => {
    assert.deepEqual(text(every10([5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5])), [
      '       10 │                    ',
      '        5 │████████████████████',
      '        0 │────────────────────',
      '           0.1 s ago        now',
    ])
  })

  test('a first reading is no curve: the time that the chart covers at least stays empty before it', () => {
    const [, low, , times] = text([{ at: 100, value: 5 }], { shortestMs: 100 })
    assert.match(low ?? '', /│ {18,19}█{1,2}$/)
    assert.match(times ?? '', /0\.1 s ago/)
  })

  test('a reading stands until the next one, and a hole in the readings is a gap', () => {
    const [, low] = text([
      { at: 0, value: 5 },
      { at: 10, value: 5 },
      { at: 20, value: 5 },
      { at: 90, value: 5 },
      { at: 100, value: 5 },
    ])
    assert.match(low ?? '', /│█{8,10} {8,10}█{2,3}$/)
  })

  test('what is above the limit is styled, in one piece', () => {
    const [high] = chart(options(every10([5, 5, 5, 5, 5, 20, 20, 20, 20, 20, 20])))
    assert.deepEqual(
      high?.map(({ style }) => style),
      ['dim', 'plain', 'warning'],
    )
  })

  test('too little room, no levels, or nothing known: no chart', () => {
    assert.deepEqual(text(every10([1, 2]), { width: 15 }), [])
    assert.deepEqual(text(every10([1, 2]), { height: 3 }), [])
    assert.deepEqual(text(every10([1, 2]), { levels: '' }), [])
    assert.deepEqual(text(every10([null, null])), [])
  })

  test('is never wider or higher than its room', () => {
    const value = fc.option(fc.double({ min: 0, max: 1e15, noNaN: true }), { nil: null })
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 60 }),
        fc.integer({ min: 21, max: 90 }),
        fc.integer({ min: 4, max: 20 }),
        (values, width, height) => {
          const lines = chart(options(every10(values), { width, height, now: 1000 }))
          return (lines.length === 0 || lines.length === height) && lines.every((line) => lineWidth(line) <= width)
        },
      ),
    )
  })
})
