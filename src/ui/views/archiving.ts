// Storage, second pane: how archiving goes and how checkpoints come about, a row for each database.

import type { Storage } from '../../model/looks.ts'
import { lastGood } from '../../model/reading.ts'
import {
  type ArchiverState,
  archiverState,
  type CheckpointRhythm,
  checkpointRhythm,
  STORAGE_INTERVAL_MS,
} from '../../model/storage.ts'
import type { ClusterState } from '../../state/state.ts'
import { percent } from '../format/bar.ts'
import { type Span, span } from '../format/line.ts'
import { age, bytes, count, instant, plural, seconds, UNKNOWN } from '../format/values.ts'
import { fact, type Section } from '../parts/sheet.ts'
import { figures, words } from '../parts/table.ts'
import { listPane } from './list.ts'
import type { ListColumn, Scene } from './list-shape.ts'
import { isOld, type Looked, lookedAt, whyNothing } from './looked.ts'
import type { Row } from './view.ts'

export interface ArchivingRow extends Row {
  readonly looked: Looked<Storage>
  readonly facts: Storage
  readonly archiving: ArchiverState
  /** A standby archives only where archive_mode is `always`. */
  readonly isIdleStandby: boolean
  /** The server's clock minus ours, in milliseconds. */
  readonly clockOffsetMs: number
}

/** A row for each database whose storage was read. */
export function archivingRows(cluster: ClusterState): readonly ArchivingRow[] {
  return lookedAt(cluster, 'storage').flatMap((looked): readonly ArchivingRow[] => {
    const { value, databaseId } = looked
    if (!value) return []
    const pulse = lastGood(looked.record.pulse)
    const archiving = archiverState(value)
    const isIdleStandby = pulse?.position.kind === 'standby' && value.archiver?.mode === 'on'
    const trouble = archiving.state === 'failing' ? { says: failingText(looked.name, archiving, value) } : {}
    const clockOffsetMs = pulse?.clockOffsetMs ?? 0
    return [
      {
        id: databaseId,
        subject: databaseId,
        ...trouble,
        looked,
        facts: value,
        archiving,
        isIdleStandby,
        clockOffsetMs,
      },
    ]
  })
}

/** `archiving fails on db-1 at 00…5A, 412 files (6.4 GB) wait`. */
export function failingText(
  name: string,
  { backlogFiles, backlogBytes, failedWal }: ArchiverState,
  { archiver }: Storage,
): string {
  const waits =
    backlogFiles === null ? '' : `; ${plural(backlogFiles, 'file waits', 'files wait')} (${bytes(backlogBytes)})`
  return `archiving fails on ${name} at ${failedWal ?? UNKNOWN}, ${plural(archiver?.failedCount ?? 0, 'try', 'tries')} failed${waits}`
}

const STATE_WEIGHT = { failing: 0, unknown: 1, waiting: 2, ok: 3, off: 4 } as const

const COLUMNS: readonly ListColumn<ArchivingRow>[] = [
  {
    ...words('name', 'DATABASE', 0, 8, 28),
    cell: ({ looked }) => span(looked.name),
    order: ({ looked }) => looked.name,
  },
  {
    ...words('archiving', 'ARCHIVING', 0, 9, 14),
    cell: archivingSpan,
    order: ({ archiving }) => STATE_WEIGHT[archiving.state],
  },
  {
    ...figures('backlog', 'BACKLOG', 0, 7),
    cell: backlogSpan,
    order: ({ archiving }) => archiving.backlogFiles,
    greatestFirst: true,
  },
  { ...figures('failing', 'FAILING', 3, 7), cell: (row, { now }) => span(failingSince(row, now), 'critical') },
  { ...words('error', 'LAST ERROR', 5, 10, 24), cell: lastErrorSpan },
  {
    ...figures('archived', 'LAST OK', 2, 7),
    cell: ({ facts, archiving }, { now }) => span(archiving.state === 'off' ? '' : lastArchived(facts, now)),
    order: ({ facts }) => facts.archiver?.lastArchivedAt ?? null,
  },
  {
    ...figures('checkpoint', 'CHECKPOINT', 1, 10),
    cell: (row, { now }) => span(agoText(rhythmOf(row, now).sinceSeconds)),
    order: ({ facts }) => facts.checkpoints.lastAt,
  },
  {
    ...figures('requested', 'REQUESTED', 4, 9),
    cell: (row, { now }) => requestedSpan(rhythmOf(row, now)),
    order: (row) => rhythmOf(row, 0).requestedShare,
    greatestFirst: true,
  },
  {
    ...figures('since', 'WAL SINCE', 2, 9),
    cell: ({ facts }) => span(bytes(facts.checkpoints.bytesSince)),
    order: ({ facts }) => facts.checkpoints.bytesSince,
    greatestFirst: true,
  },
  {
    ...figures('share', 'OF MAX', 6, 6),
    cell: (row, { now }) => {
      const { walShare } = rhythmOf(row, now)
      return span(walShare === null ? UNKNOWN : percent(walShare))
    },
  },
  {
    ...figures('counted', 'COUNTED', 7, 7),
    cell: ({ facts }) => span(count(facts.checkpoints.timed + facts.checkpoints.requested)),
  },
]

