// What ends a failback besides its basis: a writable server that should not be writable.

import { isSameSystem } from '../../model/measured/server-identity.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { areMirrored } from '../../model/replication/mirrored-pair.ts'
import type { Plan } from '../../model/runs/plan.ts'
import type { PlanningView } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { ensureSlotKind } from '../rebuild-replica/ensure-slot.ts'
import { stopDatabaseKind } from '../steps/stop-database.ts'
import { waitStreamingKind } from '../steps/wait-streaming.ts'

/**
 * The old primary must not be writable before the acting one is stopped, the acting one not afterwards, and any other
 * server never.
 */
export function failbackAbortReason(plan: Plan, clusterView: PlanningView, done: ReadonlySet<string>): string | null {
  const target = findDatabase(clusterView, plan.target?.id ?? null)
  if (!target) return `${plan.target?.name ?? 'the target'} is no longer watched`
  const actingId = actingOf(plan)
  const isStopped = done.has('stop-old-primary')
  if (!isStopped && isWritable(target))
    return `${target.name} is writable; fence it (pgdeck do fence ${target.id}) before anything else`
  const system = target.systemIdentifier ?? findDatabase(clusterView, actingId)?.systemIdentifier ?? null
  const [other] = clusterView.picture.databases.filter((each) => {
    const isOther = each.id !== target.id && isWritable(each) && isSameSystem(each, { systemIdentifier: system })
    return isOther && (isStopped || each.id !== actingId) && !areMirrored(clusterView.picture, each, target)
  })
  return other ? `${other.name} is writable; fence it (pgdeck do fence ${other.id}) before anything else` : null
}

function actingOf({ steps }: Plan): string | null {
  const stop = steps.find(({ id }) => id === 'stop-old-primary')
  if (stop) return stopDatabaseKind.argsOf(stop)?.database ?? null
  const followed = steps.map((step) => ensureSlotKind.argsOf(step) ?? waitStreamingKind.argsOf(step))
  return followed.find((each) => each !== null)?.upstream ?? null
}
