// `failback` of the profile postgres: the old primary follows the acting one again, and takes over from it where that is asked for.

import { type Draft, type Glance, PlanProblem, type Request } from '../definition/action.ts'
import type { ProfilePlan } from '../definition/by-profile.ts'
import { isWritable } from '../definition/participants.ts'
import { databaseOf, targetDatabase } from '../definition/target.ts'
import { serviceOf, tellsItsEnd } from '../hosts/service.ts'
import { rebuildChecks, rebuildOf } from '../rebuild-replica/draft.ts'
import type { Rebuild } from '../rebuild-replica/planned-steps.ts'
import { onlyOnePrimary } from './abort-conditions.ts'
import { actingFor, actingOf } from './acting-primary.ts'
import { handOverSteps } from './hand-over.ts'
import { type Condition, conditionOf } from './history-condition.ts'
import { returnSteps, type Way } from './return-steps.ts'
import { type Rewindable, rewindable } from './rewindable.ts'
import { conditionTold, dangerOf, impactOf, rewindTold, titleOf } from './text.ts'

export const postgresFailback: ProfilePlan = {
  fields: [
    {
      name: 'switchover',
      explains: 'then hand the role back to it',
      kind: 'boolean',
      required: false,
      otherwise: 'false',
    },
    {
      name: 'by',
      explains: 'how it is brought back',
      kind: 'choice',
      choices: ['rewind', 'rebuild'],
      required: false,
      otherwise: 'as it is where that is safe, else rewound where that can work, else rebuilt',
    },
    {
      name: 'keep-old',
      explains: 'a rebuild leaves the old data beside the new',
      kind: 'boolean',
      required: false,
      otherwise: 'true',
    },
    {
      name: 'slot',
      explains: 'its slot on the acting primary',
      kind: 'text',
      required: false,
      otherwise: 'the one it had, else its name',
    },
  ],
  whyNot: needsActing,
  async draft(sight, request, tools): Promise<Draft> {
    const id = targetDatabase(sight, request)
    const reason = needsActing(sight, id)
    if (reason !== null) throw new PlanProblem(`failback: ${reason}`)
    const view = databaseOf(sight, id)
    const acting = view && (await actingOf(sight, view, tools))
    if (!view || !acting)
      throw new PlanProblem(`failback: who acts as the primary in the place of ${view?.name ?? id} is not clear`)
    const input = { ...request.input, upstream: acting.id }
    const rebuild = await rebuildOf(sight, id, { ...request, input }, request.input['keep-old'] !== 'false', tools)
    const condition = await conditionOf(view, acting, rebuild.service, sight, tools)
    const rewinds = await rewindable(view, acting, rebuild.service, condition, tools)
    const way = wayFor(condition, rewinds, rebuild, request)
    const handsOver = request.input.switchover === 'true'
    if (way === 'follows' && !handsOver)
      throw new PlanProblem(`failback: ${condition.why}; --set switchover=true hands the role back to it`)
    const back = await returnSteps(way, rebuild, tools)
    const over = handsOver ? await handOverSteps({ target: id, acting, slot: rebuild.slot }, sight, request, tools) : []
    return {
      target: { id, name: view.name },
      title: titleOf(way, rebuild, handsOver),
      danger: dangerOf(way, rebuild),
      impact: impactOf(way, rebuild, handsOver, sight, tellsItsEnd(await serviceOf(acting.id, tools))),
      checks: [
        conditionTold(condition),
        ...(condition.kind === 'differs' || condition.kind === 'same-timeline' ? [rewindTold(rewinds, request)] : []),
        ...(way === 'follows'
          ? []
          : rebuildChecks('failback', rebuild).filter(({ id: check }) => way === 'rebuild' || !COPYING.has(check))),
      ],
      input: request.input,
      steps: [...back, ...over],
    }
  },
  stillHolds: onlyOnePrimary,
}

/** Checks of what only a new copy needs. */
const COPYING: ReadonlySet<string> = new Set(['disk', 'tablespaces', 'copy-way'])

function needsActing(sight: Glance, target: string | null): string | null {
  const view = databaseOf(sight, target)
  if (!view) return 'select a database first'
  if (isWritable(view)) return `${view.name} takes writes: if another one should, fence it first`
  if (actingFor(sight, view).length > 0) return null
  return `no other database of the system of ${view.name} takes writes`
}

function wayFor(condition: Condition, { can, why }: Rewindable, { way }: Rebuild, { input }: Request): Way {
  if (condition.kind === 'follows') return 'follows'
  if (input.by === 'rebuild') return 'rebuild'
  if (input.by === 'rewind') {
    if (can) return 'rewind'
    throw new PlanProblem(`failback: it can’t be rewound: ${why}`)
  }
  if (condition.kind === 'behind' && way.way !== 'manual') return 'as-it-is'
  return can ? 'rewind' : 'rebuild'
}
