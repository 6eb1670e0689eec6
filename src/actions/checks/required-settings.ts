// The check of settings that are lower on a standby than on its primary: replay stops at them, and a promotion shuts
// the server down.

import { BEFORE_PLAN } from '../../model/failover/loss-text.ts'
import type { RequiredSettings } from '../../model/measured/pulse.ts'
import { settingsTooLow, settingsTooLowText } from '../../model/measured/required-settings.ts'
import { isOtherSystem } from '../../model/measured/server-identity.ts'
import { isReadAsPrimary } from '../../model/picture/roles.ts'
import { areMirrored } from '../../model/replication/mirrored-pair.ts'
import { lastGood, lastReadAt } from '../../model/values/reading.ts'
import { formatAge } from '../../model/values/units.ts'
import type { PlanningView, PreflightCheck } from '../definition/action.ts'

/**
 * Fails if the standby can't be `verb` because of its settings. If the settings of the primary are unknown or old, it
 * warns before a promotion. Before resuming a paused replay it fails then, because the pause may come from these
 * settings; a user who knows them may overrule it.
 */
export function requiredSettingsFor(standby: string, verb: string, known?: PlanningView): PreflightCheck {
  return {
    id: 'required-settings',
    // For the menu's picture: settings that are too low may not be overruled.
    mayOverride: known !== undefined && verb === 'resumed' && !isTooLow(known, standby),
    run(clusterView) {
      const own = clusterView.snapshot.databases.find(({ spec }) => spec.id === standby)
      const settings = own ? (lastGood(own.pulse)?.settings ?? null) : null
      const primary = primarySettings(clusterView, standby)
      if (!settings || !primary) {
        return verb !== 'resumed'
          ? {
              result: 'warn',
              message: UNKNOWN,
              hint: 'Compare max_connections and the other required settings by hand.',
            }
          : {
              result: 'fail',
              message: `${UNKNOWN}: it may have paused because of them, and would then shut down`,
              hint: LOOK,
            }
      }
      const low = settingsTooLow(settings, primary.settings)
      if (low.length === 0 && verb === 'resumed' && !primary.isNow) {
        const age = formatAge(clusterView.now - primary.at)
        const message = `its settings were as high as those of ${primary.name} ${age} ${BEFORE_PLAN}; pgdeck can’t read ${primary.name} now`
        return { result: 'fail', message: `${message}: it may have paused because they were raised since`, hint: LOOK }
      }
      if (low.length === 0)
        return { result: 'pass', message: `its settings are as high as those of ${primary.name}`, hint: null }
      return {
        result: 'fail',
        message: `${settingsTooLowText(low)} on ${primary.name}: it would shut down when ${verb}`,
        hint: `Raise ${low.map(({ setting, primary: wanted }) => `${setting} to ${wanted}`).join(', ')} on ${standby} and restart it.`,
      }
    },
  }
}

const UNKNOWN = 'the settings of the primary are unknown'
const LOOK =
  'Check its log for "insufficient parameter settings": raise them there and restart it. Overrule this if it was paused by pg_wal_replay_pause.'

function isTooLow(clusterView: PlanningView, standby: string): boolean {
  const own = clusterView.snapshot.databases.find(({ spec }) => spec.id === standby)
  const settings = own ? (lastGood(own.pulse)?.settings ?? null) : null
  return settingsTooLow(settings, primarySettings(clusterView, standby)?.settings ?? null).length > 0
}

/** The settings of the standby's primary, now or as last read. */
function primarySettings(
  { snapshot, picture }: PlanningView,
  standby: string,
): { name: string; settings: RequiredSettings; isNow: boolean; at: number } | null {
  const own = picture.databases.find(({ id }) => id === standby)
  const candidates = snapshot.databases.flatMap((record) => {
    const pulse = lastGood(record.pulse)
    const isPrimary = isReadAsPrimary({ pulse })
    const isNow = isPrimary && record.pulse.state === 'fresh'
    const system = pulse?.systemIdentifier ?? record.lastSeenAsPrimary?.systemIdentifier ?? null
    if (
      record.spec.id === standby ||
      areMirrored(picture, { id: standby }, record.spec) ||
      (own && isOtherSystem(own, { systemIdentifier: system }))
    )
      return []
    const settings = pulse && isPrimary ? pulse.settings : (record.lastSeenAsPrimary?.settings ?? null)
    return settings
      ? [
          {
            name: record.displayName,
            settings,
            isNow,
            at: lastReadAt(record.pulse) ?? record.lastSeenAsPrimary?.at ?? 0,
          },
        ]
      : []
  })
  return candidates.toSorted((a, b) => Number(b.isNow) - Number(a.isNow) || b.at - a.at)[0] ?? null
}
