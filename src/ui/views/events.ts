// The pane of alerts in force and of what happened, newest first.

import type { EventRow } from '../../state/select/rows.ts'
import { cutLine, fit, type Line, span, withoutName } from '../format/line.ts'
import { severityMark } from '../format/status.ts'
import { moment } from '../format/values.ts'
import type { Screen } from './view.ts'

const NAME = 14

/** One row: when, mark, subject, text. */
export function eventLine(row: EventRow, selected: boolean, now: number, screen: Screen): Line {
  const { glyphs, columns } = screen
  const at = row.kind === 'alert' ? row.alert.since : row.event.at
  const severity = row.kind === 'alert' ? row.alert.severity : row.event.severity
  const name = row.kind === 'alert' ? row.name : row.event.subjectName
  const said = row.kind === 'alert' ? row.alert.message : row.event.text
  const subject = row.kind === 'alert' ? row.alert.subject : row.event.subject
  const text = withoutName(said, name, subject)
  const emphasis = selected ? 'strong' : row.kind === 'alert' ? 'plain' : 'dim'
  return cutLine(
    [
      span(` ${selected ? glyphs.selected : ' '} `, 'accent'),
      span(fit(moment(at, now), 11, 'left', glyphs.ellipsis), 'dim'),
      span('  '),
      severityMark(severity, glyphs),
      span(' '),
      span(fit(span(name).text, NAME, 'left', glyphs.ellipsis), selected ? 'strong' : 'plain'),
      span('  '),
      span(text, emphasis),
    ],
    columns,
    glyphs.ellipsis,
  )
}
