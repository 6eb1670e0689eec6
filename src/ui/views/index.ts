import { access } from './access.ts'
import { activity } from './activity.ts'
import { alerts } from './alerts.ts'
import { audit } from './audit.ts'
import { fleet } from './fleet.ts'
import { hosts } from './hosts.ts'
import { locks } from './locks.ts'
import { replication } from './replication.ts'
import { storage } from './storage.ts'
import { topology } from './topology.ts'
import type { View } from './view.ts'

/** Every view, in the order of their digits. How to add one: view.ts. */
export const VIEWS: readonly View[] = [
  topology,
  replication,
  activity,
  locks,
  storage,
  hosts,
  access,
  audit,
  alerts,
  fleet,
]
