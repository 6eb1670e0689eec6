// Alert condition of backups: too old, or none at all. It holds while a database is down too, and then it matters most.

import type { BackupView, DatabaseView } from '../../picture/picture.ts'
import { subjectOf } from '../../picture/subject.ts'
import { formatSeconds } from '../../values/units.ts'
import { type AlertCondition, aboveThreshold, afterInterval, type RuleInput } from './condition.ts'

export function backupConditions({ databases, snapshot, now }: RuleInput): readonly AlertCondition[] {
  return databases.flatMap((view) => {
    const { backup } = view
    return backup?.known ? [...ofBackup(view, backup, snapshot.spec.thresholds.backupAgeSeconds, now)] : []
  })
}

function ofBackup(
  { id, name }: DatabaseView,
  backup: BackupView,
  limits: Parameters<typeof aboveThreshold>[3],
  now: number,
): readonly AlertCondition[] {
  if (backup.at === null)
    return [afterInterval('backup-age', subjectOf(id), 'critical', `${name}: no backup in ${backup.source}`)]
  const age = backupAgeSeconds(backup.at, now)
  const words = (limit: number) =>
    `${name}: the newest backup is ${formatSeconds(Math.round(age))} old, limit ${formatSeconds(limit)}`
  return aboveThreshold('backup-age', subjectOf(id), age, limits, words)
}

/** Age in seconds; a clock ahead of ours makes none older than now. */
export function backupAgeSeconds(at: number, now: number): number {
  return Math.max(0, (now - at) / 1000)
}
