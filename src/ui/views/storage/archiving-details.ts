// Details of a database's archiver and checkpoints.

import type { ArchiverState } from '../../../model/storage/storage-forecast.ts'
import { backupText, backupTrouble } from '../../frame/format/backup.ts'
import { percent } from '../../frame/format/bar.ts'
import { age, bytes, instant, plural, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { fact, type Section } from '../../frame/parts/field-list.ts'
import type { Scene } from '../list/list-options.ts'
import { type ArchivingRow, failingText, rhythmOf } from './archiving-rows.ts'

/** Everything known of it, in sections. */
export function archivingSections(row: ArchivingRow, { now }: Scene): readonly Section[] {
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
    backupSection(row, now),
  ]
}

function backupSection({ backup }: ArchivingRow, now: number): Section {
  return {
    title: 'BACKUPS',
    age: backup?.readAt ? `looked for ${age(backup.readAt, now)} ago` : '',
    facts: [
      ...fact('newest backup', backupText(backup, now)),
      ...fact('not found any more', backupTrouble(backup), 'warning'),
    ],
  }
}

function backlogText({ state, backlogFiles, backlogBytes }: ArchiverState): string {
  if (state === 'off') return 'nothing: archiving is off'
  return backlogFiles === null ? UNKNOWN : `${plural(backlogFiles, 'file')}, ${bytes(backlogBytes)}`
}
