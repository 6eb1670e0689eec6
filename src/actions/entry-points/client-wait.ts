// How long the clients of a paused pool wait by the steps of a plan, and for whom.

import type { PlannedStep } from '../../model/runs/plan.ts'
import { leadPoolKind } from './lead-pool.ts'
import { pausePoolKind } from './pause-pool.ts'
import type { PoolPlace } from './pools.ts'
import { resumePoolKind } from './resume-pool.ts'

export interface ClientWait {
  /** At most, as far as it can be told: pauses that come later, and what stops and starts servers. */
  readonly seconds: number
  /** Ids of the steps in between that a person carries out. Those that lead the pool itself are not among them. */
  readonly byHand: readonly string[]
}

/** What a switchover takes beside the pause: a part of a minute. */
const SWITCHOVER_SECONDS = 60
/** Kinds of steps that may take longer than that: up to their deadlines. */
const LONG_KINDS: ReadonlySet<string> = new Set(['stop-database', 'start-database', 'ask-manager'])

/** null: the plan does not pause it. Pools are paused one after the other, and those paused first wait for all others. */
export function clientWait({ pooler, pool }: PoolPlace, steps: readonly PlannedStep[]): ClientWait | null {
  const isOf = (args: PoolPlace | null) => args !== null && args.pooler === pooler && args.pool === pool
  const begin = steps.findIndex((step) => isOf(pausePoolKind.argsOf(step)))
  if (begin < 0) return null
  const end = steps.findIndex((step) => isOf(resumePoolKind.argsOf(step)))
  const waiting = steps.slice(begin, end < 0 ? undefined : end)
  const pauses = waiting.map((step) => pausePoolKind.argsOf(step)?.seconds ?? 0)
  const long = waiting.filter(({ kind, how }) => LONG_KINDS.has(kind) && how !== 'manual')
  const other = long.reduce((all, { deadlineSeconds }) => all + deadlineSeconds, 0)
  return {
    seconds: Math.ceil(pauses.reduce((all, seconds) => all + seconds, 0) + Math.max(SWITCHOVER_SECONDS, other)),
    byHand: waiting.filter((step) => step.how === 'manual' && leadPoolKind.argsOf(step) === null).map(({ id }) => id),
  }
}
