// The check that something can be restored, before an action that deletes data or leaves fewer copies of it.

import type { NewestBackup } from '../../model/measured/backup.ts'
import { isOtherSystem } from '../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { messageOf } from '../../model/values/fault.ts'
import { formatSeconds } from '../../model/values/units.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'

type Judged = { readonly level: 'pass' | 'warn' | 'none'; readonly text: string }

/**
 * Reads the backups of each database of the same system that the configuration names, anew. Fails only if `isGone` (data are
 * deleted) and there is certainly none. Says nothing without such a configuration.
 */
export function backupWindow(subject: DatabaseView, isGone: boolean): PreflightCheck {
  return {
    id: 'backup-window',
    mayOverride: true,
    async run({ picture, config }, _, tools): Promise<PreflightResult> {
      const sources = picture.databases.filter(
        (view) =>
          !isOtherSystem(view, subject) && config.databases.some(({ spec, backup }) => spec.id === view.id && backup),
      )
      if (sources.length === 0) return null
      const limit = config.spec.thresholds.backupAgeSeconds.critical
      const judged = await Promise.all(
        sources.map(async (view): Promise<Judged> => {
          try {
            return judge(view, await tools.backupOf(view.id), limit)
          } catch (error) {
            return { level: 'warn', text: `${view.name}: unknown: ${messageOf(error)}` }
          }
        }),
      )
      const message = judged.map(({ text }) => text).join('; ')
      // One good backup is enough.
      if (judged.some(({ level }) => level === 'pass')) return { result: 'pass', message, hint: null }
      const isNone = judged.every(({ level }) => level === 'none')
      return { result: isGone && isNone ? 'fail' : 'warn', message, hint: 'Take a backup first: pgdeck do backup' }
    },
  }
}

function judge(view: DatabaseView, found: NewestBackup | null, limitSeconds: number): Judged {
  const { name } = view
  if (!found) return { level: 'warn', text: `${name}: pgdeck has not read its backups` }
  const { newest, system = null, trouble = null } = found
  if (isOtherSystem({ systemIdentifier: system }, view))
    return { level: 'none', text: `${name}: its backups are of a server with system identifier ${system}` }
  const why = trouble === null ? '' : `; ${trouble}`
  if (!newest) return { level: 'none', text: `${name}: nothing can be restored, there is no finished backup${why}` }
  const age = Math.max(0, Math.round((Date.now() - newest.at) / 1000))
  const text = `${name}: the newest backup is ${formatSeconds(age)} old${why}`
  return { level: age > limitSeconds || trouble !== null ? 'warn' : 'pass', text }
}
