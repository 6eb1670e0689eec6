// What becomes of the logical slots of a primary when a standby takes its place.

import type { ReplicationSlot } from '../measured/pulse.ts'

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
