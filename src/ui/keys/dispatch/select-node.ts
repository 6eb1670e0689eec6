// Goes to a server or database by its name, and to the worst alert, whatever the order of the rows.

import { mostUrgentAlert, shownCluster } from '../../../state/select/cluster.ts'
import type { State } from '../../../state/state.ts'
import { alertRowId } from '../../views/alerts/rows.ts'
import { ALERTS_PANE, alertsView } from '../../views/alerts/view.ts'
import type { CommandContext } from '../bindings/command-context.ts'

/** The home view: it has a row for every server and database. */
const HOME = 'topology'

/** A server or database of the shown cluster, and the pane of the home view that has its row. */
interface NamedNode {
  readonly id: string
  readonly pane: 'servers' | 'databases'
}

/** Returns the server or database of that id or display name; null without one. An id goes before a display name. */
function nodeByName(state: State, name: string): NamedNode | null {
  const cluster = shownCluster(state)
  if (!cluster) return null
  const nodes = [
    ...cluster.databases.map((record) => ({ record, pane: 'databases' as const })),
    ...cluster.servers.map((record) => ({ record, pane: 'servers' as const })),
  ]
  const found =
    nodes.find(({ record }) => record.spec.id === name) ?? nodes.find(({ record }) => record.displayName === name)
  return found ? { id: found.record.spec.id, pane: found.pane } : null
}

/** Opens the home view, without a filter, with that server or database selected. False if there is none of that name. */
export function selectNode({ store, navigate, notify }: CommandContext, name: string): boolean {
  const node = nodeByName(store.latest(), name)
  if (!node) {
    notify('warning', `no server or database is named ${name}`)
    return false
  }
  navigate({ type: 'view-opened', view: HOME })
  navigate({ type: 'filtered', text: '' })
  navigate({ type: 'row-selected', pane: node.pane, id: node.id })
  return true
}

/** Opens the alerts with the worst one selected: one that is not muted before one that is. */
export function openWorstAlert({ store, navigate }: CommandContext): void {
  const state = store.latest()
  const cluster = shownCluster(state)
  const worst = cluster && mostUrgentAlert(cluster, state.now)
  if (!worst) return
  navigate({ type: 'view-opened', view: alertsView.id })
  navigate({ type: 'filtered', text: '' })
  navigate({ type: 'row-selected', pane: ALERTS_PANE, id: alertRowId(worst.alert) })
}
