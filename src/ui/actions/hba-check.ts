// The key that opens the audit of pg_hba.conf of the selected server or database.

import { shownCluster } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import type { Binding } from '../keys/bindings/binding.ts'
import type { CommandContext } from '../keys/bindings/command-context.ts'
import { selectedNodeId } from '../keys/bindings/selection-target.ts'
import { HBA_NODES_PANE } from '../views/access/hba-rows.ts'
import { paneIdOf } from '../views/list/list.ts'

/** Works if a server or database is selected or its details are open. */
export const HBA_BINDING: Binding = {
  keys: ['h'],
  id: 'hba',
  title: 'check pg_hba.conf: needed connections, deciding lines, missing lines',
  group: 'Look',
  modes: ['rows', 'details'],
  footer: { label: 'pg_hba', rank: 6 },
  inPalette: true,
  reason: ({ state }) => (watchedId(state) === null ? 'select a server or a database first' : null),
}

/** Opens the connections that the selected node needs to accept, and those that it makes itself. */
export function openHbaCheck({ navigate, bindingContext }: CommandContext): void {
  const id = watchedId(bindingContext().state)
  if (id !== null) navigate({ type: 'details-opened', view: 'access', pane: paneIdOf('access', HBA_NODES_PANE), id })
}

function watchedId(state: State): string | null {
  const { servers = [], databases = [] } = shownCluster(state) ?? {}
  const id = selectedNodeId(state)
  return [...servers, ...databases].some(({ spec }) => spec.id === id) ? id : null
}
