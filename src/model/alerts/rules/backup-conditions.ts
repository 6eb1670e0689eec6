// Alert condition of backups: too old, or none at all. It holds while a database is down too, and then it matters most.

import type { BackupView, DatabaseView } from '../../picture/picture.ts'
import { formatSeconds } from '../../values/units.ts'
import { type Condition, type Findings, measured, sustained } from './condition.ts'

export function backupConditions({ databases, snapshot, now }: Findings): readonly Condition[] {
  return databases.flatMap((view) => {
    const { backup } = view
    return backup?.known ? [...ofBackup(view, backup, snapshot.spec.thresholds.backupAgeSeconds, now)] : []
  })
}

function ofBackup(
  { id, name }: DatabaseView,
  backup: BackupView,
  limits: Parameters<typeof measured>[3],
  now: number,
): readonly Condition[] {
  if (backup.at === null) return [sustained('backup-age', id, 'critical', `${name}: no backup in ${backup.source}`)]
  const age = ageSeconds(backup.at, now)
  const words = (limit: number) =>
    `${name}: the newest backup is ${formatSeconds(Math.round(age))} old, limit ${formatSeconds(limit)}`
  return measured('backup-age', id, age, limits, words)
}

/** Age in seconds; a clock ahead of ours makes none older than now. */
export function ageSeconds(at: number, now: number): number {
  return Math.max(0, (now - at) / 1000)
}
