// The key that diagnoses the selected server or database. It opens the page of the findings.

import { shownCluster } from '../../state/select/cluster.ts'
import { isHistoryShown } from '../../state/select/shown-state.ts'
import type { State } from '../../state/state.ts'
import type { Binding } from '../keys/bindings/binding.ts'
import type { CommandContext } from '../keys/bindings/command-context.ts'
import { whyNotInHistory } from '../keys/bindings/history-mode.ts'
import { selectedNodeId } from '../keys/bindings/selection-target.ts'
import { DIAGNOSIS_VIEW_ID } from '../views/diagnosis/view.ts'

/** Works if a server or database is selected or its details are open. On the page itself it runs again. */
export const DIAGNOSE_BINDING: Binding = {
  keys: ['d'],
  id: 'diagnose',
  title: 'diagnose the selected server or database',
  group: 'Look',
  modes: ['rows', 'details'],
  footer: {
    label: ({ state }) => (state.navigation.details?.view === DIAGNOSIS_VIEW_ID ? 'run again' : 'diagnose'),
    rank: 5,
  },
  inPalette: true,
  reason: ({ state }) => whyNotDiagnosed(state),
}

function whyNotDiagnosed(state: State): string | null {
  if (isHistoryShown(state)) return whyNotInHistory(state)
  if (!shownCluster(state)?.picture) return 'wait for the first answers'
  return nodeSelected(state) ? null : 'select a server or a database first'
}

/** Begins a diagnosis and shows its findings. */
export function openDiagnosis({ navigate, bindingContext, controller }: CommandContext): void {
  const { state } = bindingContext()
  const cluster = shownCluster(state)?.spec.name
  const node = nodeSelected(state)
  if (cluster === undefined || !node) return
  controller.diagnose(cluster, node.id)
  navigate({ type: 'details-opened', view: DIAGNOSIS_VIEW_ID, pane: node.pane, id: node.id })
}

function nodeSelected(state: State): { readonly id: string; readonly pane: 'servers' | 'databases' } | null {
  const { servers = [], databases = [] } = shownCluster(state) ?? {}
  const id = selectedNodeId(state)
  if (id === null) return null
  if (servers.some(({ spec }) => spec.id === id)) return { id, pane: 'servers' }
  return databases.some(({ spec }) => spec.id === id) ? { id, pane: 'databases' } : null
}
