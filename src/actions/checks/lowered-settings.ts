// Checks of values that wait for a restart and that a standby must not have smaller than its primary: with less than
// its control file has of the primary it would not start.

import { REQUIRED_SETTINGS } from '../../model/measured/pulse.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadableStandby } from '../../model/picture/roles.ts'
import { areSameSystem } from '../../model/replication/mirrored-pair.ts'
import { listText } from '../../model/values/text.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { writableOfSameSystem } from '../definition/participants.ts'
import { behindPrimary } from './behind-primary.ts'

interface NextValue {
  readonly name: (typeof REQUIRED_SETTINGS)[number]
  readonly now: number
  readonly later: number
}

/** The last line of the files counts; without one, the default. The command line outranks them. */
const NEXT = `SELECT name, now, later FROM (
    SELECT s.name, s.setting::pg_catalog.float8 AS now, coalesce((SELECT f.setting FROM pg_catalog.pg_file_settings f
      WHERE pg_catalog.lower(f.name) = s.name ORDER BY f.seqno DESC LIMIT 1), s.boot_val) AS later
    FROM pg_catalog.pg_settings s
    WHERE s.name IN (${REQUIRED_SETTINGS.map((name) => `'${name}'`).join(', ')}) AND s.source <> 'command line') each
  ORDER BY name`

/** With the values after a restart; those in force where this role may not read the files. */
async function nextValues({ id, pulse }: DatabaseView, tools: ActionToolbox): Promise<readonly NextValue[]> {
  type Row = Omit<NextValue, 'later'> & { readonly later: string }
  try {
    const rows = await tools.sql<Row>(id, { text: NEXT })
    return rows.map(({ later, ...row }) => ({ ...row, later: Number(later) }))
  } catch {
    return REQUIRED_SETTINGS.flatMap((name) => {
      const now = pulse?.settings[name]
      return now === undefined ? [] : [{ name, now, later: now }]
    })
  }
}

const isLowered = ({ now, later }: NextValue) => later < now

const shown = (values: readonly NextValue[]) =>
  listText(values.map(({ name, now, later }) => `${name} (${now}, then ${later})`))

/** Fails if a standby would be started again with less than its primary has, by what it has replayed. */
export function standbyHasEnough(view: DatabaseView): PreflightCheck {
  return {
    id: 'lowered-settings',
    mayOverride: true,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      if (!isReadableStandby(view)) return null
      const values = await nextValues(view, tools)
      const lowered = values.filter(isLowered)
      const [primary] = writableOfSameSystem(clusterView, view)
      const settings = primary?.pulse?.settings
      if (!primary || !settings) {
        if (lowered.length === 0) return null
        const message = `${view.name} gets less: ${shown(lowered)}; whether its primary has as little is unknown`
        return {
          result: 'fail',
          message,
          hint: 'Make its primary readable first: with less than that it does not start.',
        }
      }
      const low = values.filter(({ name, later }) => later < settings[name])
      if (low.length > 0) {
        const message = `${view.name} would not start with less than ${primary.name} has: ${shown(low)}`
        const hint = `Restart ${primary.name} first: pgdeck do restart ${primary.id}. Each standby then by itself.`
        return { result: 'fail', message, hint }
      }
      if (lowered.length === 0 || (await behindPrimary([view], primary.id, tools)).length === 0) return null
      return {
        result: 'fail',
        message: `${view.name} has not replayed what ${primary.name} wrote since it has less: it would not start`,
        hint: 'Wait until its replay has caught up (view 2), or resume it if it is paused.',
      }
    },
  }
}

/** Fails if a primary would come back as a standby with less than it has as a primary. */
export function oldPrimaryHasEnough(primary: DatabaseView): PreflightCheck {
  return {
    id: 'old-primary-settings',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      if (primary.problem !== null) return null
      const lowered = (await nextValues(primary, tools)).filter(isLowered)
      if (lowered.length === 0) return null
      const message = `${primary.name} would not start as a standby, with less than it has now: ${shown(lowered)}`
      return { result: 'fail', message, hint: `Restart it first, as the primary: pgdeck do restart ${primary.id}` }
    },
  }
}

/** Warns if a primary gets more than its standbys have: their replay pauses. */
export function replayKeepsRunning(primary: DatabaseView): PreflightCheck {
  return {
    id: 'raised-settings',
    mayOverride: false,
    async run({ picture }, _, tools): Promise<PreflightResult> {
      if (primary.problem !== null || isReadableStandby(primary)) return null
      const raised = (await nextValues(primary, tools)).filter(({ now, later }) => later > now)
      const low = picture.databases.filter(
        (view) =>
          isReadableStandby(view) &&
          areSameSystem(picture, view, primary) &&
          raised.some(({ name, later }) => (view.pulse?.settings[name] ?? later) < later),
      )
      if (low.length === 0) return null
      const message = `${listText(low.map(({ name }) => name))} has less than ${primary.name} gets: ${shown(raised)}; replay pauses there`
      return { result: 'warn', message, hint: 'Restart the standbys first: pgdeck do rolling-restart' }
    },
  }
}
