import { access } from './access/view.ts'
import { activity } from './activity/view.ts'
import { alerts } from './alerts/view.ts'
import { audit } from './audit/view.ts'
import { fleet } from './fleet/view.ts'
import { hosts } from './hosts/view.ts'
import type { View } from './list/view.ts'
import { locks } from './locks/view.ts'
import { replication } from './replication/view.ts'
import { storage } from './storage/view.ts'
import { topology } from './topology/view.ts'

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
