// The columns of the alerts view.

import { nextStepAfter } from '../../../model/alerts/next-step.ts'
import { type Span, span } from '../../frame/format/line.ts'
import { severityMark } from '../../frame/format/status.ts'
import { age, count, moment, seconds } from '../../frame/format/values.ts'
import { figures, rest, words } from '../../frame/parts/table.ts'
import { keyNow } from '../../keys/bindings/custom-keys.ts'
import type { ListColumn, Scene } from '../list/list-options.ts'
import { COUNTS, DUE, SPANS, WORST_GREATEST } from '../list/sort-labels.ts'
import type { AlertRow, EventRow, SilenceRow } from './rows.ts'

type Told = AlertRow | EventRow

function severityCell({ severity }: Told, { screen: { glyphs } }: Scene): Span {
  const mark = severityMark(severity, glyphs)
  return span(`${mark.text} ${severity}`, mark.style)
}

function nameCell({ name }: Told): Span {
  return span(name)
}

/** What is told, why, and that it is muted: what a narrow screen cuts is in the details. */
export function toldText({ text, cause }: Pick<Told, 'text' | 'cause'>): string {
  return cause === null ? text : `${text} because ${cause}`
}

function toldCell(row: Told): Span {
  const quiet = row.kind === 'alert' ? row.quiet : null
  if (quiet) return span(`(${quiet.kind}) ${toldText(row)}`, 'dim')
  return span(toldText(row), row.kind === 'alert' ? 'plain' : 'dim')
}

export const MERGED_COLUMNS: readonly ListColumn<Told>[] = [
  { ...words('when', 'WHEN', 0, 8, 11), cell: ({ at }, { now }) => span(moment(at, now), 'dim') },
  { ...words('severity', 'SEVERITY', 0, 10, 10), cell: severityCell },
  {
    ...words('stands', 'STANDS', 2, 6, 8),
    cell: (row, { now }) => span(row.kind === 'alert' ? age(row.at, now) : '', 'strong'),
  },
  { ...words('name', 'SUBJECT', 0, 7, 20), cell: nameCell },
  { ...rest('what', 'WHAT', 0, 24), cell: toldCell },
]

const RANK = { critical: 2, warning: 1 } as const

export const ALERT_COLUMNS: readonly ListColumn<AlertRow>[] = [
  {
    ...words('severity', 'SEVERITY', 0, 10, 10),
    cell: severityCell,
    reads: WORST_GREATEST,
    order: ({ severity }) => RANK[severity],
    greatestFirst: true,
  },
  { ...words('name', 'SUBJECT', 0, 7, 20), cell: nameCell, order: ({ name }) => name.toLowerCase() },
  { ...words('rule', 'RULE', 2, 8, 24), cell: ({ alert }) => span(alert.rule), order: ({ alert }) => alert.rule },
  { ...words('since', 'SINCE', 4, 8, 11), cell: ({ at }, { now }) => span(moment(at, now), 'dim') },
  {
    ...figures('for', 'FOR', 0, 6),
    cell: ({ at }, { now }) => span(age(at, now)),
    reads: SPANS,
    order: ({ at }) => -at,
    greatestFirst: true,
  },
  {
    ...words('muted', 'MUTED', 1, 5, 16),
    cell: ({ quiet }, { now }) => span(quiet ? mutedUntil(quiet.until, now) : '', 'dim'),
  },
  {
    ...words('next', 'NEXT', 3, 5, 6),
    cell: ({ alert }, { state }) => span(keyNow(state, nextStepAfter(alert).key), 'key'),
  },
  { ...rest('what', 'WHAT', 0, 24), cell: toldCell },
]

function mutedUntil(until: number | null, now: number): string {
  return until === null ? 'acknowledged' : `until ${moment(until, now)}`
}

export const SILENCE_COLUMNS: readonly ListColumn<SilenceRow>[] = [
  { ...words('kind', 'KIND', 1, 12, 12), cell: ({ kept }) => span(kept.kind), order: ({ kept }) => kept.kind },
  {
    ...words('rule', 'RULE', 0, 8, 24),
    cell: ({ kept }) => span(kept.rule ?? 'every rule'),
    order: ({ kept }) => kept.rule,
  },
  {
    ...words('name', 'SUBJECT', 0, 7, 24),
    cell: ({ kept, name }) => span(name === null ? 'everything' : kept.subject?.includes('/') ? kept.subject : name),
    order: ({ name }) => name,
  },
  {
    ...figures('left', 'ENDS IN', 0, 9),
    cell: ({ kept }, { now }) => span(kept.until === null ? 'with it' : seconds(Math.max(0, kept.until - now) / 1000)),
    reads: DUE,
    order: ({ kept }) => kept.until,
  },
  {
    ...words('until', 'UNTIL', 3, 8, 11),
    cell: ({ kept }, { now }) => span(kept.until === null ? '' : moment(kept.until, now), 'dim'),
  },
  { ...words('by', 'BY', 2, 4, 16), cell: ({ kept }) => span(kept.by), order: ({ kept }) => kept.by },
  {
    ...figures('mutes', 'MUTES NOW', 2, 9),
    cell: ({ mutes }) => span(count(mutes.length)),
    reads: COUNTS,
    order: ({ mutes }) => mutes.length,
  },
  { ...rest('reason', 'REASON', 0, 16), cell: ({ kept }) => span(kept.reason) },
]
