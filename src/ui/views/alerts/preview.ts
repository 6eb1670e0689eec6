// The selected alert or event in full, below the table that may have cut it.

import { nextStepAfter } from '../../../model/alerts/next-step.ts'
import { silenceText } from '../../../model/alerts/silence.ts'
import { wrap } from '../../frame/format/fit-text.ts'
import { type Line, type Style, span } from '../../frame/format/line.ts'
import { keyNow } from '../../keys/bindings/custom-keys.ts'
import type { Scene } from '../list/list-options.ts'
import type { AlertRow, EventRow } from './rows.ts'

/** At most `room` lines: what, because of what, what mutes it, the key that leads on. */
export function toldBelow(row: AlertRow | EventRow, { now, screen, state }: Scene, room: number): readonly Line[] {
  const paragraph = (text: string, style: Style): readonly Line[] =>
    wrap(text, screen.columns - 4).map((piece) => [span(`   ${piece}`, style)])
  const quiet = row.kind === 'alert' ? row.quiet : null
  const next = row.kind === 'alert' ? nextStepAfter(row.alert) : null
  return [
    ...paragraph(`${row.name}: ${row.text}`, 'strong'),
    ...(row.cause === null ? [] : paragraph(`because ${row.cause}`, 'plain')),
    ...(quiet ? paragraph(silenceText(quiet, now), 'dim') : []),
    ...(next ? [[span(`   ${keyNow(state, next.key)}`, 'key'), span(` ${next.does}`, 'dim')]] : []),
  ].slice(0, room)
}
