// `failback`: the old primary comes back after a promotion, and where it is wanted takes over again.

import { actionByProfile } from '../definition/by-profile.ts'
import { manageEngineFailback } from '../manageengine/failback.ts'
import { postgresFailback } from './postgres.ts'

export const failbackAction = actionByProfile(
  {
    name: 'failback',
    title: 'bring the old primary back',
    explains: 'After a promotion the old primary follows the new one again: rewound where that can work, else rebuilt.',
    key: 'F',
    danger: 'outage',
    target: 'node',
    locks: 'cluster',
    roles: 'changes',
  },
  { postgres: postgresFailback, vendor: manageEngineFailback },
)
