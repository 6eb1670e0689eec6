// The newest backup in words: its age, that there is none, or why it is unknown.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import { age, instant, UNKNOWN_TEXT } from './values.ts'

type Found = DatabaseView['backup']

/** For a column: `5 h`, `none`, or unknown. */
export function backupAgeText(backup: Found, now: number): string {
  if (!backup?.known) return UNKNOWN_TEXT
  return backup.at === null ? 'none' : age(backup.at, now)
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

/** Why the displayed backup is no longer looked for; null while it is. */
export function backupCheckProblem(backup: Found): string | null {
  return backup?.known && backup.problem ? backup.problem.message : null
}
