// What keys act on now, and why they may not.

import { clusterShown, paneFocused } from '../state/select/cluster.ts'
import { rowsOf, selectedIndex, type TopologyRow } from '../state/select/rows.ts'
import type { State } from '../state/state.ts'

/** What a binding may look at to say whether it can be used now. */
export interface Sight {
  readonly state: State
  /** How many demo faults there are; 0 outside the demo. */
  readonly faults: number
}

/** The selected row of the focused pane; null when there is none. */
export function selectedRow(state: State): TopologyRow | null {
  const cluster = clusterShown(state)
  if (!cluster) return null
  const pane = paneFocused(state, cluster)
  const rows = rowsOf(state, cluster, pane)
  return rows[selectedIndex(state, pane, rows)] ?? null
}

/** Id of the server or database that keys act on now: the one in the details, else the selected one. */
export function subjectId(state: State): string | null {
  if (state.navigation.details) return state.navigation.details.id
  const row = selectedRow(state)
  switch (row?.kind) {
    case 'server':
    case 'database':
      return row.id
    case 'alert':
      return row.alert.subject
    case 'event':
      return row.event.subject
    default:
      return null
  }
}

function isNode(state: State, id: string | null): boolean {
  const { servers = [], databases = [] } = clusterShown(state) ?? {}
  return [...servers, ...databases].some(({ spec }) => spec.id === id)
}

export function whyNotOpened(state: State): string | null {
  const row = selectedRow(state)
  if (!row) return 'nothing is selected'
  if (row.kind === 'stranger') return 'this end of the link is not watched: add it to the config to see more'
  return isNode(state, subjectId(state)) ? null : 'this is about the cluster as a whole: there are no details of it'
}

export function whyNotRenamed(state: State): string | null {
  const row = selectedRow(state)
  if (!state.navigation.details && row?.kind === 'stranger')
    return 'this end of the link is not watched: it has no name to keep'
  return isNode(state, subjectId(state)) ? null : 'select a server or a database first'
}

export function whyNotSorted(state: State): string | null {
  const cluster = clusterShown(state)
  if (!cluster) return 'nothing is watched'
  return paneFocused(state, cluster) === 'events' ? 'events are in the order of time' : null
}
