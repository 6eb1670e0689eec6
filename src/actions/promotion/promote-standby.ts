// pg_promote() on one standby, after a last look that nothing comes in and nobody else takes writes.

import { isWritable } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import { promotionParticipants, writableOfSameSystem } from '../definition/participants.ts'
import { numberArgument, textArgument } from '../definition/step-arguments.ts'
import type { StepKind } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { requireReceiversEnded } from './await-receivers.ts'

export interface StandbyPromotion {
  readonly database: string
  /** The one it is on before; null where that is not known. */
  readonly timeline: number | null
  /** Where the old primary runs, to ask whether it still does; null where nothing leads there. */
  readonly primaryHost: string | null
  readonly primaryData: string | null
}

export function promoteStandbyArguments({ timeline, ...rest }: StandbyPromotion): JsonRecord {
  return { ...rest, timeline: timeline ?? 0 }
}

/** pg_promote waits a minute; its answer needs a moment more. */
const LIMIT_MS = 65_000

export const promoteStandbyKind: StepKind = {
  kind: 'promote-standby',
  async run(args, tools) {
    const database = textArgument(args, 'database')
    const sight = await tools.refresh()
    const scene = promotionParticipants(sight, database)
    if (!scene) throw new ActionError(`${database} is watched no longer`)
    if (isWritable(scene.target)) return
    const [other] = writableOfSameSystem(sight, scene.target)
    if (other)
      throw new ActionError(
        `${other.name} takes writes: promoting ${scene.target.name} would make two that do`,
        'Stop it first.',
      )
    await requireReceiversEnded(database, args, tools)
    const row = await tools.callFunction<{ promoted: boolean }>(database, {
      text: 'SELECT pg_catalog.pg_promote(true, 60) AS promoted',
      limitMs: LIMIT_MS,
    })
    if (row?.promoted === false) tools.writeOutput('pg_promote had not ended after 60 s: its effect is waited for')
  },
  async verify(args, tools) {
    const view = findDatabase(await tools.refresh(), textArgument(args, 'database'))
    if (!view || view.problem || !view.pulse)
      return { result: 'not-yet', why: view?.problem?.message ?? 'it does not answer' }
    if (!isWritable(view)) return { result: 'not-yet', why: `${view.name} is still in recovery` }
    const before = numberArgument(args, 'timeline')
    if (view.timeline !== null && view.timeline <= before) {
      const hint =
        'Its recovery was ended without a promotion: two histories on one timeline can’t be told apart by pg_rewind.'
      return {
        result: 'never',
        why: `${view.name} takes writes on timeline ${view.timeline}, which is not a new one`,
        hint,
      }
    }
    return { result: 'yes', evidence: `${view.name} is out of recovery, on timeline ${view.timeline ?? '?'}` }
  },
}
