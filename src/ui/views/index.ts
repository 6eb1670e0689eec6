import { accessView } from './access/view.ts'
import { activityView } from './activity/view.ts'
import { alertsView } from './alerts/view.ts'
import { auditView } from './audit/view.ts'
import { fleetView } from './fleet/view.ts'
import { hostsView } from './hosts/view.ts'
import type { View } from './list/view.ts'
import { locksView } from './locks/view.ts'
import { replicationView } from './replication/view.ts'
import { storageView } from './storage/view.ts'
import { topologyView } from './topology/view.ts'

/** Every view, in the order of help and palette. How to add one: list/view.ts. */
export const VIEWS: readonly View[] = [
  topologyView,
  replicationView,
  activityView,
  locksView,
  storageView,
  hostsView,
  accessView,
  auditView,
  alertsView,
  fleetView,
]
