// Tells the engine what the open view needs, whenever that changes.

import type { SessionOnDatabase } from '../../../model/measured/on-demand.ts'
import type { Controller } from '../../../state/controller.ts'
import { shownCluster } from '../../../state/select/cluster.ts'
import type { State } from '../../../state/state.ts'
import { openView, viewById } from '../bindings/selection.ts'

/** The same for the view that the program starts with: before it, nothing is asked for. */
export function startActiveQueries(controller: Controller, state: State): void {
  const { needs, readsTrail } = openView(state)
  if (needs.length > 0 || readsTrail) updateActiveQueries(controller, state)
}

/** Has the databases of the cluster shown asked for what the open view and details need, and for nothing else. */
export function updateActiveQueries(controller: Controller, state: State): void {
  const { needs: shown, readsTrail = false } = openView(state)
  const { details } = state.navigation
  // Details may be those of another view than the one they were opened from.
  const needs = details ? [...new Set([...shown, ...viewById(details.view).needs])] : shown
  controller.setActiveQueries(shownCluster(state)?.spec.name ?? null, needs, openedSession(state))
  controller.followTrail(readsTrail)
}

/** The session whose details are open; null: none. */
function openedSession(state: State): SessionOnDatabase | null {
  const { details } = state.navigation
  const cluster = shownCluster(state)
  if (!details || !cluster) return null
  const rows = viewById(details.view).rows(state, cluster, details.pane)
  return rows.find(({ id }) => id === details.id)?.statementOf ?? null
}
