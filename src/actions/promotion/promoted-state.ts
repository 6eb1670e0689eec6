// The checks of what a standby and its followers are like as it is promoted, whoever promotes it.

import { enoughWalSendersAndSlots, standbysFollowTimeline } from '../checks/attaching-standbys.ts'
import { applyDelay, replayBacklog, replayPaused } from '../checks/replay.ts'
import { requiredSettingsFor } from '../checks/required-settings.ts'
import { enoughSyncStandbys } from '../checks/sync-standbys.ts'
import { synchronizedSlotsInUse } from '../checks/synchronized-slots.ts'
import type { PreflightCheck } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { standbysReplayNow } from '../repoint/later-replay.ts'

/** A primary that is up comes back as one more standby. */
export function promotedStateChecks(participants: PromotionParticipants): readonly PreflightCheck[] {
  const { target, primary, isPrimaryUp, standbys } = participants
  const { id } = target
  const comesBack = isPrimaryUp && primary ? 1 : 0
  return [
    replayPaused(id),
    applyDelay(id, isPrimaryUp),
    requiredSettingsFor(id, 'promoted'),
    replayBacklog(id),
    enoughSyncStandbys(id, standbys, isPrimaryUp ? primary : null),
    synchronizedSlotsInUse(participants),
    enoughWalSendersAndSlots(id, standbys.length + comesBack),
    standbysFollowTimeline(standbys),
    standbysReplayNow(standbys),
  ]
}
