// Tells the engine the queries of the open view, at each change.

import type { SessionOnDatabase } from '../../../model/measured/on-demand.ts'
import { faultOf, PENDING } from '../../../model/values/reading.ts'
import type { Controller } from '../../../state/controller.ts'
import { shownCluster } from '../../../state/select/cluster.ts'
import { isHistoryShown } from '../../../state/select/shown-state.ts'
import type { State } from '../../../state/state.ts'
import { openView, viewById } from '../bindings/selection.ts'

/** The same for the first view: before it, no queries run. */
export function startActiveQueries(controller: Controller, state: State): void {
  const { needs, readsTrail } = openView(state)
  if (needs.length > 0 || readsTrail) updateActiveQueries(controller, state)
}

/** Sets the queries of the shown cluster's databases: those of the open view and details, and no others. */
export function updateActiveQueries(controller: Controller, state: State): void {
  const { needs: shown, readsTrail = false } = openView(state)
  const { details } = state.navigation
  // Details may belong to another view than the one that opened them.
  const needs = details ? [...new Set([...shown, ...viewById(details.view).needs])] : shown
  controller.setActiveQueries(shownCluster(state)?.spec.name ?? null, needs, openedSession(state))
  controller.followTrail(readsTrail)
}

/** The session with open details; null: none. */
function openedSession(state: State): SessionOnDatabase | null {
  const { details } = state.navigation
  const cluster = shownCluster(state)
  if (!details || !cluster) return null
  const rows = viewById(details.view).rows(state, cluster, details.pane)
  return rows.find(({ id }) => id === details.id)?.statementOf ?? null
}

/**
 * True if a key can be answered now: no plan is being made, and every database that can be read has answered what the open view
 * asks. Recorded time and paused polling bring no further answers.
 */
export function isReadyForKeys(state: State): boolean {
  if (state.action?.current.phase === 'planning') return false
  if (state.paused || isHistoryShown(state)) return true
  const { needs } = openView(state)
  return (shownCluster(state)?.databases ?? []).every(
    ({ pulse, onDemand }) =>
      faultOf(pulse) !== null || needs.every((query) => (onDemand[query] ?? PENDING).state !== 'waiting'),
  )
}
