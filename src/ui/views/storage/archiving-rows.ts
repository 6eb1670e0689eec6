// The archiver and the checkpoints, database by database.

import type { StorageFacts } from '../../../model/measured/on-demand.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { isReadAsStandby } from '../../../model/picture/roles.ts'
import {
  type ArchiverState,
  archiverState,
  type CheckpointActivity,
  checkpointActivity,
} from '../../../model/storage/storage-forecast.ts'
import { lastGood } from '../../../model/values/reading.ts'
import type { ClusterState } from '../../../state/state.ts'
import { bytes, plural, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DatabaseQueryResult, queryResultsOf } from '../list/query-results.ts'
import type { ViewRow } from '../list/view.ts'

export interface ArchivingRow extends ViewRow {
  readonly queryResult: DatabaseQueryResult<StorageFacts>
  readonly storage: StorageFacts
  readonly archiving: ArchiverState
  readonly backup: DatabaseView['backup']
  /** A standby archives only where archive_mode is `always`. */
  readonly isIdleStandby: boolean
  /** The server's clock minus ours, in milliseconds. */
  readonly clockOffsetMs: number
}

/** A row for each database whose storage was read. */
export function archivingRows(cluster: ClusterState): readonly ArchivingRow[] {
  return queryResultsOf(cluster, 'storage').flatMap((queryResult): readonly ArchivingRow[] => {
    const { value, databaseId } = queryResult
    if (!value) return []
    const backup = cluster.picture?.databases.find(({ id }) => id === databaseId)?.backup ?? null
    const pulse = lastGood(queryResult.record.pulse)
    const isIdleStandby = isReadAsStandby({ pulse }) && value.archiver?.mode === 'on'
    const archiving = archiverState(value, isIdleStandby)
    const trouble =
      archiving.state === 'failing' ? { problemText: archiveFailureText(queryResult.name, archiving, value) } : {}
    const clockOffsetMs = pulse?.clockOffsetMs ?? 0
    return [
      {
        id: databaseId,
        subject: databaseId,
        ...trouble,
        queryResult,
        storage: value,
        archiving,
        backup,
        isIdleStandby,
        clockOffsetMs,
      },
    ]
  })
}

/** `archiving fails on db-1 at 00…5A, 412 files (6.4 GB) wait`. */
export function archiveFailureText(
  name: string,
  { backlogFiles, backlogBytes, failedWal }: ArchiverState,
  { archiver }: StorageFacts,
): string {
  const waits =
    backlogFiles === null ? '' : `; ${plural(backlogFiles, 'file waits', 'files wait')} (${bytes(backlogBytes)})`
  return `archiving fails on ${name} at ${failedWal ?? UNKNOWN_TEXT}, ${plural(archiver?.failedCount ?? 0, 'try', 'tries')} failed${waits}`
}

/** The checkpoints, by the server's own clock. */
export function checkpointRhythmOf({ storage, clockOffsetMs }: ArchivingRow, now: number): CheckpointActivity {
  return checkpointActivity(storage, now + clockOffsetMs)
}
