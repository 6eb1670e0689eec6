// The probes that run only while their view is open, by the look each takes.

import type { OnDemandQuery, OnDemandResults } from '../../model/measured/on-demand.ts'
import type { Probe } from '../probe.ts'
import { activity } from './activity/activity.ts'
import { hba } from './hba/hba-query.ts'
import { hostFiles } from './host-files.ts'
import { locks } from './locks/locks.ts'
import { storage } from './storage/storage.ts'

export const LOOKS: { readonly [Id in OnDemandQuery]: Probe<'database', OnDemandResults[Id]> } = {
  activity,
  locks,
  storage,
  hostFiles,
  hba,
}
