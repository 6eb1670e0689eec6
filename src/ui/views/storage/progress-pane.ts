// Storage, fourth pane: base backups and vacuums that run now, with how far they are.

import type { BackupProgress, StorageFacts, VacuumProgress } from '../../../model/measured/on-demand.ts'
import { STORAGE_INTERVAL_MS } from '../../../model/storage/storage-forecast.ts'
import type { ClusterState } from '../../../state/state.ts'
import { shareText } from '../../frame/format/bar.ts'
import { type Span, span } from '../../frame/format/line.ts'
import { age, bytes, count, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { fact, type Section } from '../../frame/parts/field-list.ts'
import { figures, words } from '../../frame/parts/table.ts'
import { listPane } from '../list/list.ts'
import type { ListColumn, Scene } from '../list/list-options.ts'
import { isOld, type Looked, lookedAt, whyNothing } from '../list/query-results.ts'
import { below } from '../list/row-preview.ts'
import { RATES, SPANS } from '../list/sort-labels.ts'
import type { Row } from '../list/view.ts'
import { shortCount } from './text.ts'

const BAR = 10

interface Running extends Row {
  readonly looked: Looked<StorageFacts>
}

export type RunningRow = Running &
  (
    | { readonly kind: 'backup'; readonly backup: BackupProgress }
    | { readonly kind: 'vacuum'; readonly vacuum: VacuumProgress }
  )

/** Base backups, then vacuums, server by server. */
export function runningRows(cluster: ClusterState): readonly RunningRow[] {
  return lookedAt(cluster, 'storage').flatMap((looked): readonly RunningRow[] => {
    const row = (pid: number) => ({
      id: `${looked.databaseId} ${pid}`,
      subject: looked.databaseId,
      nameless: 'backups and vacuums have no display name',
      looked,
    })
    const { backups = [], vacuums = [] } = looked.value ?? {}
    return [
      ...backups.map((backup) => ({ kind: 'backup', ...row(backup.pid), backup }) as const),
      ...vacuums.map((vacuum) => ({ kind: 'vacuum', ...row(vacuum.pid), vacuum }) as const),
    ]
  })
}

const COLUMNS: readonly ListColumn<RunningRow>[] = [
  { ...words('name', 'WHAT', 0, 10, 11), cell: (row) => span(kindText(row)), order: kindText },
  { ...words('on', 'ON', 2, 6, 20), cell: ({ looked }) => span(looked.name), order: ({ looked }) => looked.name },
  { ...words('of', 'OF', 0, 10, 36), cell: (row) => span(subjectText(row)), order: subjectText },
  {
    ...words('phase', 'PHASE', 0, 13, 34),
    cell: (row) => span(progressOf(row).phase ?? UNKNOWN),
    order: (row) => progressOf(row).phase,
  },
  {
    ...words('progress', 'PROGRESS', 0, 6, BAR + 6),
    cell: progressSpan,
    reads: RATES,
    order: shareOf,
    greatestFirst: true,
  },
  { ...figures('done', 'DONE', 3, 8), cell: (row) => span(doneText(row)) },
  {
    ...figures('elapsed', 'ELAPSED', 0, 7),
    cell: (row) => span(seconds(progressOf(row).seconds)),
    reads: SPANS,
    order: (row) => progressOf(row).seconds,
    greatestFirst: true,
  },
  { ...figures('pid', 'PID', 4, 7), cell: (row) => span(count(progressOf(row).pid)) },
]

export const runningPane = listPane<RunningRow>({
  name: 'running',
  rowsAre: 'backups and vacuums',
  columns: COLUMNS,
  rows: (_state, cluster) => runningRows(cluster),
  search: (row) => [
    kindText(row),
    row.looked.name,
    subjectText(row),
    progressOf(row).phase,
    count(progressOf(row).pid),
  ],
  empty: (scene) => whyNothing(scene, 'storage', 'no base backup and no vacuum runs'),
  look: ({ looked }, scene) => ({ stale: isOld(looked, scene, STORAGE_INTERVAL_MS) }),
  sections,
  below: below(sections),
  gone: 'it runs no longer',
})

function progressOf(row: RunningRow): BackupProgress | VacuumProgress {
  return row.kind === 'backup' ? row.backup : row.vacuum
}

function kindText(row: RunningRow): string {
  if (row.kind === 'backup') return 'base backup'
  return row.vacuum.isAutovacuum ? 'autovacuum' : 'vacuum'
}

/** The table, or who takes the backup. */
function subjectText(row: RunningRow): string {
  if (row.kind === 'vacuum') return `${row.vacuum.database}: ${row.vacuum.relation ?? UNKNOWN}`
  const { application, client } = row.backup
  return [application || UNKNOWN, ...(client === null ? [] : [`at ${client}`])].join(' ')
}

/** 0 to 1; null when unknown, e.g. because the client of a backup asked for no estimate. */
function shareOf(row: RunningRow): number | null {
  const [done, total] =
    row.kind === 'backup'
      ? [row.backup.sentBytes, row.backup.totalBytes]
      : [row.vacuum.blocksScanned, row.vacuum.blocksTotal]
  return done === null || total === null || total === 0 ? null : Math.min(1, done / total)
}

function progressSpan(row: RunningRow, { screen }: Scene): Span {
  return span(shareText(shareOf(row), BAR, screen.glyphs))
}

function doneText(row: RunningRow): string {
  if (row.kind === 'backup') return `${bytes(row.backup.sentBytes)} of ${bytes(row.backup.totalBytes)}`
  return `${pages(row.vacuum.blocksScanned)} of ${pages(row.vacuum.blocksTotal)} pages`
}

function pages(number: number | null): string {
  return number === null ? UNKNOWN : shortCount(number)
}

function sections(row: RunningRow, { now, screen }: Scene): readonly Section[] {
  const { looked } = row
  const { pid, phase, seconds: elapsed } = progressOf(row)
  const hidden = phase === null ? `${UNKNOWN} hidden from this role` : phase
  return [
    {
      title: `${kindText(row).toUpperCase()} ON ${looked.name}`,
      age: looked.at === null ? '' : `read ${age(looked.at, now)} ago`,
      facts: [
        ...fact('process', `pid ${pid}`),
        ...(row.kind === 'backup'
          ? [...fact('application', row.backup.application || UNKNOWN), ...fact('client', row.backup.client)]
          : [...fact('database', row.vacuum.database), ...fact('table', row.vacuum.relation ?? UNKNOWN)]),
        ...fact('phase', hidden),
        ...fact('progress', shareText(shareOf(row), 3 * BAR, screen.glyphs).trim()),
        ...fact('done', doneText(row)),
        ...fact('elapsed', seconds(elapsed)),
      ],
    },
  ]
}
