// Storage, third pane: the databases inside the servers, their size and growth, and their distance to wraparound.

import type { DatabaseSize, StorageFacts } from '../../../model/measured/on-demand.ts'
import { isReadAsPrimary } from '../../../model/picture/roles.ts'
import {
  type DatabaseGrowth,
  databaseGrowth,
  STORAGE_INTERVAL_MS,
  type WraparoundProgress,
  wraparoundProgress,
} from '../../../model/storage/storage-forecast.ts'
import { lastGood } from '../../../model/values/reading.ts'
import type { ClusterState } from '../../../state/state.ts'
import { percentText, shareText } from '../../frame/format/bar.ts'
import { span, type TextSpan, type TextStyle } from '../../frame/format/line.ts'
import { age, bytes, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { figureColumn, nameColumn, textColumn } from '../../frame/parts/table.ts'
import { listPane, rowPreview } from '../list/list.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { type DatabaseQueryResult, isResultOld, queryResultsOf, whyNoRows } from '../list/query-results.ts'
import { AGE_ORDER, RATE_ORDER, SIZE_ORDER } from '../list/sort-labels.ts'
import type { ViewRow } from '../list/view.ts'
import { growthText, shortCount } from './text.ts'

const BAR = 12

export interface DatabaseSizeRow extends ViewRow {
  readonly queryResult: DatabaseQueryResult<StorageFacts>
  readonly size: DatabaseSize
  readonly growth: DatabaseGrowth | null
  /** null: unknown. */
  readonly ages: WraparoundProgress | null
  readonly freezeMaxAge: number
}

/** Databases by size, the largest first. Copies have the same databases as their primary: of each system one server is listed. */
export function databaseSizeRows(cluster: ClusterState): readonly DatabaseSizeRow[] {
  return sources(cluster)
    .flatMap(({ queryResult, storage }) =>
      storage.databases.map((size): DatabaseSizeRow => {
        const { databaseId, record } = queryResult
        return {
          id: JSON.stringify([databaseId, size.name]),
          subject: databaseId,
          renameBlocked: 'a database inside a server has no display name',
          queryResult,
          size,
          growth: databaseGrowth(size.name, record.onDemand.sizes ?? []),
          ages: wraparoundProgress(size, storage.freezeMaxAge),
          freezeMaxAge: storage.freezeMaxAge,
        }
      }),
    )
    .sort((a, b) => (b.size.bytes ?? -1) - (a.size.bytes ?? -1))
}

/** For each system identifier the primary that was read, else the first server that was. */
function sources(cluster: ClusterState) {
  const chosen = new Map<
    string,
    {
      readonly queryResult: DatabaseQueryResult<StorageFacts>
      readonly storage: StorageFacts
      readonly isPrimary: boolean
    }
  >()
  for (const queryResult of queryResultsOf(cluster, 'storage')) {
    if (!queryResult.value) continue
    const pulse = lastGood(queryResult.record.pulse)
    const system = pulse?.systemIdentifier ?? queryResult.databaseId
    const isPrimary = isReadAsPrimary({ pulse })
    // Two primaries of one system have diverged: both are shown.
    const key = isPrimary ? `${system} ${queryResult.databaseId}` : system
    const known = [...chosen].some(([other, { isPrimary: first }]) => first && other.startsWith(system))
    if (!isPrimary && (known || chosen.has(system))) continue
    if (isPrimary) chosen.delete(system)
    chosen.set(key, { queryResult, storage: queryResult.value, isPrimary })
  }
  return [...chosen.values()]
}

const COLUMNS: readonly ListColumn<DatabaseSizeRow>[] = [
  { ...nameColumn('name', 'NAME', 0, 10, 40), cell: ({ size }) => span(size.name), order: ({ size }) => size.name },
  {
    ...nameColumn('on', 'ON', 3, 6, 24),
    cell: ({ queryResult }, { cluster }) => span(cluster.databases.length > 1 ? queryResult.name : ''),
    order: ({ queryResult }) => queryResult.name,
  },
  {
    ...figureColumn('size', 'SIZE', 0, 8),
    cell: ({ size }) => span(bytes(size.bytes)),
    sortLabels: SIZE_ORDER,
    order: ({ size }) => size.bytes,
    greatestFirst: true,
  },
  {
    ...figureColumn('growth', 'GROWTH', 1, 10),
    cell: ({ growth }) => span(growthText(growth?.bytesPerSecond ?? null)),
    sortLabels: RATE_ORDER,
    order: ({ growth }) => growth?.bytesPerSecond ?? null,
    greatestFirst: true,
  },
  {
    ...figureColumn('age', 'XID AGE', 2, 7),
    cell: ({ ages }) => span(ages === null ? UNKNOWN_TEXT : shortCount(ages.age)),
    sortLabels: AGE_ORDER,
    order: ({ ages }) => ages?.age ?? null,
    greatestFirst: true,
  },
  { ...textColumn('wraparound', 'TO WRAPAROUND', 0, BAR + 6, BAR + 6), cell: wraparoundSpan },
  {
    ...figureColumn('vacuum', 'TO VACUUM', 4, 9),
    cell: ({ ages }) => span(ages === null ? UNKNOWN_TEXT : percentText(ages.vacuumPercent / 100)),
    order: ({ ages }) => ages?.vacuumPercent ?? null,
    greatestFirst: true,
  },
]

export const sizesPane = listPane<DatabaseSizeRow>({
  name: 'databases',
  rowNoun: 'databases',
  columns: COLUMNS,
  rows: (_state, cluster) => databaseSizeRows(cluster),
  search: ({ size, queryResult }) => [size.name, queryResult.name],
  empty: (context) => whyNoRows(context, 'storage', 'no database'),
  rowStyle: ({ queryResult }, context) => ({ stale: isResultOld(queryResult, context, STORAGE_INTERVAL_MS) }),
  sections,
  preview: rowPreview(sections),
  goneText: 'this database is gone',
})

/** The severity of the alert about it. */
function wraparoundStyle(transactionAge: number, { cluster }: ListContext): TextStyle {
  const { warning, critical } = cluster.spec.thresholds.transactionIdAge
  if (transactionAge >= critical) return 'critical'
  return transactionAge >= warning ? 'warning' : 'plain'
}

function wraparoundSpan({ ages }: DatabaseSizeRow, context: ListContext): TextSpan {
  if (ages === null) return span(UNKNOWN_TEXT)
  return span(shareText(ages.percent / 100, BAR, context.screen.glyphs), wraparoundStyle(ages.age, context))
}

function sections(
  { size, queryResult, growth, ages, freezeMaxAge }: DatabaseSizeRow,
  context: ListContext,
): readonly DetailSection[] {
  const { now, screen } = context
  const grown = growth
    ? `${bytes(growth.bytes)} in the last ${seconds(growth.overSeconds)}, ${growthText(growth.bytesPerSecond)}`
    : null
  const vacuum = `${shortCount(freezeMaxAge)} (autovacuum_freeze_max_age): ${ages === null ? UNKNOWN_TEXT : percentText(ages.vacuumPercent / 100)} of it`
  const style = ages === null ? 'plain' : wraparoundStyle(ages.age, context)
  return [
    {
      title: `DATABASE ${size.name} ON ${queryResult.name}`,
      age: queryResult.at === null ? '' : `read ${age(queryResult.at, now)} ago`,
      fields: [
        ...detailField(
          'size',
          size.bytes === null ? `${UNKNOWN_TEXT} not measured, or this role may not connect to it` : bytes(size.bytes),
        ),
        ...detailField('growth', grown ?? `${UNKNOWN_TEXT} measured once so far`),
        ...detailField(
          'age of the oldest',
          ages === null ? UNKNOWN_TEXT : `${shortCount(ages.age)} transactions`,
          style,
        ),
        ...detailField(
          'of the maximum',
          ages === null ? UNKNOWN_TEXT : shareText(ages.percent / 100, 2 * BAR, screen.glyphs).trim(),
          style,
        ),
        ...detailField('forced vacuum from', vacuum),
      ],
    },
  ]
}
