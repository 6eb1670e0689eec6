// `failback`: the old primary comes back after a promotion, and where it is wanted takes over again.

import { byProfile } from '../definition/by-profile.ts'
import { vendorFailback } from '../manageengine/failback.ts'
import { postgresFailback } from './postgres.ts'

export const failback = byProfile(
  {
    name: 'failback',
    title: 'bring the old primary back',
    explains: 'After a promotion the old primary follows the new one again: rewound where that can work, else rebuilt.',
    key: 'F',
    danger: 'outage',
    target: 'node',
    holds: 'cluster',
    roles: 'changes',
  },
  { postgres: postgresFailback, vendor: vendorFailback },
)
