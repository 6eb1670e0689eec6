// The age of the newest backup of each database, wherever the config looks for it.

import { backupAgeSeconds } from '../../../../model/alerts/rules/backup-conditions.ts'
import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { formatSeconds } from '../../../../model/values/units.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateFigure, type PluginFinding } from '../evaluation/result.ts'

/** A database that is down may have backups: only the search for them counts. */
function judge(subject: CheckSubject): readonly PluginFinding[] {
  return subject.databases.flatMap((view) => judgeOne(view, subject))
}

function judgeOne(
  { id, backup }: DatabaseView,
  { ranges, title, node, picture }: CheckSubject,
): readonly PluginFinding[] {
  const name = title(id)
  if (!backup) return node === id ? [{ status: 'unknown', text: `${name} has no "backup" in the configuration` }] : []
  if (backup.problem) {
    const { message, hint } = backup.problem
    return [{ status: 'unknown', text: `${name} unknown: ${message}${hint === null ? '' : `; ${hint}`}` }]
  }
  if (!backup.known) return [{ status: 'unknown', text: `${name} unknown: not checked yet` }]
  const { window, isRunning, trouble } = backup
  const why = trouble === null ? '' : `: ${trouble}`
  if (backup.at === null) return [{ status: 'critical', text: `${name} has no backup in ${backup.source}${why}` }]
  const value = backupAgeSeconds(backup.at, picture.at)
  const back = (at: number) => formatSeconds(Math.round(backupAgeSeconds(at, picture.at)))
  const recoverable = window ? `, recoverable from ${back(window.from)} to ${back(window.to)} ago` : ''
  const text = `${formatSeconds(Math.round(value))} old${recoverable}${isRunning ? ', one runs' : ''}`
  return ranges ? [evaluateFigure({ name, value, unit: 'seconds', text, min: 0 }, ranges)] : []
}

export const backupAgeCheck: CheckRule = {
  title: 'backups',
  explains:
    'Age of the newest backup of each database with a `backup` in the configuration (a tool, a folder, a query or a program); ' +
    'no backup is critical. PostgreSQL keeps no record of backups: without that entry the result is unknown.',
  subjectKind: 'databases',
  limit: {
    unit: 'seconds',
    worse: 'higher',
    source: '`alerts.backupAge`',
    limits: (thresholds) => thresholds.backupAgeSeconds,
  },
  expectation: null,
  evaluate: judge,
  emptyText: 'no database has a "backup" in the configuration',
}
