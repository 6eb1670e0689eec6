// The registry of acts: everything pgdeck can do to a cluster.

import type { ClusterConfig } from '../config/config.ts'
import { addHbaEntryAction } from './add-hba-entry/add-hba-entry.ts'
import { backupAction } from './backup/backup.ts'
import { checkpointAction } from './checkpoint.ts'
import { collectLogsAction } from './collect-logs/collect-logs.ts'
import { customAction } from './custom/custom-action.ts'
import { decommissionAction } from './decommission/decommission.ts'
import type { Action } from './definition/action.ts'
import { failbackAction } from './failback/failback.ts'
import { fenceAction } from './fence/fence.ts'
import { unfenceAction } from './fence/unfence.ts'
import { followAction } from './follow.ts'
import { buildReadOnlyAction } from './manageengine/build-read-only.ts'
import { haSetupAction } from './manageengine/ha-setup.ts'
import { promoteAction } from './promote.ts'
import { rebuildReplicaAction } from './rebuild-replica/rebuild-replica.ts'
import { reloadAction } from './reload.ts'
import { renameAction } from './rename.ts'
import { pauseReplayAction, resumeReplayAction } from './replay/replay.ts'
import { cancelQueryAction } from './sessions/cancel-query.ts'
import { terminateSessionAction } from './sessions/terminate-session.ts'
import { createSlotAction, dropSlotAction } from './slots.ts'
import { switchoverAction } from './switchover.ts'

export const ACTIONS: readonly Action[] = [
  promoteAction,
  switchoverAction,
  followAction,
  fenceAction,
  unfenceAction,
  rebuildReplicaAction,
  failbackAction,
  decommissionAction,
  buildReadOnlyAction,
  haSetupAction,
  backupAction,
  collectLogsAction,
  renameAction,
  cancelQueryAction,
  terminateSessionAction,
  addHbaEntryAction,
  reloadAction,
  checkpointAction,
  pauseReplayAction,
  resumeReplayAction,
  createSlotAction,
  dropSlotAction,
]

/** Everything that can be done to one cluster: these, and the actions of its config. */
export function actionsFor({ actions = [] }: Pick<ClusterConfig, 'actions'>): readonly Action[] {
  return [...ACTIONS, ...actions.map(customAction)]
}
