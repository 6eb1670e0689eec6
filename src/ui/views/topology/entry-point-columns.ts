// The pane of poolers, proxies and addresses: its columns.

import type { EntryPointView, PoolerView } from '../../../model/measured/entry-points/entry-point-view.ts'
import type { Severity } from '../../../model/picture/picture.ts'
import type { EntryPointRow } from '../../../state/select/rows.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { span, type TextSpan } from '../../frame/format/line.ts'
import { entryPointStatusSpan } from '../../frame/format/status-text.ts'
import { age, count, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, type TableColumn, textColumn } from '../../frame/parts/table.ts'
import { narrowNameColumn, readColumn } from './problem.ts'

interface EntryPointsPaneContext {
  readonly worst: ReadonlyMap<string, Severity>
  readonly now: number
  readonly glyphs: Glyphs
  readonly narrow: boolean
}

/** The columns, the important ones first. */
export function entryPointColumns(context: EntryPointsPaneContext): readonly TableColumn<EntryPointRow>[] {
  const { worst, now, glyphs, narrow } = context
  const columns: readonly TableColumn<EntryPointView>[] = [
    { ...(narrow ? narrowNameColumn(12, 28) : nameColumn('name', 'NAME', 0, 10, 28)), cell: ({ name }) => span(name) },
    { ...textColumn('type', 'TYPE', 1, 7, 9), cell: ({ kind }) => span(kind) },
    {
      ...textColumn('status', 'STATUS', 0, 11, 12),
      cell: (view) => entryPointStatusSpan(view, worst.get(view.id) ?? null, glyphs),
    },
    { ...nameColumn('leads', 'LEADS TO', 0, 8, 30), cell: (view) => leadsToSpan(view, glyphs) },
    {
      ...(narrow ? figureColumn('sessions', 'SESS', 3, 4) : figureColumn('sessions', 'SESSIONS', 3, 8)),
      cell: ({ kind, sessions }) => span(kind === 'address' ? '' : count(sessions)),
    },
    { ...figureColumn('waiting', 'WAITING', 2, 7), cell: (view) => waitingSpan(view, glyphs) },
    ...(narrow ? [] : [readColumn<EntryPointView>((view) => view, now)]),
    { ...textColumn('expects', 'EXPECTS', 6, 7, 8), cell: ({ expects }) => span(expects) },
    { ...figureColumn('since', 'SINCE', 5, 6), cell: ({ since }) => span(age(since, now)) },
    { ...nameColumn('where', 'AT', 7, 8, 40), yields: true, cell: ({ where }) => span(where) },
  ]
  return columns.map(({ cell, ...shape }) => ({ ...shape, cell: ({ entryPoint }) => cell(entryPoint) }))
}

/** `→ db-1`; what is not expected stands out. */
function leadsToSpan({ leadsTo, readAt, expects }: EntryPointView, { arrow }: Glyphs): TextSpan {
  if (leadsTo.length === 0) return readAt === null ? span(UNKNOWN_TEXT) : span('nowhere', 'critical')
  const isWrong = leadsTo.some(({ isExpected }) => isExpected === false)
  const style = isWrong ? (expects === 'primary' ? 'critical' : 'warning') : 'plain'
  return span(`${arrow} ${leadsTo.map(({ name }) => name).join(', ')}`, style)
}

/** `14, 3 s` of a pooler: clients, and how long the first of them has waited. */
function waitingSpan(view: EntryPointView, { dot }: Glyphs): TextSpan {
  const { kind, waiting, stale } = view
  if (kind === 'address') return span('')
  if (waiting === null) return span(UNKNOWN_TEXT)
  if (waiting === 0) return span('0')
  const longest = kind === 'pooler' ? ` ${dot} ${seconds(longestWait(view))}` : ''
  return span(`${waiting}${longest}`, stale ? 'plain' : 'warning')
}

function longestWait({ databases }: PoolerView): number {
  return Math.max(0, ...databases.map(({ longestWaitSeconds }) => longestWaitSeconds))
}
