// The scenes of the storage view.

import type { Navigation } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { storageBusy, storageCalm, storageHidden, storageTrouble } from '../builders/storage-screens.ts'

const WAL = 'storage:WAL and slots'
const ARCHIVER = 'storage:archiver and checkpoints'
const DATABASES = 'storage:databases'
const RUNNING = 'storage:running'

function at(state: State, navigation: Partial<Navigation>): State {
  return { ...state, navigation: { ...state.navigation, ...navigation } }
}

function details(state: State, pane: Navigation['pane'], id: string): State {
  return at(state, { pane, details: { view: 'storage', pane, id, scroll: 0 } })
}

export const STORAGE_SCENES: Readonly<Record<string, () => State>> = {
  storage: storageCalm,
  'storage-trouble': storageTrouble,
  'storage-hidden': storageHidden,
  'storage-slots-sorted': () => at(storageTrouble(), { sort: { [WAL]: { column: 'retains', descending: true } } }),
  'storage-archiver': () => at(storageTrouble(), { pane: ARCHIVER }),
  'storage-databases': () => at(storageTrouble(), { pane: DATABASES }),
  'storage-running': () => at(storageBusy(), { pane: RUNNING }),
  'storage-idle': () => at(storageCalm(), { pane: RUNNING }),
  'storage-slot': () => details(storageTrouble(), WAL, 'slot:db-1/debezium'),
  'storage-archiving': () => details(storageTrouble(), ARCHIVER, 'db-1'),
  'storage-database': () => details(storageTrouble(), DATABASES, JSON.stringify(['db-1', 'shop'])),
  'storage-vacuum': () => details(storageBusy(), RUNNING, 'db-1 8812'),
}
