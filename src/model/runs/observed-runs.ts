// The runs that the readings of a cluster's databases show, and which alerts began in one: whoever is told of them should
// know that somebody is at it.

import type { Alert, AlertRule, Picture } from '../picture/picture.ts'
import type { Member } from '../replication/member.ts'
import { type ClusterRun, clusterRuns, runSummary } from './lock/cluster-run.ts'

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

/** What acts bring about on their way: servers that are stopped, standbys that change their source, slots that wait. */
const BROUGHT_ABOUT: ReadonlySet<AlertRule> = new Set<AlertRule>([
  'nobody-serves',
  'server-inactive',
  'database-inactive',
  'replica-disconnected',
  'replication-lag',
  'replication-lag-seconds',
  'replay-paused',
  'slot-inactive',
  'read-only-serves',
  'stale',
])

/** Two clocks and a poll lie between the beginning of a run and that of what it does. */
const TOLERANCE_MS = 1000

/** The alerts, those marked that began in a run that still goes on. None is left out, and none is less severe by it. */
export function markAlertsDuringRuns(alerts: readonly Alert[], runs: readonly ClusterRun[]): readonly Alert[] {
  return alerts.map(({ during: _, ...alert }) => {
    const run = BROUGHT_ABOUT.has(alert.rule)
      ? runs.find(({ startedAt }) => startedAt !== null && startedAt <= alert.since + TOLERANCE_MS)
      : undefined
    return run ? { ...alert, during: runSummary(run) } : alert
  })
}
