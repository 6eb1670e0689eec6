// One run per cluster, from whichever host: advisory locks on every readable server of it, kept for the duration of the
// run.

import { setTimeout as pause } from 'node:timers/promises'
import { ActionError } from '../../../model/runs/action-error.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { HeldCluster } from './held-cluster.ts'
import {
  acquireLocks,
  allOtherHolders,
  clusterLockedError,
  endOtherHolders,
  type IsIgnoredHolder,
  otherHoldersText,
} from './lock-acquisition.ts'
import type { ClusterLock, LockRequest } from './lock-request.ts'
import type { LockServer } from './lock-servers.ts'
import { closeLockSessions, openLockSessions, RESTARTS_WITHIN_MS } from './lock-sessions.ts'

/** Locks the cluster for a run. Throws ActionError that names the holder, or why it can't be locked. */
export async function lockCluster(request: LockRequest): Promise<ClusterLock> {
  const until = performance.now() + RESTARTS_WITHIN_MS
  // Whose sessions were ended in one try is told also where only a later one succeeds.
  const whom: OverruledHolders = { ignored: new Set(), texts: new Set() }
  for (let { clusterView } = request; ; clusterView = await request.refresh()) {
    try {
      return await lockServers({ ...request, clusterView }, whom)
    } catch (error) {
      // A server that stops ends a session that was opened just before.
      if (!(error instanceof FaultError)) throw error
      if (performance.now() > until)
        throw new ActionError(`this run can’t lock the cluster: ${error.fault.message}`, error.fault.hint)
      await pause(LOOK_AGAIN_MS)
    }
  }
}

const LOOK_AGAIN_MS = 300

/** The runs that an operator overruled: marks of their sessions, and themselves as text. */
interface OverruledHolders {
  readonly ignored: Set<string>
  readonly texts: Set<string>
}

/** Throws as `lockCluster`, and FaultError when a server is lost meanwhile. */
async function lockServers(request: LockRequest, { ignored, texts }: OverruledHolders): Promise<ClusterLock> {
  const held = await openLockSessions(request)
  const isIgnored: IsIgnoredHolder = ({ server }, { pid }) => ignored.has(mark(server, pid))
  try {
    for (;;) {
      const outcome = await acquireLocks(held, request.steps, isIgnored)
      if (outcome.kind === 'held') {
        const { id } = outcome
        return new HeldCluster({ request, held, id, isIgnored, overruled: [...texts] })
      }
      const { rivals } = outcome
      if (request.overrideReason === null || rivals.length === 0) throw clusterLockedError(rivals)
      // A holder on one server has locks on others too.
      const having = await allOtherHolders(held, isIgnored)
      const all = having.length > 0 ? having : rivals
      texts.add(otherHoldersText(all))
      await endOtherHolders(all, request.say)
      for (const { holder, lockedServer: at } of all) ignored.add(mark(at.server, holder.pid))
    }
  } catch (error) {
    await closeLockSessions(held)
    throw error
  }
}

function mark({ identity }: LockServer, pid: number): string {
  return `${identity.postmasterStart} ${identity.port} ${pid}`
}
