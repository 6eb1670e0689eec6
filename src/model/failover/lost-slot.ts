// What has to be done for the consumer of a replication slot whose WAL is gone.

import type { DatabasePulse, ReplicationSlot } from '../measured/pulse.ts'
import { standbyPositionOf } from '../picture/roles.ts'

/** From this version on nobody can use a slot again that was invalidated. */
const FINAL_SINCE = 180_000

interface SlotUser {
  readonly name: string
  readonly pulse: DatabasePulse | null
}

/**
 * `user` is the standby that uses the slot, where that is known. A standby with a restore_command takes from its archive what the
 * slot has lost, and needs no rebuild while the archive has that.
 */
export function lostSlotText(
  slot: Pick<ReplicationSlot, 'type' | 'active'>,
  versionNumber: number,
  user: SlotUser | null,
): string {
  if (slot.type === 'logical') return 'its consumer needs a new slot'
  if (slot.active) {
    const who = user?.name ?? 'its standby'
    return `${who} streams, but the slot retains no WAL for it any more: drop the slot and create it again`
  }
  const again = versionNumber >= FINAL_SINCE ? '; drop the slot and create it again before it can stream' : ''
  const sources = user && standbyPositionOf(user)?.walSources
  if (!user || !sources) return `its standby needs that WAL from an archive (restore_command), else a rebuild${again}`
  if (sources.archive) return `${user.name} needs no rebuild while its archive has that WAL (restore_command)${again}`
  return `${user.name} must be rebuilt: it has no restore_command`
}
