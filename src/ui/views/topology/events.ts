// The pane of alerts in force and of events, newest first.

import { silenceText } from '../../../model/alerts/silence.ts'
import { subjectText } from '../../../model/picture/subject.ts'
import type { EventPaneRow } from '../../../state/select/rows.ts'
import { withoutName, wrapText } from '../../frame/format/fit-text.ts'
import { cutLine, fitText, type Line, lineWidth, span, textWidth } from '../../frame/format/line.ts'
import { shortNames } from '../../frame/format/short-names.ts'
import { severityMark } from '../../frame/format/status-text.ts'
import { shortInstant } from '../../frame/format/values.ts'
import type { Viewport } from '../list/view.ts'

/** Widths of the columns that the visible rows need. */
export interface EventWidths {
  readonly when: number
  readonly name: number
  /** The replacement of names that are longer. */
  readonly short: ReadonlyMap<string, string>
}

const LONGEST_NAME = 24

export function eventWidths(rows: readonly EventPaneRow[], now: number, mark: string): EventWidths {
  const widest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, textWidth(text)), 0)
  return {
    when: widest(rows.map((row) => shortInstant(row.kind === 'alert' ? row.alert.since : row.event.at, now))),
    name: Math.min(LONGEST_NAME, widest(rows.map((row) => span(nameOf(row)).text))),
    short: shortNames(
      rows.map((row) => span(nameOf(row)).text),
      LONGEST_NAME,
      mark,
    ),
  }
}

function nameOf(row: EventPaneRow): string {
  return row.kind === 'alert' ? row.name : row.event.subjectName
}

export interface EventLineStyle {
  readonly selected: boolean
  /** `host:port` of the subject, whose own row shows it; empty without one. */
  readonly address: string
  /** The probable cause of an alert; null: none is known. */
  readonly cause: string | null
}

/** The lines of a row: the first one alone, or with the rest of its text below. */
export function eventLines(
  row: EventPaneRow,
  style: EventLineStyle,
  now: number,
  widths: EventWidths,
  screen: Viewport,
): readonly Line[] {
  const whole = eventLine(row, style, now, widths, { ...screen, columns: Number.POSITIVE_INFINITY })
  if (lineWidth(whole) <= screen.columns) return [whole]
  const head = whole.slice(0, HEAD_PARTS)
  const indent = ' '.repeat(lineWidth(head))
  const rest = whole.slice(HEAD_PARTS)
  const room = screen.columns - indent.length - 1
  if (room < LEAST_TEXT) return [cutLine(whole, screen.columns, screen.glyphs.ellipsis)]
  const emphasis = rest.find(({ text }) => text.trim() !== '')?.style ?? 'plain'
  const [first = '', ...more] = wrapText(rest.map(({ text }) => text).join(''), room)
  return [[...head, span(first, emphasis)], ...more.map((text): Line => [span(`${indent}${text}`, emphasis)])]
}

/** The parts of a line before its text. */
const HEAD_PARTS = 7
const LEAST_TEXT = 20

/** One row: when, mark, subject, text. */
export function eventLine(
  row: EventPaneRow,
  style: EventLineStyle,
  now: number,
  widths: EventWidths,
  screen: Viewport,
): Line {
  const { selected, address, cause } = style
  const { glyphs, columns } = screen
  const at = row.kind === 'alert' ? row.alert.since : row.event.at
  const severity = row.kind === 'alert' ? row.alert.severity : row.event.severity
  const name = nameOf(row)
  const message = row.kind === 'alert' ? row.alert.message : row.event.text
  const subject = row.kind === 'alert' ? row.alert.subject : row.event.subject
  const text = withoutName(message, name, subjectText(subject), address)
  const quiet = row.kind === 'alert' ? row.muted : null
  const emphasis = selected ? 'strong' : row.kind === 'alert' && !quiet ? 'plain' : 'dim'
  return cutLine(
    [
      span(` ${selected ? glyphs.selected : ' '} `, 'accent'),
      span(fitText(shortInstant(at, now), widths.when, 'left', glyphs.ellipsis), 'dim'),
      span('  '),
      severityMark(severity, glyphs),
      span(' '),
      span(
        fitText(widths.short.get(span(name).text) ?? span(name).text, widths.name, 'left', glyphs.ellipsis),
        selected ? 'strong' : 'plain',
      ),
      span('  '),
      ...(quiet ? [span(`(${quiet.kind}) `, 'dim')] : []),
      span(text, emphasis),
      span(cause === null ? '' : ` because ${cause}`, emphasis),
      ...(quiet ? [span(`   ${silenceText(quiet, now)}`, 'dim')] : []),
    ],
    columns,
    glyphs.ellipsis,
  )
}
