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
 * `holder` is the server that has the slot, `user` the standby that uses the slot, where that is known. A standby with a restore_command takes from its archive what the
 * slot has lost, and needs no rebuild while the archive has that.
 */
export function lostSlotText(
  slot: Pick<ReplicationSlot, 'type' | 'active' | 'synced'> & Partial<Pick<ReplicationSlot, 'invalidationReason'>>,
  holder: DatabasePulse | null,
  user: SlotUser | null,
): string {
  if (isSynchronizedCopy(slot, holder))
    return 'the next synchronization makes the copy again; until then a promotion would lose it'
  if (slot.type === 'logical') return 'its consumer needs a new slot'
  if (slot.active) {
    const who = user?.name ?? 'its standby'
    return `${who} streams, but the slot retains no WAL for it any more: drop the slot and create it again`
  }
  // Only that it was idle invalidated it, and its WAL may still be there.
  if (slot.invalidationReason === 'idle_timeout') {
    return `drop the slot and create it again: ${user?.name ?? 'its standby'} streams then, unless it needs WAL that is gone by then`
  }
  const again =
    (holder?.versionNumber ?? 0) >= FINAL_SINCE ? '; drop the slot and create it again before it can stream' : ''
  const sources = user && standbyPositionOf(user)?.walSources
  if (!user || !sources) return `its standby needs that WAL from an archive (restore_command), else a rebuild${again}`
  if (sources.archive) return `${user.name} needs no rebuild while its archive has that WAL (restore_command)${again}`
  return `${user.name} must be rebuilt: it has no restore_command`
}

/** True for the copy of a failover slot on a standby. On a server that was promoted it is the slot itself. */
export function isSynchronizedCopy(
  { type, synced }: Pick<ReplicationSlot, 'type' | 'synced'>,
  holder: DatabasePulse | null,
): boolean {
  return type === 'logical' && synced === true && standbyPositionOf({ pulse: holder }) !== null
}
