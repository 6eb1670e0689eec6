// What ends a change of roles besides its basis: a writable server that should not be writable.

import { isWritable } from '../../model/picture/roles.ts'
import type { Plan } from '../../model/runs/plan.ts'
import type { PlanningView } from '../definition/action.ts'
import { writableOfSameSystem } from '../definition/participants.ts'
import { findDatabase } from '../definition/target.ts'
import { stopDatabaseKind } from '../steps/stop-database.ts'

/** Steps after which the old primary must not be writable any more. */
const STOPS: ReadonlySet<string> = new Set(['fence-old-primary', 'stop-old-primary'])

/** Returns one sentence about a second writable database; null if there is none. */
export function roleChangeAbortReason(plan: Plan, clusterView: PlanningView, done: ReadonlySet<string>): string | null {
  const target = findDatabase(clusterView, plan.target?.id ?? null)
  if (!target) return `${plan.target?.name ?? 'the target'} is no longer watched`
  const stop = plan.steps.find(({ id }) => STOPS.has(id))
  const old = stop ? (stopDatabaseKind.argsOf(stop)?.database ?? null) : null
  const [other] = writableOfSameSystem(clusterView, target).filter(
    ({ id }) => id !== old || (stop !== undefined && done.has(stop.id)),
  )
  if (!other) return null
  const both = isWritable(target) ? `, and so is ${target.name}: the two diverge` : ''
  return `${other.name} is writable${both}; fence it (pgdeck do fence ${other.id}) before anything else`
}
