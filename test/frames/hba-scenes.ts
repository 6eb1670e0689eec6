// The scenes of pg_hba.conf in the access view.

import type { Navigation } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { hbaEntryRows } from '../../src/ui/views/access/hba-rows.ts'
import { hbaAudited } from '../builders/hba-screens.ts'

const RULES = 'access:pg_hba'
const NODES = 'access:by node'

function at(navigation: Partial<Navigation>): State {
  const state = hbaAudited()
  return { ...state, navigation: { ...state.navigation, view: 'access', ...navigation } }
}

function details(pane: Navigation['pane'], id: string): State {
  return at({ pane, details: { view: 'access', pane, id, scroll: 0 } })
}

function connection(from: string, to: string): State {
  const [cluster] = hbaAudited().clusters
  const row =
    cluster && hbaEntryRows(cluster).find(({ entry: { connection: need } }) => need.fromId === from && need.toId === to)
  return details(RULES, row?.id ?? '')
}

export const HBA_SCENES: Readonly<Record<string, () => State>> = {
  'access-hba': () => at({ pane: RULES }),
  'access-hba-nodes': () => at({ pane: NODES }),
  'access-hba-tls': () => at({ pane: 'access:encryption' }),
  'access-hba-rejected': () => connection('db-1', 'db-2'),
  'access-hba-weak': () => connection('db-ro', 'db-1'),
  'access-hba-node': () => details(NODES, 'db-ro'),
  'access-hba-server': () => details(NODES, 'pmp-b'),
}
