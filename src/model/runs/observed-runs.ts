// The runs that readings show, and which alerts were raised during one: the user should know that a run may be their
// cause.

import type { Alert, AlertRule, Picture } from '../picture/picture.ts'
import type { Member } from '../replication/member.ts'
import { type ClusterRun, clusterRuns, runSummary } from './lock/cluster-run.ts'

/** By fresh readings: an old reading says nothing about now. */
export function observeRuns(nodes: readonly Member[], previous: Picture | null, now: number): readonly ClusterRun[] {
  const readings = nodes.flatMap(({ id, isFresh, pulse }) => {
    if (!isFresh || !pulse?.runs) return []
    const byOurClock = (at: number | null) => (at === null ? null : at - pulse.clockOffsetMs)
    return [{ id, holders: pulse.runs.map((holder) => ({ ...holder, startedAt: byOurClock(holder.startedAt) })) }]
  })
  return clusterRuns(readings).map((run) => ({ ...run, startedAt: run.startedAt ?? seenBefore(run, previous) ?? now }))
}

/** Some roles can't see when its sessions started: then the first reading counts. */
function seenBefore({ by, action, target }: ClusterRun, previous: Picture | null): number | null {
  const before = previous?.runs.find((run) => run.by === by && run.action === action && run.target === target)
  return before?.startedAt ?? null
}

/** What actions cause on their way: stopped servers, standbys with a new upstream, inactive slots. */
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
  'schedules-stopped',
  'stale',
  'address-silent',
  'address-elsewhere',
  'pooler-elsewhere',
  'pooler-paused',
  'pooler-waiting',
  'proxy-elsewhere',
  'proxy-no-server',
])

/** Two clocks and a poll are between the start of a run and its effects. */
const TOLERANCE_MS = 1000

/** Returns the alerts, with a mark on those raised during a run that still runs. None is left out or less severe. */
export function markAlertsDuringRuns(alerts: readonly Alert[], runs: readonly ClusterRun[]): readonly Alert[] {
  return alerts.map(({ during: _, ...alert }) => {
    const run = BROUGHT_ABOUT.has(alert.rule)
      ? runs.find(({ startedAt }) => startedAt !== null && startedAt <= alert.since + TOLERANCE_MS)
      : undefined
    return run ? { ...alert, during: runSummary(run) } : alert
  })
}
