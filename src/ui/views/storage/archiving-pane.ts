// Storage, second pane: the archiver and the checkpoints, a row for each database.

import type { StorageFacts } from '../../../model/measured/on-demand.ts'
import { checkpointCount, STORAGE_INTERVAL_MS } from '../../../model/storage/storage-forecast.ts'
import { backupAgeText } from '../../frame/format/backup.ts'
import { percentText } from '../../frame/format/bar.ts'
import { span, type TextSpan } from '../../frame/format/line.ts'
import { age, bytes, count, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, textColumn } from '../../frame/parts/table.ts'
import { listPane, rowPreview } from '../list/list.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { isResultOld, whyNoRows } from '../list/query-results.ts'
import { COUNT_ORDER, SIZE_ORDER, TIME_ORDER, WORST_LEAST_ORDER } from '../list/sort-labels.ts'
import { archivingSections } from './archiving-details.ts'
import { type ArchivingRow, archivingRows, checkpointRhythmOf } from './archiving-rows.ts'

const STATE_WEIGHT = { failing: 0, unknown: 1, waiting: 2, ok: 3, off: 4 } as const

const COLUMNS: readonly ListColumn<ArchivingRow>[] = [
  {
    ...nameColumn('name', 'DATABASE', 0, 8, 28),
    cell: ({ queryResult }) => span(queryResult.name),
    order: ({ queryResult }) => queryResult.name,
  },
  {
    ...textColumn('archiving', 'ARCHIVING', 0, 9, 14),
    cell: archivingSpan,
    sortLabels: WORST_LEAST_ORDER,
    order: ({ archiving }) => STATE_WEIGHT[archiving.state],
  },
  {
    ...figureColumn('backlog', 'BACKLOG', 0, 7),
    cell: backlogSpan,
    sortLabels: COUNT_ORDER,
    order: ({ archiving }) => archiving.backlogFiles,
    greatestFirst: true,
  },
  { ...figureColumn('failing', 'FAILING', 3, 7), cell: (row, { now }) => span(failingSince(row, now), 'critical') },
  { ...textColumn('error', 'LAST ERROR', 5, 10, 24), cell: lastErrorSpan },
  {
    ...figureColumn('archived', 'LAST OK', 2, 7),
    cell: ({ storage, archiving }, { now }) => span(archiving.state === 'off' ? '' : lastArchived(storage, now)),
    sortLabels: TIME_ORDER,
    order: ({ storage }) => storage.archiver?.lastArchivedAt ?? null,
  },
  {
    ...figureColumn('backup', 'BACKUP', 7, 6),
    cell: ({ backup }, { now }) =>
      span(backupAgeText(backup, now), backup?.known && backup.at === null ? 'critical' : 'plain'),
    sortLabels: TIME_ORDER,
    order: ({ backup }) => backup?.at ?? null,
  },
  {
    ...figureColumn('checkpoint', 'CHECKPOINT', 1, 10),
    cell: (row, { now }) => span(agoText(checkpointRhythmOf(row, now).sinceSeconds)),
    sortLabels: TIME_ORDER,
    order: ({ storage }) => storage.checkpoints.lastAt,
  },
  {
    ...figureColumn('requested', 'REQUESTED', 4, 9),
    cell: requestedSpan,
    order: (row) => checkpointRhythmOf(row, 0).requestedShare,
    greatestFirst: true,
  },
  {
    ...figureColumn('since', 'WAL SINCE', 2, 9),
    cell: ({ storage }) => span(bytes(storage.checkpoints.bytesSince)),
    sortLabels: SIZE_ORDER,
    order: ({ storage }) => storage.checkpoints.bytesSince,
    greatestFirst: true,
  },
  {
    ...figureColumn('share', 'OF MAX', 6, 6),
    cell: (row, { now }) => {
      const { walShare } = checkpointRhythmOf(row, now)
      return span(walShare === null ? UNKNOWN_TEXT : percentText(walShare))
    },
  },
  {
    ...figureColumn('counted', 'COUNTED', 7, 7),
    cell: ({ storage }) => span(count(checkpointCount(storage.checkpoints))),
  },
]

export const archivingPane = listPane<ArchivingRow>({
  name: 'archiver and checkpoints',
  rowNoun: 'databases',
  columns: COLUMNS,
  rows: (_state, cluster) => archivingRows(cluster),
  search: ({ queryResult, storage, archiving }) => [
    queryResult.name,
    archiving.state,
    storage.archiver?.mode ?? null,
    storage.archiver?.lastFailedWal ?? null,
  ],
  empty: (context) => whyNoRows(context, 'storage', 'no database was read'),
  rowStyle: ({ queryResult }, context) => ({ stale: isResultOld(queryResult, context, STORAGE_INTERVAL_MS) }),
  sections: archivingSections,
  preview: rowPreview(archivingSections),
})

function archivingSpan({ archiving, isIdleStandby }: ArchivingRow, { screen: { glyphs } }: ListContext): TextSpan {
  if (isIdleStandby) return span(`${glyphs.idle} standby`)
  switch (archiving.state) {
    case 'ok':
      return span(`${glyphs.ok} on`, 'ok')
    case 'off':
      return span(`${glyphs.idle} off`)
    case 'waiting':
      return span(`${glyphs.idle} nothing yet`)
    case 'failing':
      return span(`${glyphs.critical} failing`, 'critical')
    case 'unknown':
      return span(UNKNOWN_TEXT)
  }
}

function backlogSpan(
  { archiving: { state, backlogFiles, backlogBytes } }: ArchivingRow,
  { screen }: ListContext,
): TextSpan {
  if (state === 'off') return span('')
  if (backlogFiles === null) return span(UNKNOWN_TEXT)
  const text = `${backlogFiles} ${screen.glyphs.dot} ${bytes(backlogBytes)}`
  return span(backlogFiles === 0 ? '0' : text, state === 'failing' ? 'critical' : 'plain')
}

/** For how long; since the statistics began where nothing was ever archived. */
function failingSince({ archiving, clockOffsetMs }: ArchivingRow, now: number): string {
  if (archiving.state !== 'failing') return ''
  return archiving.failingSince === null ? 'always' : age(archiving.failingSince, now + clockOffsetMs)
}

function lastErrorSpan({ storage, archiving }: ArchivingRow): TextSpan {
  return span(storage.archiver?.lastFailedWal ?? '', archiving.state === 'failing' ? 'critical' : 'dim')
}

function lastArchived({ archiver }: StorageFacts, now: number): string {
  if (!archiver) return UNKNOWN_TEXT
  return archiver.lastArchivedAt === null ? 'never' : age(archiver.lastArchivedAt, now)
}

function agoText(since: number | null): string {
  return since === null ? UNKNOWN_TEXT : seconds(since)
}

/** Fewer checkpoints show no pattern. */
const TELLING = 10

/** Many requested checkpoints mean that max_wal_size is too small for the rate of WAL. */
function requestedSpan(row: ArchivingRow, { now }: ListContext): TextSpan {
  const { requestedShare } = checkpointRhythmOf(row, now)
  if (requestedShare === null) return span(UNKNOWN_TEXT)
  return span(
    percentText(requestedShare),
    requestedShare > 0.5 && (checkpointCount(row.storage.checkpoints) ?? 0) >= TELLING ? 'warning' : 'plain',
  )
}
