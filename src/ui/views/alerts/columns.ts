// The columns of the alerts view.

import { nextStepAfter } from '../../../model/alerts/next-step.ts'
import { span, type TextSpan } from '../../frame/format/line.ts'
import { severityMark } from '../../frame/format/status-text.ts'
import { age, count, seconds, shortInstant } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
import { currentKey } from '../../keys/names.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { COUNT_ORDER, DUE_ORDER, DURATION_ORDER, WORST_GREATEST_ORDER } from '../list/sort-labels.ts'
import type { AlertRow, AlertsEventRow, SilenceRow } from './rows.ts'

type AlertOrEvent = AlertRow | AlertsEventRow

function severityCell({ severity }: AlertOrEvent, { screen: { glyphs } }: ListContext): TextSpan {
  const mark = severityMark(severity, glyphs)
  return span(`${mark.text} ${severity}`, mark.style)
}

function nameCell({ name }: AlertOrEvent): TextSpan {
  return span(name)
}

/** The message, its cause, and whether it is muted. The details have the text that a narrow screen cuts. */
function alertText({ text, cause }: Pick<AlertOrEvent, 'text' | 'cause'>): string {
  return cause === null ? text : `${text} because ${cause}`
}

function toldCell(row: AlertOrEvent): TextSpan {
  const quiet = row.kind === 'alert' ? row.mutedBy : null
  if (quiet) return span(`(${quiet.kind}) ${alertText(row)}`, 'dim')
  return span(alertText(row), row.kind === 'alert' ? 'plain' : 'dim')
}

export const ALERT_EVENT_COLUMNS: readonly ListColumn<AlertOrEvent>[] = [
  { ...textColumn('when', 'WHEN', 0, 8, 11), cell: ({ at }, { now }) => span(shortInstant(at, now), 'dim') },
  { ...textColumn('severity', 'SEVERITY', 0, 10, 10), cell: severityCell },
  {
    ...textColumn('stands', 'STANDS', 2, 6, 8),
    cell: (row, { now }) => span(row.kind === 'alert' ? age(row.at, now) : '', 'strong'),
  },
  { ...nameColumn('name', 'SUBJECT', 0, 7, 20), cell: nameCell },
  { ...restColumn('what', 'WHAT', 0, 24), cell: toldCell },
]

const RANK = { critical: 2, warning: 1 } as const

export const ALERT_COLUMNS: readonly ListColumn<AlertRow>[] = [
  {
    ...textColumn('severity', 'SEVERITY', 0, 10, 10),
    cell: severityCell,
    sortLabels: WORST_GREATEST_ORDER,
    order: ({ severity }) => RANK[severity],
    greatestFirst: true,
  },
  { ...nameColumn('name', 'SUBJECT', 0, 7, 20), cell: nameCell, order: ({ name }) => name.toLowerCase() },
  { ...textColumn('rule', 'RULE', 2, 8, 24), cell: ({ alert }) => span(alert.rule), order: ({ alert }) => alert.rule },
  { ...textColumn('since', 'SINCE', 4, 8, 11), cell: ({ at }, { now }) => span(shortInstant(at, now), 'dim') },
  {
    ...figureColumn('for', 'FOR', 0, 6),
    cell: ({ at }, { now }) => span(age(at, now)),
    sortLabels: DURATION_ORDER,
    order: ({ at }) => -at,
    greatestFirst: true,
  },
  {
    ...textColumn('muted', 'MUTED', 1, 5, 16),
    cell: ({ mutedBy }, { now }) => span(mutedBy ? mutedUntil(mutedBy.until, now) : '', 'dim'),
  },
  {
    ...textColumn('next', 'NEXT', 3, 5, 6),
    cell: ({ alert }, { state }) => span(currentKey(state, nextStepAfter(alert).key), 'key'),
  },
  { ...restColumn('what', 'WHAT', 0, 24), cell: toldCell },
]

function mutedUntil(until: number | null, now: number): string {
  return until === null ? 'acknowledged' : `until ${shortInstant(until, now)}`
}

export const SILENCE_COLUMNS: readonly ListColumn<SilenceRow>[] = [
  {
    ...textColumn('kind', 'KIND', 1, 12, 12),
    cell: ({ record }) => span(record.kind),
    order: ({ record }) => record.kind,
  },
  {
    ...textColumn('rule', 'RULE', 0, 8, 24),
    cell: ({ record }) => span(record.rule ?? 'every rule'),
    order: ({ record }) => record.rule,
  },
  {
    ...nameColumn('name', 'SUBJECT', 0, 7, 24),
    cell: ({ record, name, isOfPart }) => span((isOfPart ? record.subject : name) ?? 'everything'),
    order: ({ name }) => name,
  },
  {
    ...figureColumn('left', 'ENDS IN', 0, 9),
    cell: ({ record }, { now }) =>
      span(record.until === null ? 'with it' : seconds(Math.max(0, record.until - now) / 1000)),
    sortLabels: DUE_ORDER,
    order: ({ record }) => record.until,
  },
  {
    ...textColumn('until', 'UNTIL', 3, 8, 11),
    cell: ({ record }, { now }) => span(record.until === null ? '' : shortInstant(record.until, now), 'dim'),
  },
  { ...nameColumn('by', 'BY', 2, 4, 16), cell: ({ record }) => span(record.by), order: ({ record }) => record.by },
  {
    ...figureColumn('mutes', 'MUTES NOW', 2, 9),
    cell: ({ mutes }) => span(count(mutes.length)),
    sortLabels: COUNT_ORDER,
    order: ({ mutes }) => mutes.length,
  },
  { ...restColumn('reason', 'REASON', 0, 16), cell: ({ record }) => span(record.reason) },
]
