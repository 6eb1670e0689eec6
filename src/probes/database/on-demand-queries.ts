// The probes that run only while their view is open, by the name of their query.

import type { OnDemandQuery, OnDemandResults } from '../../model/measured/on-demand.ts'
import type { Probe } from '../probe.ts'
import { activityProbe } from './activity/activity.ts'
import { hbaProbe } from './hba/hba-query.ts'
import { hostFilesProbe } from './host-files.ts'
import { locksProbe } from './locks/locks.ts'
import { storageProbe } from './storage/storage.ts'

export const ON_DEMAND_PROBES: { readonly [Id in OnDemandQuery]: Probe<'database', OnDemandResults[Id]> } = {
  activity: activityProbe,
  locks: locksProbe,
  storage: storageProbe,
  hostFiles: hostFilesProbe,
  hba: hbaProbe,
}
