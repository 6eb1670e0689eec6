// The curves of all links: one scale, the colours of the limits, a standby that replays late on purpose, gaps.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LagPoint } from '../../../../src/model/replication/lag-curve.ts'
import { linkHistories } from '../../../../src/state/select/lag-histories.ts'
import { SCREEN_READER_GLYPHS, UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'
import { lineWidth } from '../../../../src/ui/frame/format/line.ts'
import { lagCurveLines, lagCurveSpans, lagScale } from '../../../../src/ui/frame/parts/lag-curves.ts'
import { replicationLinks } from '../../../builders/replication-screens.ts'

const LIMITS = { warning: 80, critical: 160 }
const { levels } = UNICODE_GLYPHS
const [cluster] = replicationLinks().clusters
assert.ok(cluster)
const [some] = linkHistories(cluster)
assert.ok(some)

function withLags(figures: readonly (number | null)[], delaySeconds: number | null = null, unreceived = 0) {
  assert.ok(some)
  const lags = figures.map((bytes, index): LagPoint => ({ at: index * 10_000, bytes, unreceivedBytes: unreceived }))
  return { ...some, link: { ...some.link, delaySeconds }, lags }
}

const curve = (history: ReturnType<typeof withLags>, scale = lagScale([history], LIMITS)) =>
  lagCurveSpans(history, scale, { width: 6, levels, severity: null }).map(({ text, style }) => `${style}:${text}`)

describe('the curves of links', () => {
  test('have one scale: the greatest lag of all, at least the limit', () => {
    assert.equal(lagScale([withLags([0, 40]), withLags([0, 10])], LIMITS).top, 80)
    assert.equal(lagScale([withLags([0, 40]), withLags([0, 400])], LIMITS).top, 400)
    const low = withLags([0, 40, 40, 40, 40, 40, 40])
    assert.deepEqual(curve(low), ['plain:▄▄▄▄▄▄'])
    assert.deepEqual(curve(low, lagScale([low, withLags([320])], LIMITS)), ['plain:▁▁▁▁▁▁'])
  })

  test('have the colours of the limits, and nothing behind is dim', () => {
    assert.deepEqual(curve(withLags([0, 0, 0, 40, 80, 120, 160])), ['dim:▁▁', 'plain:▂', 'warning:▄▆', 'critical:█'])
  })

  test('end in the colour of the alert there is', () => {
    const history = withLags([0, 0, 0, 0, 0, 0, 0])
    const scale = lagScale([history], LIMITS)
    const drawn = lagCurveSpans(history, scale, { width: 6, levels, severity: 'critical' })
    assert.deepEqual(
      drawn.map(({ style, text }) => `${style}:${text}`),
      ['dim:▁▁▁▁▁', 'critical:▁'],
    )
  })

  test('of a standby that replays late on purpose: drawn, but neither coloured nor the scale of the others', () => {
    const late = withLags([500, 500, 500, 500, 500, 500, 500], 25)
    assert.equal(lagScale([late], LIMITS).top, 80)
    assert.deepEqual(curve(late), ['dim:██████'])
    assert.deepEqual(curve(withLags([500, 500, 500, 500, 500, 500, 500], 25, 100)), ['warning:██████'])
  })

  test('have gaps for what is unknown, and are empty where nothing is known or drawn', () => {
    const marks = curve(withLags([0, 0, null, null, null, 0, 0]))
    assert.deepEqual(marks, ['dim:▁   ▁▁'])
    assert.deepEqual(curve(withLags([null, null])), [])
    const history = withLags([0, 1])
    assert.deepEqual(lagCurveSpans(history, lagScale([history], LIMITS), { width: 6, levels: '', severity: null }), [])
  })
})

describe('the block of curves', () => {
  const text = (width: number, height: number) =>
    lagCurveLines(cluster, { width, height }, UNICODE_GLYPHS).map((line) => line.map((each) => each.text).join(''))

  test('has a line for each standby, with its lag now, in the width it is given', () => {
    const lines = text(70, 10)
    assert.match(lines[0] ?? '', /^ LAG {2}last 5 min, full height 1[0-9.]+ MB$/)
    assert.match(lines[2] ?? '', /^ {3}db-west {2,}[▁-█]+ {2}12\.7 MB · 5\.2 s$/)
    assert.equal(lines.length, 6)
    for (const line of lagCurveLines(cluster, { width: 40, height: 10 }, UNICODE_GLYPHS)) {
      assert.ok(lineWidth(line) <= 40)
    }
  })

  test('keeps the greatest lags when lines are few, and says what it leaves out', () => {
    const lines = text(100, 2)
    assert.equal(lines.length, 2)
    assert.match(lines[0] ?? '', /4 links with less not shown/)
    assert.match(lines[1] ?? '', /db-west/)
  })

  test('is empty without room or a way to draw', () => {
    assert.deepEqual(text(100, 1), [])
    assert.deepEqual(lagCurveLines(cluster, { width: 100, height: 9 }, SCREEN_READER_GLYPHS), [])
  })
})
