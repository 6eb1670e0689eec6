// What has to be done for the consumer of a replication slot whose WAL is gone.

import type { ReplicationSlot } from '../measured/pulse.ts'
import { standbyPositionOf } from '../picture/roles.ts'
import type { Member } from '../replication/member.ts'

/** From this version on nobody can use a slot again that was invalidated. */
const FINAL_SINCE = 180_000

/**
 * `user` is the standby that uses the slot, where that is known. A standby with a restore_command takes from its archive what the
 * slot has lost, and needs no rebuild while the archive has that.
 */
export function lostSlotText(slot: Pick<ReplicationSlot, 'type'>, versionNumber: number, user: Member | null): string {
  if (slot.type === 'logical') return 'its consumer must be set up anew, with a new slot'
  const again = versionNumber >= FINAL_SINCE ? '; drop the slot and create it again before it can stream' : ''
  const sources = user && standbyPositionOf(user)?.walSources
  if (!user || !sources) return `its standby needs that WAL from an archive (restore_command), else a rebuild${again}`
  if (sources.archive) return `${user.name} needs no rebuild while its archive has that WAL (restore_command)${again}`
  return `${user.name} must be rebuilt: it has no restore_command`
}
