// `decommission`: a node is taken out of its cluster for good: its service, its slot, its way in.

import { actionByProfile } from '../definition/by-profile.ts'
import { manageEngineDecommission } from '../manageengine/decommission.ts'
import { postgresDecommission } from './postgres.ts'

export const decommissionAction = actionByProfile(
  {
    name: 'decommission',
    title: 'take a node out for good',
    explains: 'Its service is stopped, its slot dropped, its lines in pg_hba.conf removed; its data stays where it is.',
    key: 'X',
    danger: 'outage',
    target: 'node',
    locks: 'cluster',
  },
  { postgres: postgresDecommission, vendor: manageEngineDecommission },
)
