// Details of a database's archiver and checkpoints.

import { countedText } from '../../../model/storage/archiver-stall.ts'
import type { ArchiverState } from '../../../model/storage/storage-forecast.ts'
import { checkpointCount } from '../../../model/storage/storage-forecast.ts'
import { percentText } from '../../frame/format/bar.ts'
import { age, bytes, instant, plural, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { backupFields } from '../../frame/parts/backup-fields.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { type ArchivingRow, archiveFailureText, checkpointRhythmOf } from './archiving-rows.ts'

/** Everything known of it, in sections. */
export function archivingSections(row: ArchivingRow, { now }: ListContext): readonly DetailSection[] {
  const { queryResult, storage, archiving, isIdleStandby } = row
  const { archiver, checkpoints, maxWalBytes } = storage
  const read = queryResult.at === null ? '' : `read ${age(queryResult.at, now)} ago`
  const at = (time: number | null, never: string) =>
    time === null ? never : `${instant(time)} (${age(time, now)} ago)`
  const { requestedShare, sinceSeconds, walShare } = checkpointRhythmOf(row, now)
  const total = checkpointCount(checkpoints)
  const spent = (ms: number | null) => (ms === null ? UNKNOWN_TEXT : seconds(ms / 1000))
  return [
    {
      title: `ARCHIVING ON ${queryResult.name}`,
      age: read,
      fields: [
        ...detailField(
          'what is wrong',
          archiving.state === 'failing' ? archiveFailureText(queryResult.name, archiving, storage) : null,
          'critical',
        ),
        ...detailField(
          'archive_mode',
          `${archiver?.mode ?? UNKNOWN_TEXT}${isIdleStandby ? ': a standby archives only with always' : ''}`,
        ),
        ...detailField('waits to be archived', `${backlogText(archiving)}${countedText(storage.listedAgeSeconds)}`),
        ...detailField('archived', archiver ? plural(archiver.archivedCount, 'file') : UNKNOWN_TEXT),
        ...detailField(
          'last archived',
          archiver ? at(archiver.lastArchivedAt, 'never since the statistics were reset') : UNKNOWN_TEXT,
        ),
        ...detailField('', archiver?.lastArchivedWal ?? null),
        ...detailField('failed', archiver ? plural(archiver.failedCount, 'try', 'tries') : UNKNOWN_TEXT),
        ...detailField(
          'last failure',
          archiver ? at(archiver.lastFailedAt, 'none since the statistics were reset') : UNKNOWN_TEXT,
        ),
        ...detailField('', archiver?.lastFailedWal ?? null),
      ],
    },
    {
      title: 'CHECKPOINTS',
      age: '',
      fields: [
        ...detailField('last one started', sinceSeconds === null ? UNKNOWN_TEXT : `${seconds(sinceSeconds)} ago`),
        ...detailField('at the latest every', seconds(checkpoints.timeoutSeconds)),
        ...detailField(
          'WAL since',
          `${bytes(checkpoints.bytesSince)}, ${walShare === null ? UNKNOWN_TEXT : percentText(walShare)} of max_wal_size ${bytes(maxWalBytes)}`,
        ),
        ...detailField(
          'counted',
          total === null
            ? UNKNOWN_TEXT
            : `${total}: ${checkpoints.timed} by time, ${checkpoints.requested} requested (${requestedShare === null ? UNKNOWN_TEXT : percentText(requestedShare)})`,
        ),
        ...detailField('time spent', `writing ${spent(checkpoints.writeMs)}, syncing ${spent(checkpoints.syncMs)}`),
      ],
    },
    backupSection(row, now),
  ]
}

function backupSection({ backup }: ArchivingRow, now: number): DetailSection {
  return {
    title: 'BACKUPS',
    age: backup?.readAt ? `checked ${age(backup.readAt, now)} ago` : '',
    fields: [...backupFields(backup, now)],
  }
}

function backlogText({ state, backlogFiles, backlogBytes }: ArchiverState): string {
  if (state === 'off') return 'nothing: archiving is off'
  return backlogFiles === null ? UNKNOWN_TEXT : `${plural(backlogFiles, 'file')}, ${bytes(backlogBytes)}`
}
