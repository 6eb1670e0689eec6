// The selected alert or event in full, below the table that may have cut it.

import { nextStepAfter } from '../../../model/alerts/next-step.ts'
import { silenceText } from '../../../model/alerts/silence.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { type Line, span, type TextStyle } from '../../frame/format/line.ts'
import { currentKey } from '../../keys/names.ts'
import type { ListContext } from '../list/list-options.ts'
import type { AlertRow, AlertsEventRow } from './rows.ts'

/** At most `room` lines: what, because of what, what mutes it, the key that leads on. */
export function alertPreview(
  row: AlertRow | AlertsEventRow,
  { now, screen, state }: ListContext,
  room: number,
): readonly Line[] {
  const paragraph = (text: string, style: TextStyle): readonly Line[] =>
    wrapText(text, screen.columns - 4).map((piece) => [span(`   ${piece}`, style)])
  const quiet = row.kind === 'alert' ? row.mutedBy : null
  const next = row.kind === 'alert' ? nextStepAfter(row.alert) : null
  return [
    ...paragraph(`${row.name}: ${row.text}`, 'strong'),
    ...(row.cause === null ? [] : paragraph(`because ${row.cause}`, 'plain')),
    ...(quiet ? paragraph(silenceText(quiet, now), 'dim') : []),
    ...(next ? [[span(`   ${currentKey(state, next.key)}`, 'key'), span(` ${next.does}`, 'dim')]] : []),
  ].slice(0, room)
}
