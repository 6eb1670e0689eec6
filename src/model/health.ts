// One word for a cluster: the worst of its alerts, or that nothing can be said.

import type { Alert, DatabaseView, Health, ServerView, Serving } from './picture/picture.ts'
import type { LocalReachability } from './reachability/local-reachability.ts'

/** The worst of the alerts; unknown when cut off, and where nothing is wrong but something can't be told. */
export function clusterHealth(
  alerts: readonly Alert[],
  sight: LocalReachability,
  views: readonly (DatabaseView | ServerView)[],
  serving: Serving | null,
): Health {
  if (sight.cutOff) return 'unknown'
  if (views.every((view) => view.status === 'unknown' && view.problem === null)) return 'unknown'
  if (alerts.some((alert) => alert.severity === 'critical')) return 'critical'
  if (alerts.length > 0) return 'warning'
  // Nobody serves would be an alert: here it is not known who does.
  return serving === null || views.some((view) => view.status === 'unknown') ? 'unknown' : 'ok'
}
