// The scale of recorded time, in the place of the upper rule: what happened when, and where the shown moment is.

import type { Mark } from '../../state/past/recorded-past.ts'
import { marksOf } from '../../state/select/marks.ts'
import type { State } from '../../state/state.ts'
import type { Viewport } from '../views/list/view.ts'
import { type Line, span, type TextSpan } from './format/line.ts'
import { shortInstant } from './format/values.ts'

/** An hour: a cell is then half a minute to a minute, and what led to an alert is apart from it. */
const LONGEST_MS = 3_600_000

/** Returns the scale around the shown moment, which was at `at`. */
export function timeScale(live: State, at: number, { columns, glyphs }: Viewport): Line {
  const { from, to } = spanOf(live, at)
  const start = ` ${shortInstant(from, live.now)} `
  const end = ` ${to >= live.now ? 'now' : shortInstant(to, live.now)} `
  const cells = Math.max(1, columns - start.length - end.length)
  const cellOf = (time: number) => Math.round(((time - from) / Math.max(1, to - from)) * (cells - 1))
  const marks = new Map<number, Mark>()
  for (const mark of marksOf(live)) {
    if (mark.at < from || mark.at > to) continue
    const known = marks.get(cellOf(mark.at))
    if (!known || importance(mark) > importance(known)) marks.set(cellOf(mark.at), mark)
  }
  const shown = cellOf(at)
  const drawn = Array.from({ length: cells }, (_, cell): TextSpan => {
    const mark = marks.get(cell)
    if (cell === shown) return span(mark ? letterOf(mark, glyphs) : glyphs.trunk, 'chosen')
    return mark ? span(letterOf(mark, glyphs), styleOf(mark)) : span(glyphs.rule, 'dim')
  })
  return [span(start, 'dim'), ...joined(drawn), span(end, 'dim')]
}

/** At most an hour around the moment, and nothing before the first or after the last moment that is known. */
function spanOf({ past, history, now }: State, at: number): { readonly from: number; readonly to: number } {
  const first = Math.min(past?.range?.from ?? at, history[0]?.at ?? at, past?.moments[0]?.at ?? at, at)
  const last = Math.max(past?.file ? (past.range?.to ?? at) : now, at)
  const length = Math.min(LONGEST_MS, last - first)
  const from = Math.min(Math.max(first, at - length / 2), last - length)
  return { from, to: from + length }
}

function importance({ kind, severity }: Mark): number {
  if (kind === 'alert') return severity === 'critical' ? 4 : 2
  return kind === 'clock' ? 1 : 3
}

/** Letters for what has no mark of its own elsewhere on the screen. */
function letterOf({ kind, severity }: Mark, glyphs: Viewport['glyphs']): string {
  switch (kind) {
    case 'alert':
      return severity === 'critical' ? glyphs.critical : glyphs.warning
    case 'role':
      return 'R'
    case 'run':
      return 'A'
    case 'clock':
      return 'C'
  }
}

function styleOf({ kind, severity }: Mark): TextSpan['style'] {
  return kind !== 'alert' || severity === 'info' ? 'accent' : severity
}

function joined(spans: readonly TextSpan[]): readonly TextSpan[] {
  const parts: TextSpan[] = []
  for (const each of spans) {
    const last = parts.at(-1)
    if (last?.style === each.style) parts[parts.length - 1] = { text: last.text + each.text, style: last.style }
    else parts.push(each)
  }
  return parts
}
