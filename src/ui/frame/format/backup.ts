// The newest backup in words: its age, that there is none, or why it is unknown.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import { age, instant, UNKNOWN_TEXT } from './values.ts'

type Found = DatabaseView['backup']

/** For a column: `5 h`, `none`, or unknown. */
export function backupAgeText(backup: Found, now: number): string {
  if (!backup?.known) return UNKNOWN_TEXT
  return backup.at === null ? 'none' : age(backup.at, now)
}

/** For the overview: `5 h ago, restores reach from 8 d to 40 s ago, one runs`. */
export function backupSummary(backup: Found, now: number): string {
  const text = backupAgeText(backup, now)
  if (backup?.at == null) return text
  const { window, isRunning, trouble } = backup
  const recoverable = window ? `, recoverable from ${age(window.from, now)} to ${age(window.to, now)} ago` : ''
  return `${text} ago${recoverable}${isRunning ? ', one runs' : ''}${trouble === null ? '' : `: ${trouble}`}`
}

/** For details: the backup and its time, the place of the search, and why the search fails now. */
export function backupText(backup: Found, now: number): string {
  if (!backup) return `${UNKNOWN_TEXT}, no "backup" in the configuration`
  const { at, name, source, known, problem } = backup
  if (!known) return problem ? `${UNKNOWN_TEXT}: ${problem.message}` : `${UNKNOWN_TEXT}: ${source} is not checked yet`
  if (at === null) return `none in ${source}`
  const when = `${instant(at)} (${age(at, now)} ago)`
  return `${when}${name === null ? '' : `, ${name}`}, ${source}`
}

/** From when to when a restore reaches each moment; null: the source does not tell. */
export function backupWindowText(backup: Found, now: number): string | null {
  if (!backup?.window) return null
  const { from, to } = backup.window
  return `from ${instant(from)} to ${instant(to)} (${age(to, now)} ago)`
}

/** Why the displayed backup is no longer looked for; null while it is. */
export function backupCheckProblem(backup: Found): string | null {
  return backup?.known && backup.problem ? backup.problem.message : null
}
