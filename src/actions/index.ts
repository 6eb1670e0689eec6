// The registry of acts: everything pgdeck can do to a cluster.

import type { ClusterConfig } from '../config/config.ts'
import type { Action } from './action.ts'
import { backup } from './backup.ts'
import { buildReadOnly } from './build-read-only.ts'
import { checkpoint } from './checkpoint.ts'
import { collectLogs } from './collect-logs.ts'
import { customAct } from './custom.ts'
import { decommission } from './decommission.ts'
import { failback } from './failback.ts'
import { fence } from './fence.ts'
import { follow } from './follow.ts'
import { haSetup } from './ha-setup.ts'
import { addHbaEntry } from './hba/add-hba-entry.ts'
import { promote } from './promote.ts'
import { rebuildReplica } from './rebuild-replica.ts'
import { reload } from './reload.ts'
import { rename } from './rename.ts'
import { pauseReplay, resumeReplay } from './replay.ts'
import { cancelQuery } from './sessions/cancel-query.ts'
import { terminateSession } from './sessions/terminate-session.ts'
import { createSlot, dropSlot } from './slots.ts'
import { switchover } from './switchover.ts'
import { unfence } from './unfence.ts'

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
