// The general actions, in the order of menus. src/profiles/actions.ts registers them with those of the profiles.

import { addHbaEntryAction } from './add-hba-entry/add-hba-entry.ts'
import { createBackupAction } from './backup/backup.ts'
import { changeSettingAction } from './change-setting/change-setting.ts'
import { checkpointAction } from './checkpoint.ts'
import { collectLogsAction } from './collect-logs.ts'
import { createDecommissionAction } from './decommission/decommission.ts'
import type { Action } from './definition/action.ts'
import type { ProfileActions } from './definition/profile-actions.ts'
import { withDelegation } from './delegated/delegation.ts'
import { cancelSwitchoverAction, pauseManagerAction, resumeManagerAction } from './delegated/manager-actions.ts'
import { createFailbackAction } from './failback/failback.ts'
import { fenceAction, unfenceAction } from './fence/fence.ts'
import { followAction } from './follow.ts'
import { createRollingRestartAction } from './lifecycle/rolling-restart.ts'
import { startAction } from './lifecycle/start.ts'
import { restartAction, stopAction } from './lifecycle/stop.ts'
import { createPromoteAction } from './promote.ts'
import { rebuildReplicaAction } from './rebuild-replica/rebuild-replica.ts'
import { reloadAction } from './reload.ts'
import { renameAction } from './rename.ts'
import { pauseReplayAction, resumeReplayAction } from './replay.ts'
import { cancelQueryAction } from './sessions/cancel-query.ts'
import { terminateSessionAction } from './sessions/terminate-session.ts'
import { createSlotAction, dropSlotAction } from './slots.ts'
import { createSwitchoverAction } from './switchover.ts'

/** Returns all actions: the general ones, with these profiles' own plans, and those that only the profiles have. */
export function createActions(profiles: readonly ProfileActions[]): readonly Action[] {
  const all: readonly Action[] = [
    createPromoteAction(profiles),
    createSwitchoverAction(profiles),
    startAction,
    followAction,
    fenceAction,
    unfenceAction,
    stopAction,
    restartAction,
    rebuildReplicaAction,
    createFailbackAction(profiles),
    createDecommissionAction(profiles),
    ...profiles.flatMap(({ actions }) => actions),
    createBackupAction(profiles),
    collectLogsAction,
    renameAction,
    cancelQueryAction,
    terminateSessionAction,
    addHbaEntryAction,
    reloadAction,
    changeSettingAction,
    createRollingRestartAction(profiles),
    pauseManagerAction,
    resumeManagerAction,
    cancelSwitchoverAction,
    checkpointAction,
    pauseReplayAction,
    resumeReplayAction,
    createSlotAction,
    dropSlotAction,
  ]
  return all.map(withDelegation)
}
