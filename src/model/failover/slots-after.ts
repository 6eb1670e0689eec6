// What logical slots of a primary depend on: the standby that takes its place, and standbys that have to confirm first.

import type { DatabasePulse, ReplicationSlot } from '../measured/pulse.ts'

/**
 * The failover slots whose consumers get nothing more until `slot` is used again: synchronized_standby_slots names it. Empty
 * where it is in use, or they wait for nothing.
 */
export function slotsWaitingFor(
  slot: Pick<ReplicationSlot, 'name' | 'active'>,
  { slots, synchronizedStandbySlots }: Pick<DatabasePulse, 'slots' | 'synchronizedStandbySlots'>,
): readonly ReplicationSlot[] {
  const named = (synchronizedStandbySlots ?? '').split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
  if (slot.active || !named.includes(slot.name)) return []
  return slots.filter(({ type, failover, synced }) => type === 'logical' && failover === true && synced !== true)
}

/**
 * - `kept`: the standby has a synchronized copy that is ready: its consumer goes on there.
 * - `not-ready`: it is a failover slot, of which the standby has no copy that can be used yet.
 * - `lost`: it is on the primary only.
 */
export type SlotFate = 'kept' | 'not-ready' | 'lost'

/** `copies` are the slots of the standby as last read; only a persistent copy that is not invalidated serves after a promotion. */
export function slotFate(
  slot: Pick<ReplicationSlot, 'name' | 'failover'>,
  copies: readonly ReplicationSlot[],
): SlotFate {
  const copy = copies.find(({ name, type, synced }) => name === slot.name && type === 'logical' && synced === true)
  if (copy && !copy.temporary && copy.invalidationReason === null && copy.walStatus !== 'lost') return 'kept'
  return copy || slot.failover === true ? 'not-ready' : 'lost'
}
