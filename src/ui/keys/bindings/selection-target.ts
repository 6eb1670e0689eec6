// The targets of keys now, and why they may not be used.

import { shownCluster } from '../../../state/select/cluster.ts'
import type { State } from '../../../state/state.ts'
import type { EnterTarget, ViewRow } from '../../views/list/view.ts'
import { currentSelection, focusedViewPane, openView, selectedRow, viewById } from './selection.ts'

/** The values that a binding may use to decide whether it works now. */
export interface BindingContext {
  readonly state: State
  /** How many demo faults there are; 0 outside the demo. */
  readonly faults: number
}

/** Id of the server or database that keys act on: the one in the details, else that of the selected row. */
export function selectedNodeId(state: State): string | null {
  const { details } = state.navigation
  if (!details) return selectedRow(state)?.subject ?? null
  const cluster = shownCluster(state)
  if (!cluster) return null
  if (isNode(state, details.id)) return details.id
  return rowInDetails(state)?.subject ?? null
}

/** The row with open details; null if it is gone. */
function rowInDetails(state: State): ViewRow | null {
  const { details } = state.navigation
  const cluster = shownCluster(state)
  if (!details || !cluster) return null
  const rows = viewById(details.view).rows(state, cluster, details.pane)
  return rows.find(({ id }) => id === details.id) ?? null
}

/** The row that keys act on: the one with open details, else the selected one. */
export function actionRow(state: State): ViewRow | null {
  return state.navigation.details ? rowInDetails(state) : selectedRow(state)
}

function isNode(state: State, id: string | null): boolean {
  const { servers = [], databases = [] } = shownCluster(state) ?? {}
  return [...servers, ...databases].some(({ spec }) => spec.id === id)
}

/** The destination of `enter`. */
export function currentEnterTarget(state: State): EnterTarget {
  const here = currentSelection(state)
  const row = here?.rows[here.index]
  if (!here || !row) return { kind: 'nothing', reason: 'nothing is selected' }
  return here.view.opens(state, here.cluster, here.pane.id, row)
}

export function whyNotOpened(state: State): string | null {
  const opening = currentEnterTarget(state)
  return opening.kind === 'nothing' ? opening.reason : null
}

export function whyNotRenamed(state: State): string | null {
  if (state.readOnly) return 'pgdeck was started with --read-only'
  if (shownCluster(state)?.spec.readOnly) return 'the config has "readOnly" for this cluster'
  const nameless = actionRow(state)?.renameBlocked
  if (nameless !== undefined) return nameless
  return isNode(state, selectedNodeId(state)) ? null : 'select a server or a database first'
}

export function whyNotSorted(state: State): string | null {
  const cluster = shownCluster(state)
  const ordering = cluster ? focusedViewPane(state, cluster)?.ordering : undefined
  if (ordering === undefined) return 'nothing is watched'
  return typeof ordering === 'string' ? ordering : null
}

export function whyNoNextPane(state: State): string | null {
  const cluster = shownCluster(state)
  if (!cluster) return 'nothing is watched'
  return openView(state).panes(state, cluster).length > 1 ? null : 'this view has one pane'
}
