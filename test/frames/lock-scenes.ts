// The scenes of the locks view.

import type { Navigation } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import {
  commitsHang,
  hostileLocks,
  lockChain,
  locksHidden,
  locksState,
  longQueue,
  noLocks,
} from '../builders/lock-screens.ts'
import { NOW } from '../builders/snapshot.ts'

const TREE = 'locks:lock waits'
const START_OF_SESSION = NOW - 3_600_000

function at(state: State, navigation: Partial<Navigation>): State {
  return { ...state, navigation: { ...state.navigation, ...navigation } }
}

export const LOCK_SCENES: Readonly<Record<string, () => State>> = {
  locks: lockChain,
  'locks-none': noLocks,
  'locks-waiting': () => locksState(null, null),
  'locks-hidden': locksHidden,
  'locks-hostile': hostileLocks,
  'locks-queue': longQueue,
  'locks-deadlock': commitsHang,
  'locks-syncrep': () => at(commitsHang(), { pane: 'locks:SyncRep waits' }),
  'locks-prepared': () => at(lockChain(), { pane: 'locks:prepared' }),
  'locks-sorted': () => at(lockChain(), { sort: { [TREE]: { column: 'wait', descending: true } } }),
  'locks-filter': () => at(lockChain(), { filter: 'alter', overlay: { kind: 'filter', text: 'alter' } }),
  'locks-session': () =>
    at(lockChain(), {
      details: { view: 'locks', pane: TREE, id: `db-1 21904 ${START_OF_SESSION}`, scroll: 0 },
    }),
  'locks-waiter': () =>
    at(lockChain(), {
      details: { view: 'locks', pane: TREE, id: `db-1 21930 ${START_OF_SESSION}`, scroll: 0 },
    }),
  'locks-transaction': () =>
    at(lockChain(), { details: { view: 'locks', pane: TREE, id: 'db-1 prepared transfer-8812', scroll: 0 } }),
}
