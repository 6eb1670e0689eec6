// The registry of acts: everything pgdeck can do to a cluster.

import type { ClusterConfig } from '../config/config.ts'
import { addHbaEntry } from './add-hba-entry/add-hba-entry.ts'
import { backup } from './backup/backup.ts'
import { checkpoint } from './checkpoint.ts'
import { collectLogs } from './collect-logs/collect-logs.ts'
import { customAct } from './custom/custom-action.ts'
import { decommission } from './decommission/decommission.ts'
import type { Action } from './definition/action.ts'
import { failback } from './failback/failback.ts'
import { fence } from './fence/fence.ts'
import { unfence } from './fence/unfence.ts'
import { follow } from './follow.ts'
import { buildReadOnly } from './manageengine/build-read-only.ts'
import { haSetup } from './manageengine/ha-setup.ts'
import { promote } from './promote.ts'
import { rebuildReplica } from './rebuild-replica/rebuild-replica.ts'
import { reload } from './reload.ts'
import { rename } from './rename.ts'
import { pauseReplay, resumeReplay } from './replay/replay.ts'
import { cancelQuery } from './sessions/cancel-query.ts'
import { terminateSession } from './sessions/terminate-session.ts'
import { createSlot, dropSlot } from './slots.ts'
import { switchover } from './switchover.ts'

export const ACTIONS: readonly Action[] = [
  promote,
  switchover,
  follow,
  fence,
  unfence,
  rebuildReplica,
  failback,
  decommission,
  buildReadOnly,
  haSetup,
  backup,
  collectLogs,
  rename,
  cancelQuery,
  terminateSession,
  addHbaEntry,
  reload,
  checkpoint,
  pauseReplay,
  resumeReplay,
  createSlot,
  dropSlot,
]

/** Everything that can be done to one cluster: these, and the actions of its config. */
export function actionsFor({ actions = [] }: Pick<ClusterConfig, 'actions'>): readonly Action[] {
  return [...ACTIONS, ...actions.map(customAct)]
}
