// The names of `pgdeck check`: the usual subjects of monitoring systems, and every alert rule.

import { ALERT_RULES } from '../../../model/picture/picture.ts'

/** Names of checks that cover more than the alert rule of the same subject, or something else. */
const OWN = ['alerts', 'exchange', 'role', 'servers', 'serving', 'slots', 'timeline'] as const

export type CheckName = (typeof OWN)[number] | (typeof ALERT_RULES)[number]

/** All names in alphabetical order. */
export const CHECK_NAMES: readonly CheckName[] = [...OWN, ...ALERT_RULES].sort()
