// Storage, fourth pane: running base backups and vacuums, with their progress.

import type { BackupProgress, StorageFacts, VacuumProgress } from '../../../model/measured/on-demand.ts'
import { STORAGE_INTERVAL_MS } from '../../../model/storage/storage-forecast.ts'
import type { ClusterState } from '../../../state/state.ts'
import { shareText } from '../../frame/format/bar.ts'
import { span, type TextSpan } from '../../frame/format/line.ts'
import { age, bytes, count, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { figureColumn, nameColumn, textColumn } from '../../frame/parts/table.ts'
import { listPane, rowPreview } from '../list/list.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { type DatabaseQueryResult, isResultOld, queryResultsOf, whyNoRows } from '../list/query-results.ts'
import { DURATION_ORDER, RATE_ORDER } from '../list/sort-labels.ts'
import type { ViewRow } from '../list/view.ts'
import { shortCount } from './text.ts'

const BAR = 10

interface Running extends ViewRow {
  readonly queryResult: DatabaseQueryResult<StorageFacts>
}

export type ProgressRow = Running &
  (
    | { readonly kind: 'backup'; readonly backup: BackupProgress }
    | { readonly kind: 'vacuum'; readonly vacuum: VacuumProgress }
  )

/** Base backups, then vacuums, server by server. */
function progressRows(cluster: ClusterState): readonly ProgressRow[] {
  return queryResultsOf(cluster, 'storage').flatMap((queryResult): readonly ProgressRow[] => {
    const row = (pid: number) => ({
      id: `${queryResult.databaseId} ${pid}`,
      subject: queryResult.databaseId,
      renameBlocked: 'backups and vacuums have no display name',
      queryResult,
    })
    const { backups = [], vacuums = [] } = queryResult.value ?? {}
    return [
      ...backups.map((backup) => ({ kind: 'backup', ...row(backup.pid), backup }) as const),
      ...vacuums.map((vacuum) => ({ kind: 'vacuum', ...row(vacuum.pid), vacuum }) as const),
    ]
  })
}

const COLUMNS: readonly ListColumn<ProgressRow>[] = [
  { ...textColumn('name', 'WHAT', 0, 10, 11), cell: (row) => span(kindText(row)), order: kindText },
  {
    ...nameColumn('on', 'ON', 2, 6, 20),
    cell: ({ queryResult }) => span(queryResult.name),
    order: ({ queryResult }) => queryResult.name,
  },
  { ...nameColumn('of', 'OF', 0, 10, 36), cell: (row) => span(subjectText(row)), order: subjectText },
  {
    ...textColumn('phase', 'PHASE', 0, 13, 34),
    cell: (row) => span(progressOf(row).phase ?? UNKNOWN_TEXT),
    order: (row) => progressOf(row).phase,
  },
  {
    ...textColumn('progress', 'PROGRESS', 0, 6, BAR + 6),
    cell: progressSpan,
    sortLabels: RATE_ORDER,
    order: shareOf,
    greatestFirst: true,
  },
  { ...figureColumn('done', 'DONE', 3, 8), cell: (row) => span(doneText(row)) },
  {
    ...figureColumn('elapsed', 'ELAPSED', 0, 7),
    cell: (row) => span(seconds(progressOf(row).seconds)),
    sortLabels: DURATION_ORDER,
    order: (row) => progressOf(row).seconds,
    greatestFirst: true,
  },
  { ...figureColumn('pid', 'PID', 4, 7), cell: (row) => span(count(progressOf(row).pid)) },
]

export const progressPane = listPane<ProgressRow>({
  name: 'running',
  rowNoun: 'backups and vacuums',
  columns: COLUMNS,
  rows: (_state, cluster) => progressRows(cluster),
  search: (row) => [
    kindText(row),
    row.queryResult.name,
    subjectText(row),
    progressOf(row).phase,
    count(progressOf(row).pid),
  ],
  empty: (context) => whyNoRows(context, 'storage', 'no base backup and no vacuum runs'),
  rowStyle: ({ queryResult }, context) => ({ stale: isResultOld(queryResult, context, STORAGE_INTERVAL_MS) }),
  sections,
  preview: rowPreview(sections),
  goneText: 'it no longer runs',
})

function progressOf(row: ProgressRow): BackupProgress | VacuumProgress {
  return row.kind === 'backup' ? row.backup : row.vacuum
}

function kindText(row: ProgressRow): string {
  if (row.kind === 'backup') return 'base backup'
  return row.vacuum.isAutovacuum ? 'autovacuum' : 'vacuum'
}

/** The table, or the client of the backup. */
function subjectText(row: ProgressRow): string {
  if (row.kind === 'vacuum') return `${row.vacuum.database}: ${row.vacuum.relation ?? UNKNOWN_TEXT}`
  const { application, client } = row.backup
  return [application || UNKNOWN_TEXT, ...(client === null ? [] : [`at ${client}`])].join(' ')
}

/** 0 to 1; null if unknown, e.g. because the client of a backup asked for no estimate. */
function shareOf(row: ProgressRow): number | null {
  const [done, total] =
    row.kind === 'backup'
      ? [row.backup.sentBytes, row.backup.totalBytes]
      : [row.vacuum.blocksScanned, row.vacuum.blocksTotal]
  return done === null || total === null || total === 0 ? null : Math.min(1, done / total)
}

function progressSpan(row: ProgressRow, { screen }: ListContext): TextSpan {
  return span(shareText(shareOf(row), BAR, screen.glyphs))
}

function doneText(row: ProgressRow): string {
  if (row.kind === 'backup') return `${bytes(row.backup.sentBytes)} of ${bytes(row.backup.totalBytes)}`
  return `${pages(row.vacuum.blocksScanned)} of ${pages(row.vacuum.blocksTotal)} pages`
}

function pages(number: number | null): string {
  return number === null ? UNKNOWN_TEXT : shortCount(number)
}

function sections(row: ProgressRow, { now, screen }: ListContext): readonly DetailSection[] {
  const { queryResult } = row
  const { pid, phase, seconds: elapsed } = progressOf(row)
  const hidden = phase === null ? `${UNKNOWN_TEXT} hidden from this role` : phase
  return [
    {
      title: `${kindText(row).toUpperCase()} ON ${queryResult.name}`,
      age: queryResult.at === null ? '' : `read ${age(queryResult.at, now)} ago`,
      fields: [
        ...detailField('process', `pid ${pid}`),
        ...(row.kind === 'backup'
          ? [
              ...detailField('application', row.backup.application || UNKNOWN_TEXT),
              ...detailField('client', row.backup.client),
            ]
          : [
              ...detailField('database', row.vacuum.database),
              ...detailField('table', row.vacuum.relation ?? UNKNOWN_TEXT),
            ]),
        ...detailField('phase', hidden),
        ...detailField('progress', shareText(shareOf(row), 3 * BAR, screen.glyphs).trim()),
        ...detailField('done', doneText(row)),
        ...detailField('elapsed', seconds(elapsed)),
      ],
    },
  ]
}