export const archivingPane = listPane<ArchivingRow>({
  name: 'archiver and checkpoints',
  rowsAre: 'databases',
  columns: COLUMNS,
  rows: (_state, cluster) => archivingRows(cluster),
  search: ({ looked, facts, archiving }) => [
    looked.name,
    archiving.state,
    facts.archiver?.mode ?? null,
    facts.archiver?.lastFailedWal ?? null,
  ],
  empty: (scene) => whyNothing(scene, 'storage', 'no database was read'),
  look: ({ looked }, scene) => ({ stale: isOld(looked, scene, STORAGE_INTERVAL_MS) }),
  sections,
})

function rhythmOf({ facts, clockOffsetMs }: ArchivingRow, now: number): CheckpointRhythm {
  return checkpointRhythm(facts, now + clockOffsetMs)
}

function archivingSpan({ archiving, isIdleStandby }: ArchivingRow, { screen: { glyphs } }: Scene): Span {
  if (isIdleStandby && archiving.state !== 'failing') return span(`${glyphs.idle} standby`)
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
      return span(UNKNOWN)
  }
}

function backlogSpan({ archiving: { state, backlogFiles, backlogBytes } }: ArchivingRow, { screen }: Scene): Span {
  if (state === 'off') return span('')
  if (backlogFiles === null) return span(UNKNOWN)
  const text = `${backlogFiles} ${screen.glyphs.dot} ${bytes(backlogBytes)}`
  return span(backlogFiles === 0 ? '0' : text, state === 'failing' ? 'critical' : 'plain')
}

/** For how long; since the statistics began where nothing was ever archived. */
function failingSince({ archiving, clockOffsetMs }: ArchivingRow, now: number): string {
  if (archiving.state !== 'failing') return ''
  return archiving.failingSince === null ? 'always' : age(archiving.failingSince, now + clockOffsetMs)
}

function lastErrorSpan({ facts, archiving }: ArchivingRow): Span {
  return span(facts.archiver?.lastFailedWal ?? '', archiving.state === 'failing' ? 'critical' : 'dim')
}

function lastArchived({ archiver }: Storage, now: number): string {
  if (!archiver) return UNKNOWN
  return archiver.lastArchivedAt === null ? 'never' : age(archiver.lastArchivedAt, now)
}

function agoText(since: number | null): string {
  return since === null ? UNKNOWN : seconds(since)
}

/** Many that were asked for mean that max_wal_size is too small for what is written. */
function requestedSpan({ requestedShare }: CheckpointRhythm): Span {
  if (requestedShare === null) return span(UNKNOWN)
  return span(percent(requestedShare), requestedShare > 0.5 ? 'warning' : 'plain')
}

function sections(row: ArchivingRow, { now }: Scene): readonly Section[] {
  const { looked, facts, archiving, isIdleStandby } = row
  const { archiver, checkpoints, maxWalBytes } = facts
  const read = looked.at === null ? '' : `read ${age(looked.at, now)} ago`
  const at = (time: number | null, never: string) =>
    time === null ? never : `${instant(time)} (${age(time, now)} ago)`
  const { requestedShare, sinceSeconds, walShare } = rhythmOf(row, now)
  const total = checkpoints.timed + checkpoints.requested
  return [
    {
      title: `ARCHIVING ON ${looked.name}`,
      age: read,
      facts: [
        ...fact(
          'what is wrong',
          archiving.state === 'failing' ? failingText(looked.name, archiving, facts) : null,
          'critical',
        ),
        ...fact(
          'archive_mode',
          `${archiver?.mode ?? UNKNOWN}${isIdleStandby ? ': a standby archives only with always' : ''}`,
        ),
        ...fact('waits to be archived', backlogText(archiving)),
        ...fact('archived', archiver ? plural(archiver.archivedCount, 'file') : UNKNOWN),
        ...fact('last archived', archiver ? at(archiver.lastArchivedAt, 'never since the statistics began') : UNKNOWN),
        ...fact('', archiver?.lastArchivedWal ?? null),
        ...fact('failed', archiver ? plural(archiver.failedCount, 'try', 'tries') : UNKNOWN),
        ...fact('last failure', archiver ? at(archiver.lastFailedAt, 'none since the statistics began') : UNKNOWN),
        ...fact('', archiver?.lastFailedWal ?? null),
      ],
    },
    {
      title: 'CHECKPOINTS',
      age: '',
      facts: [
        ...fact('last one began', sinceSeconds === null ? UNKNOWN : `${seconds(sinceSeconds)} ago`),
        ...fact('at the latest every', seconds(checkpoints.timeoutSeconds)),
        ...fact(
          'WAL since',
          `${bytes(checkpoints.bytesSince)}, ${walShare === null ? UNKNOWN : percent(walShare)} of max_wal_size ${bytes(maxWalBytes)}`,
        ),
        ...fact(
          'counted',
          `${total}: ${checkpoints.timed} by time, ${checkpoints.requested} asked for (${requestedShare === null ? UNKNOWN : percent(requestedShare)})`,
        ),
        ...fact(
          'time spent',
          `writing ${seconds(checkpoints.writeMs / 1000)}, syncing ${seconds(checkpoints.syncMs / 1000)}`,
        ),
      ],
    },
  ]
}

function backlogText({ state, backlogFiles, backlogBytes }: ArchiverState): string {
  if (state === 'off') return 'nothing: archiving is off'
  return backlogFiles === null ? UNKNOWN : `${plural(backlogFiles, 'file')}, ${bytes(backlogBytes)}`
}
