// The scenes of the golden frames, by name.

import type { Navigation } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { hostScreen } from '../builders/hosts.ts'
import { mirroredByQuery, mirroredCut, mirroredHealthy } from '../builders/mirroring-screens.ts'
import { otherSenders, replicationLinks } from '../builders/replication-screens.ts'
import {
  cascade,
  firstSeconds,
  healthy,
  hostileNames,
  lagging,
  longNames,
  manyDatabases,
  primaryDown,
  severalClusters,
  splitBrain,
} from '../builders/screens.ts'
import { busySessions, hiddenSessions, sessionId } from '../builders/session-screens.ts'
import { ACT_SCENES } from './act-scenes.ts'
import { ALERT_SCENES } from './alert-scenes.ts'
import { DIAGNOSIS_SCENES } from './diagnosis-scenes.ts'
import { ENTRY_POINT_SCENES } from './entry-point-scenes.ts'
import { HABIT_SCENES } from './habit-scenes.ts'
import { HBA_SCENES } from './hba-scenes.ts'
import { HOME_SCENES } from './home-scenes.ts'
import { LOCK_SCENES } from './lock-scenes.ts'
import { MANAGER_SCENES } from './manager-scenes.ts'
import { STORAGE_SCENES } from './storage-scenes.ts'

function at(state: State, navigation: Partial<Navigation>): State {
  return { ...state, navigation: { ...state.navigation, ...navigation } }
}

export const SCENES: Readonly<Record<string, () => State>> = {
  healthy,
  lagging,
  'primary-down': primaryDown,
  'long-names': longNames,
  'split-brain': splitBrain,
  'first-seconds': firstSeconds,
  'first-minute-of-a-demo': () => ({ ...healthy(), startedAt: healthy().now - 20_000 }),
  mirrored: mirroredHealthy,
  'mirrored-cut': mirroredCut,
  'replication-mirrored-query': () => at(mirroredByQuery(), { view: 'replication' }),
  'details-mirrored-exchange': () =>
    at(mirroredCut(), {
      view: 'replication',
      details: { view: 'replication', pane: 'replication:links', id: 'exchange db-1>db-2', scroll: 0 },
    }),
  'replication-mirrored': () => at(mirroredCut(), { view: 'replication' }),
  'details-mirrored-database': () =>
    at(mirroredCut(), { details: { view: 'topology', pane: 'databases', id: 'db-2', scroll: 14 } }),
  'details-mirrored': () =>
    at(mirroredCut(), { details: { view: 'topology', pane: 'servers', id: 'pmp-a', scroll: 0 } }),
  'lag-curves': replicationLinks,
  cascade,
  hostile: hostileNames,
  many: manyDatabases,
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
  replication: () => at(replicationLinks(), { view: 'replication', selected: { 'replication:links': 'db-1>db-west' } }),
  'other-senders': otherSenders,
  'replication-other-senders': () => at(otherSenders(), { view: 'replication' }),
  'replication-calm': () => at(healthy(), { view: 'replication' }),
  'replication-sorted': () =>
    at(replicationLinks(), {
      view: 'replication',
      sort: { 'replication:links': { column: 'behind', descending: true } },
    }),
  'details-link': () =>
    at(replicationLinks(), {
      view: 'replication',
      details: { view: 'replication', pane: 'replication:links', id: 'db-1>db-west', scroll: 0 },
    }),
  'details-link-torn': () =>
    at(replicationLinks(), {
      view: 'replication',
      details: { view: 'replication', pane: 'replication:links', id: 'db-1>db-torn', scroll: 0 },
    }),
  activity: busySessions,
  'activity-waiting': () => at(busySessions(), { pane: 'activity:waiting' }),
  'activity-idle': () => at(busySessions(), { pane: 'activity:idle in transaction' }),
  'activity-all': () =>
    at(busySessions(), { pane: 'activity:all', sort: { 'activity:all': { column: 'time', descending: true } } }),
  'activity-grouped': () => at(busySessions(), { pane: 'activity:grouped' }),
  'activity-marked': () => at(busySessions(), { marked: { 'activity:all': [sessionId(4131), sessionId(4200)] } }),
  'activity-filtered': () => at(busySessions(), { pane: 'activity:all', filter: 'nowhere' }),
  'activity-hidden': () => at(hiddenSessions(), { pane: 'activity:all' }),
  'activity-unread': () => at(primaryDown(), { view: 'activity' }),
  'details-session': () =>
    at(busySessions(), {
      details: { view: 'activity', pane: 'activity:running', id: sessionId(4101), scroll: 0 },
    }),
  'details-group': () =>
    at(busySessions(), { details: { view: 'activity', pane: 'activity:grouped', id: 'application:pmp-b', scroll: 0 } }),
  'help-activity': () => at(busySessions(), { overlay: { kind: 'help', scroll: 20 } }),
  hosts: () => hostScreen(),
  'details-host': () => hostScreen({ details: { view: 'hosts', pane: 'hosts:hosts', id: 'host h2', scroll: 0 } }),
  'details-host-sql': () => hostScreen({ details: { view: 'hosts', pane: 'hosts:hosts', id: 'host h5', scroll: 0 } }),
  ...ACT_SCENES,
  ...ALERT_SCENES,
  ...DIAGNOSIS_SCENES,
  ...HABIT_SCENES,
  ...HBA_SCENES,
  ...HOME_SCENES,
  ...LOCK_SCENES,
  ...ENTRY_POINT_SCENES,
  ...MANAGER_SCENES,
  ...STORAGE_SCENES,
}
