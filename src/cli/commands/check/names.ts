// The names that `pgdeck check` takes: what monitoring systems commonly watch, and every rule that alerts have.

import { ALERT_RULES } from '../../../model/picture/picture.ts'

/** Names of checks that look at more, or at something else, than the alert rule of the same subject. */
const OWN = ['alerts', 'exchange', 'role', 'servers', 'serving', 'slots', 'timeline'] as const

export type CheckName = (typeof OWN)[number] | (typeof ALERT_RULES)[number]

/** All names in the order of the alphabet. */
export const CHECK_NAMES: readonly CheckName[] = [...OWN, ...ALERT_RULES].sort()
