// The scenes of looking back: what was recorded is shown as of then.

import type { Navigation } from '../../src/state/navigation.ts'
import { reduce } from '../../src/state/reduce.ts'
import type { State } from '../../src/state/state.ts'
import { actAsking, actPlanned } from '../builders/action-screens.ts'
import { manyAlerts } from '../builders/alert-screens.ts'
import { hostScreen } from '../builders/hosts.ts'
import { healthy, lagging, primaryDown, severalClusters } from '../builders/screens.ts'
import { NOW } from '../builders/snapshot.ts'

/** The user has moved keys: whatever names one names the new one. */
const OWN_KEYS = {
  down: 'n',
  back: 'ctrl+b',
  leave: 'ctrl+b',
  diagnose: 'D',
  'view-hosts': 'w',
  'run-retry': 'R',
  'do-promote': 'Z',
  quit: 'Q',
}

function at(state: State, navigation: Partial<Navigation>): State {
  return { ...state, navigation: { ...state.navigation, ...navigation } }
}

/** The primary is down; 42 s before, the replica lagged. */
function past(navigation: Partial<Navigation> = {}): State {
  const before = reduce(lagging(), { type: 'derive-requested', at: NOW })
  const down = reduce({ ...before, clusters: primaryDown().clusters }, { type: 'derive-requested', at: NOW + 42_000 })
  return { ...down, navigation: { ...down.navigation, historyAt: NOW, ...navigation } }
}

export const HABIT_SCENES: Readonly<Record<string, () => State>> = {
  past: () => past(),
  'past-details': () => past({ details: { view: 'topology', pane: 'databases', id: 'db-ro', scroll: 0 } }),
  'past-activity': () => past({ view: 'activity' }),
  'past-alerts': () => past({ view: 'alerts' }),
  'past-fleet': () => past({ view: 'fleet' }),
  export: () => at(manyAlerts(), { overlay: { kind: 'export', chosen: 1 } }),
  'fleet-filtered': () => at(severalClusters(), { view: 'fleet', filter: 'ledg' }),
  'hosts-observers': () => hostScreen({ pane: 'hosts:who sees whom' }),
  'own-keys': () => ({ ...at(primaryDown(), { filter: 'db' }), keys: OWN_KEYS }),
  'own-keys-menu': () =>
    at({ ...healthy(), keys: OWN_KEYS }, { pane: 'databases', overlay: { kind: 'actions', chosen: 0, text: null } }),
  'own-keys-asking': () => ({ ...actAsking(), keys: OWN_KEYS }),
  'own-keys-plan': () => ({ ...actPlanned(), keys: OWN_KEYS }),
  tour: () => ({
    ...at(primaryDown(), {}),
    tour: { text: 'diagnoses: network, port, process, files and log.', key: 'd', phase: 'plays' },
  }),
  'tour-paused': () => ({
    ...actPlanned(),
    tour: { text: 'A promotion asks for the name of its target.', key: null, phase: 'waits' },
  }),
  'refused-command': () => ({
    ...at(healthy(), { view: 'alerts' }),
    notice: { at: NOW, severity: 'warning', text: 'not now: select an alert in force first: view 9 has them' },
  }),
}
