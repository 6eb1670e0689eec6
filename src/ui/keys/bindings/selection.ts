// The view, pane and row that have the keys now.

import { paneWithFocus, shownCluster } from '../../../state/select/cluster.ts'
import { selectedRowIndex } from '../../../state/select/rows.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { diagnosisView } from '../../views/diagnosis/view.ts'
import { VIEWS } from '../../views/index.ts'
import type { Pane, View, ViewRow } from '../../views/list/view.ts'
import { topologyView } from '../../views/topology/view.ts'

/** The view of that id; the topology if there is none. */
export function viewById(id: string): View {
  return [...VIEWS, diagnosisView].find((view) => view.id === id) ?? topologyView
}

/** The view that is open. */
export function openView(state: State): View {
  return viewById(state.navigation.view)
}

/** The pane of the open view that has the keys. */
export function focusedViewPane(state: State, cluster: ClusterState): Pane | null {
  const panes = openView(state).panes(state, cluster)
  const id = paneWithFocus(
    state,
    panes.map((pane) => pane.id),
  )
  return panes.find((pane) => pane.id === id) ?? null
}

/** The row that has the keys, with its index. */
export interface Selection {
  readonly cluster: ClusterState
  readonly view: View
  readonly pane: Pane
  readonly rows: readonly ViewRow[]
  /** -1 without a row. */
  readonly index: number
}

/** The selected row among the others of its pane; null if nothing is watched. */
export function currentSelection(state: State): Selection | null {
  const cluster = shownCluster(state)
  const pane = cluster ? focusedViewPane(state, cluster) : null
  if (!cluster || !pane) return null
  const view = openView(state)
  const rows = view.rows(state, cluster, pane.id)
  return { cluster, view, pane, rows, index: selectedRowIndex(state, pane.id, rows) }
}

/** The selected row of the focused pane; null without one. */
export function selectedRow(state: State): ViewRow | null {
  const here = currentSelection(state)
  return here?.rows[here.index] ?? null
}
