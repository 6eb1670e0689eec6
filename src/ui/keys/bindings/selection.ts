// Which view, pane and row have the keys now.

import { paneWithFocus, shownCluster } from '../../../state/select/cluster.ts'
import { selectedRowIndex } from '../../../state/select/rows.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { diagnosis } from '../../views/diagnosis/view.ts'
import { VIEWS } from '../../views/index.ts'
import type { Pane, Row, View } from '../../views/list/view.ts'
import { topology } from '../../views/topology/view.ts'

/** The view of that id; the topology when there is none. */
export function viewOf(id: string): View {
  return [...VIEWS, diagnosis].find((view) => view.id === id) ?? topology
}

/** The view that is open. */
export function viewShown(state: State): View {
  return viewOf(state.navigation.view)
}

/** The pane of the open view that has the keys. */
export function focusedPane(state: State, cluster: ClusterState): Pane | null {
  const panes = viewShown(state).panes(state, cluster)
  const id = paneWithFocus(
    state,
    panes.map((pane) => pane.id),
  )
  return panes.find((pane) => pane.id === id) ?? null
}

/** The row that has the keys, where it is. */
export interface Spot {
  readonly cluster: ClusterState
  readonly view: View
  readonly pane: Pane
  readonly rows: readonly Row[]
  /** -1 when there is none. */
  readonly index: number
}

/** The selected row among the others of its pane; null when nothing is watched. */
export function spot(state: State): Spot | null {
  const cluster = shownCluster(state)
  const pane = cluster ? focusedPane(state, cluster) : null
  if (!cluster || !pane) return null
  const view = viewShown(state)
  const rows = view.rows(state, cluster, pane.id)
  return { cluster, view, pane, rows, index: selectedRowIndex(state, pane.id, rows) }
}

/** The selected row of the focused pane; null when there is none. */
export function selectedRow(state: State): Row | null {
  const here = spot(state)
  return here?.rows[here.index] ?? null
}
