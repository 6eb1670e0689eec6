// Settings that a standby needs at least as high as its primary: otherwise replay stops, and a promotion shuts it down.

import { REQUIRED_SETTINGS, type RequiredSettings } from './pulse.ts'

export interface SettingTooLow {
  readonly setting: (typeof REQUIRED_SETTINGS)[number]
  readonly standby: number
  readonly primary: number
}

/** Returns the settings in which a standby is below its primary. */
export function settingsTooLow(
  standby: RequiredSettings | null,
  primary: RequiredSettings | null,
): readonly SettingTooLow[] {
  if (!standby || !primary) return []
  return REQUIRED_SETTINGS.filter((setting) => standby[setting] < primary[setting]).map((setting) => ({
    setting,
    standby: standby[setting],
    primary: primary[setting],
  }))
}

/** `max_connections is 50, below 100`: the low settings, for a sentence. */
export function settingsTooLowText(low: readonly SettingTooLow[]): string {
  return low.map(({ setting, standby, primary }) => `${setting} is ${standby}, below ${primary}`).join('; ')
}
