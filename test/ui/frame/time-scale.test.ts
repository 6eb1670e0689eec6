// The scale of recorded time: what happened when, and where the shown moment is, in every width.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Mark } from '../../../src/state/past/recorded-past.ts'
import type { State } from '../../../src/state/state.ts'
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import { lineWidth } from '../../../src/ui/frame/format/line.ts'
import { timeScale } from '../../../src/ui/frame/time-scale.ts'
import { healthy } from '../../builders/screens.ts'
import { NOW } from '../../builders/snapshot.ts'

process.env.TZ = 'UTC'

const MINUTE = 60_000
const mark = (at: number, kind: Mark['kind'], severity: Mark['severity'] = 'info'): Mark => ({
  at,
  cluster: 'vault',
  kind,
  severity,
  subject: 'db-1',
  text: 'what happened',
})

/** Four hours were recorded, up to now. */
function recorded(...marks: readonly Mark[]): State {
  const range = { from: NOW - 240 * MINUTE, to: NOW }
  return { ...healthy(), now: NOW, history: [], past: { file: null, range, moments: [], marks } }
}

function drawn(state: State, at: number, columns = 80, glyphs = UNICODE_GLYPHS): string {
  const line = timeScale(state, at, { columns, rows: 24, glyphs })
  assert.equal(lineWidth(line), columns)
  return line.map(({ text }) => text).join('')
}

describe('the scale of recorded time', () => {
  test('has an hour around the moment, with its marks', () => {
    const at = NOW - 120 * MINUTE
    const state = recorded(
      mark(at - 15 * MINUTE, 'alert', 'critical'),
      mark(at + 10 * MINUTE, 'role'),
      mark(at + 20 * MINUTE, 'run'),
      mark(at - 90 * MINUTE, 'alert', 'warning'),
    )
    assert.match(drawn(state, at), /^ 12:02:07 ─+✖─+│─+R─+A─+ 13:02:07 $/)
  })

  test('ends now, and at the first recorded moment', () => {
    assert.match(drawn(recorded(), NOW - MINUTE), /^ 13:32:07 ─+│─ now $/)
    assert.match(drawn(recorded(), NOW - 240 * MINUTE), /^ 10:32:07 │─+ 11:32:07 $/)
  })

  test('shows the worst of several in one cell, also where the moment is', () => {
    const at = NOW - 120 * MINUTE
    const state = recorded(mark(at, 'clock'), mark(at + 1, 'alert', 'critical'), mark(at + 2, 'alert', 'warning'))
    const line = timeScale(state, at, { columns: 100, rows: 24, glyphs: UNICODE_GLYPHS })
    assert.deepEqual(
      line.filter(({ style }) => style === 'chosen'),
      [{ text: '✖', style: 'chosen' }],
    )
  })

  test('fits any width, also in ASCII', () => {
    for (const columns of [60, 61, 120, 200]) drawn(recorded(mark(NOW - MINUTE, 'alert', 'warning')), NOW, columns)
    assert.match(drawn(recorded(), NOW - 120 * MINUTE, 60, ASCII_GLYPHS), /^[\x20-\x7e]+$/)
  })
})
