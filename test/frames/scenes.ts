// The scenes of the golden frames, by name.

import type { Navigation } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import {
  cascade,
  firstSeconds,
  healthy,
  hostile,
  lagging,
  many,
  primaryDown,
  severalClusters,
  splitBrain,
} from '../fakes/screens.ts'

function at(state: State, navigation: Partial<Navigation>): State {
  return { ...state, navigation: { ...state.navigation, ...navigation } }
}

export const SCENES: Readonly<Record<string, () => State>> = {
  healthy,
  lagging,
  'primary-down': primaryDown,
  'split-brain': splitBrain,
  'first-seconds': firstSeconds,
  cascade,
  hostile,
  many,
  fleet: () => at(severalClusters(), { view: 'fleet' }),
  paused: () => ({ ...healthy(), paused: true }),
  palette: () => at(healthy(), { overlay: { kind: 'palette', text: 're', chosen: 1 } }),
  faults: () => at(healthy(), { overlay: { kind: 'faults', chosen: 1 } }),
  help: () => at(healthy(), { overlay: { kind: 'help', scroll: 0 } }),
  filter: () => at(lagging(), { filter: 'ro', overlay: { kind: 'filter', text: 'ro' } }),
  sorted: () => at(cascade(), { sort: { databases: { column: 'name', descending: true } } }),
  rename: () =>
    at(healthy(), {
      overlay: {
        kind: 'rename',
        cluster: 'vault',
        id: 'pmp-a',
        text: 'pmp-b',
        problem: 'pmp-b is the name of another one',
      },
    }),
  'details-server': () => at(healthy(), { details: { view: 'topology', pane: 'servers', id: 'pmp-ro', scroll: 0 } }),
  'details-primary': () => at(lagging(), { details: { view: 'topology', pane: 'databases', id: 'db-1', scroll: 12 } }),
  'details-replica': () => at(lagging(), { details: { view: 'topology', pane: 'databases', id: 'db-ro', scroll: 0 } }),
  'details-down': () => at(primaryDown(), { details: { view: 'topology', pane: 'databases', id: 'db-1', scroll: 0 } }),
}
