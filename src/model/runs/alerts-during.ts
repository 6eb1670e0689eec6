// Which alerts began in a run: whoever is told of them should know that somebody is at it.

import type { Alert, AlertRule } from '../picture/picture.ts'
import { type ClusterRun, runSummary } from './lock/cluster-run.ts'

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
const TOLERANCE_MS = 1_000

/** The alerts, those marked that began in a run that still goes on. None is left out, and none is less severe by it. */
export function markAlertsDuringRuns(alerts: readonly Alert[], runs: readonly ClusterRun[]): readonly Alert[] {
  return alerts.map(({ during: _, ...alert }) => {
    const run = BROUGHT_ABOUT.has(alert.rule)
      ? runs.find(({ startedAt }) => startedAt !== null && startedAt <= alert.since + TOLERANCE_MS)
      : undefined
    return run ? { ...alert, during: runSummary(run) } : alert
  })
}
