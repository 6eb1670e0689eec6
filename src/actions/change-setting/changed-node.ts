// The servers whose setting an action changes, each with what it tells of it, and in which order they are changed.

import { REQUIRED_SETTINGS } from '../../model/measured/pulse.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadAsPrimary } from '../../model/picture/roles.ts'
import { numberInUnit } from '../../model/settings/value-form.ts'
import {
  autoConfValue,
  isHiddenBySession,
  meansTheSame,
  type NodeSetting,
  valueWithoutAutoConf,
} from './node-setting.ts'

/** The setting as the server spells it, and the value that ALTER SYSTEM is to set; null: none. */
export interface WantedSetting {
  readonly name: string
  readonly value: string | null
}

export interface ChangedNode {
  readonly id: string
  readonly name: string
  readonly isPrimary: boolean
  readonly node: NodeSetting
  /** The value once it is removed, where a manager wrote the other files too; null: unknown. Absent: that of those. */
  readonly onceRemoved?: string | null
}

/** The value that a server takes once the change is in force, in the unit of the setting or with its own; null: unknown. */
export function futureValue({ node, onceRemoved }: ChangedNode, { value }: WantedSetting): string | null {
  if (value !== null) return value
  return onceRemoved === undefined ? valueWithoutAutoConf(node) : onceRemoved
}

export function changedNode({ id, name, pulse }: DatabaseView, node: NodeSetting): ChangedNode {
  return { id, name, isPrimary: isReadAsPrimary({ pulse }), node }
}

/** A standby needs it at least as high as its primary. */
export function isRequiredSetting(name: string): boolean {
  return REQUIRED_SETTINGS.some((each) => each === name)
}

/** Whether nothing is left to do there: ALTER SYSTEM has that value, or sets none, and the server has read it. */
export function hasItAlready({ node }: ChangedNode, { value }: WantedSetting): boolean {
  const { setting } = node
  const before = autoConfValue(node)
  if (before === 'unknown') return false
  if (value === null || before.value === null) {
    if (value === null) return before.value === null
    const isThere =
      setting && !setting.isPending && !isHiddenBySession(setting) && meansTheSame(setting, setting.value, value)
    return isThere === true
  }
  if (!setting || !meansTheSame(setting, before.value, value)) return false
  return setting.isPending || isHiddenBySession(setting) || meansTheSame(setting, setting.value, value)
}

/** The number that the setting will have there after a restart; null: no number, or unknown. */
export function futureNumber(changed: ChangedNode, wanted: WantedSetting): number | null {
  const { setting } = changed.node
  const text = futureValue(changed, wanted)
  return setting && text !== null ? numberInUnit(text, setting.form) : null
}

/** The number in force; null: no number. */
export function presentNumber({ node: { setting } }: ChangedNode): number | null {
  return setting ? numberInUnit(setting.value, setting.form) : null
}

/** Whether the primary still runs with a higher value of a setting that a standby must not have smaller. */
function isAboveOnPrimary(primary: ChangedNode, node: ChangedNode, wanted: WantedSetting): boolean {
  const [now, then] = [presentNumber(primary), futureNumber(node, wanted)]
  return now !== null && then !== null && then < now
}

/**
 * Returns the servers in the order of the change. Raised: standbys first. Lowered: the primary alone, because a standby
 * does not start with less than its primary runs with. `later` are those that wait for that.
 */
export function orderedNodes(
  nodes: readonly ChangedNode[],
  wanted: WantedSetting,
  primaries: readonly ChangedNode[],
): { readonly now: readonly ChangedNode[]; readonly later: readonly ChangedNode[] } {
  const standbysFirst = nodes.toSorted((a, b) => Number(a.isPrimary) - Number(b.isPrimary))
  if (!isRequiredSetting(wanted.name)) return { now: standbysFirst, later: [] }
  const waits = (node: ChangedNode) => !node.isPrimary && primaries.some((each) => isAboveOnPrimary(each, node, wanted))
  return { now: standbysFirst.filter((node) => !waits(node)), later: standbysFirst.filter(waits) }
}
