// Settings of a standby that are below its primary's: replay stops at them, and a promotion ends the server.

import type { RequiredSettings } from '../../model/facts.ts'
import { areMirrored } from '../../model/mirroring/pair.ts'
import { lastGood } from '../../model/reading.ts'
import { describeTooLow, settingsTooLow } from '../../model/required-settings.ts'
import type { CheckCode, Sight } from '../action.ts'

/** Fails where the standby could not be `verb` (`promoted`, `resumed`) because of its settings. Warns where they are not known. */
export function requiredSettingsFor(standby: string, verb: string): CheckCode {
  return {
    id: 'required-settings',
    mayOverride: false,
    run(sight) {
      const own = sight.snapshot.databases.find(({ spec }) => spec.id === standby)
      const settings = own ? (lastGood(own.pulse)?.settings ?? null) : null
      const primary = primarySettings(sight, standby)
      if (!settings || !primary) {
        return {
          result: 'warn',
          message: 'the settings of the primary are not known',
          hint: 'Compare max_connections and the like by hand.',
        }
      }
      const low = settingsTooLow(settings, primary.settings)
      if (low.length === 0)
        return { result: 'pass', message: `its settings are as high as those of ${primary.name}`, hint: null }
      return {
        result: 'fail',
        message: `${describeTooLow(low)} on ${primary.name}: it would end when ${verb}`,
        hint: `Raise ${low.map(({ setting, primary: wanted }) => `${setting} to ${wanted}`).join(', ')} on ${standby} and restart it.`,
      }
    },
  }
}

/** Of the primary above the standby, now or as last seen. */
function primarySettings(
  { snapshot, picture }: Sight,
  standby: string,
): { name: string; settings: RequiredSettings } | null {
  const own = picture.databases.find(({ id }) => id === standby)
  const found = snapshot.databases.flatMap((record) => {
    const pulse = lastGood(record.pulse)
    const isPrimary = pulse?.position.kind === 'primary'
    const system = pulse?.systemIdentifier ?? record.lastSeenAsPrimary?.systemIdentifier ?? null
    if (
      record.spec.id === standby ||
      areMirrored(picture, { id: standby }, record.spec) ||
      (own?.systemIdentifier != null && system !== null && system !== own.systemIdentifier)
    )
      return []
    const settings = isPrimary ? pulse.settings : (record.lastSeenAsPrimary?.settings ?? null)
    return settings
      ? [{ name: record.displayName, settings, isNow: isPrimary, at: record.lastSeenAsPrimary?.at ?? 0 }]
      : []
  })
  return found.toSorted((a, b) => Number(b.isNow) - Number(a.isNow) || b.at - a.at)[0] ?? null
}
