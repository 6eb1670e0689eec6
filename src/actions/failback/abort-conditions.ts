// What ends a failback beside its basis: anybody who takes writes and should not.

import { areMirrored } from '../../model/replication/mirrored-pair.ts'
import type { Plan } from '../../model/runs/plan.ts'
import type { Sight } from '../definition/action.ts'
import { isWritable } from '../definition/participants.ts'
import { textOf } from '../definition/step-arguments.ts'
import { databaseOf } from '../definition/target.ts'

/** The old primary takes no writes before the acting one is stopped, the acting one none afterwards, others never. */
export function onlyOnePrimary(plan: Plan, sight: Sight, done: ReadonlySet<string>): string | null {
  const target = databaseOf(sight, plan.target?.id ?? null)
  if (!target) return `${plan.target?.name ?? 'the target'} is watched no longer`
  const acting = actingOf(plan)
  const isStopped = done.has('stop-old-primary')
  if (!isStopped && isWritable(target))
    return `${target.name} takes writes; fence it (pgdeck do fence ${target.id}) before anything else`
  const system = target.systemIdentifier ?? databaseOf(sight, acting)?.systemIdentifier ?? null
  const [other] = sight.picture.databases.filter((each) => {
    const isOther = each.id !== target.id && isWritable(each) && each.systemIdentifier === system
    return isOther && (isStopped || each.id !== acting) && !areMirrored(sight.picture, each, target)
  })
  return other ? `${other.name} takes writes; fence it (pgdeck do fence ${other.id}) before anything else` : null
}

function actingOf({ steps }: Plan): string | null {
  const stop = steps.find(({ id }) => id === 'stop-old-primary')
  if (stop) return textOf(stop.args, 'database')
  const upstream = steps.map(({ args }) => args.upstream).find((each) => typeof each === 'string')
  return upstream ?? null
}
