// The alert condition of backups: too old, or none at all. It also holds while the database is down, when it matters
// most.

import type { BackupView, DatabaseView } from '../../picture/picture.ts'
import { subjectOf } from '../../picture/subject.ts'
import { formatSeconds } from '../../values/units.ts'
import { type AlertCondition, aboveThreshold, afterInterval, immediate, type RuleInput } from './condition.ts'

export function backupConditions({ databases, snapshot, now }: RuleInput): readonly AlertCondition[] {
  return databases.flatMap((view) => {
    const { backup } = view
    if (!backup?.known) return []
    const trouble =
      backup.trouble === null
        ? []
        : [immediate('backup-window', subjectOf(view.id), 'warning', `${view.name}: backups: ${backup.trouble}`)]
    return [...ofBackup(view, backup, snapshot.spec.thresholds.backupAgeSeconds, now), ...trouble]
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

/** Age in seconds, at least 0, because the other clock may be ahead of this one. */
export function backupAgeSeconds(at: number, now: number): number {
  return Math.max(0, (now - at) / 1000)
}
