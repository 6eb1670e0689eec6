// One run per cluster, wherever it is started: advisory locks on every server of it that can be read, kept for the run.

import { ActionError } from '../../../model/runs/action-error.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { HeldCluster } from './held-cluster.ts'
import { busy, contend, endRivals, everyRival, type Ignored, wordsOf } from './lock-acquisition.ts'
import type { ClusterLock, LockRequest } from './lock-request.ts'
import type { LockPlace } from './lock-servers.ts'
import { closeAll, openAll } from './lock-sessions.ts'

/** Takes the cluster for a run. Throws ActError naming who has it, or where it can't be taken. */
export async function lockCluster(request: LockRequest): Promise<ClusterLock> {
  const held = await openAll(request)
  const ignored = new Set<string>()
  const isIgnored: Ignored = ({ place }, { pid }) => ignored.has(mark(place, pid))
  const overruled: string[] = []
  try {
    for (;;) {
      const outcome = await contend(held, request.steps, isIgnored)
      if (outcome.kind === 'held') {
        const { id } = outcome
        return new HeldCluster({ request, held, id, isIgnored, overruled })
      }
      const { rivals } = outcome
      if (request.overrule === null || rivals.length === 0) throw busy(rivals)
      // Whoever has it on one server has it on others too.
      const having = await everyRival(held, isIgnored)
      const all = having.length > 0 ? having : rivals
      overruled.push(wordsOf(all))
      await endRivals(all, request.say)
      for (const { holder, held: at } of all) ignored.add(mark(at.place, holder.pid))
    }
  } catch (error) {
    await closeAll(held)
    if (error instanceof FaultError)
      throw new ActionError(`the cluster can’t be held for this run: ${error.fault.message}`, error.fault.hint)
    throw error
  }
}

function mark({ identity }: LockPlace, pid: number): string {
  return `${identity.postmasterStart} ${identity.port} ${pid}`
}
