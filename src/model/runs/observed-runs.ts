// The runs that the readings of a cluster's databases show.

import type { Picture } from '../picture/picture.ts'
import type { Member } from '../replication/member.ts'
import { type ClusterRun, clusterRuns } from './lock/cluster-run.ts'

/** By readings that just came: what a server showed that can't be read any more says nothing of now. */
export function observeRuns(nodes: readonly Member[], previous: Picture | null, now: number): readonly ClusterRun[] {
  const readings = nodes.flatMap(({ id, isFresh, pulse }) => {
    if (!isFresh || !pulse?.runs) return []
    const byOurClock = (at: number | null) => (at === null ? null : at - pulse.clockOffsetMs)
    return [{ id, holders: pulse.runs.map((holder) => ({ ...holder, startedAt: byOurClock(holder.startedAt) })) }]
  })
  return clusterRuns(readings).map((run) => ({ ...run, startedAt: run.startedAt ?? seenBefore(run, previous) ?? now }))
}

/** When its sessions began is hidden from some roles: then it is when it was first seen. */
function seenBefore({ by, action, target }: ClusterRun, previous: Picture | null): number | null {
  const before = previous?.runs.find((run) => run.by === by && run.action === action && run.target === target)
  return before?.startedAt ?? null
}
