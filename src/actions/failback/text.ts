// Texts of a failback for the person who decides: its title, its cost, and what was found of the two histories.

import type { Danger } from '../../model/measured/spec.ts'
import type { Impact } from '../../model/runs/plan.ts'
import type { ActionRequest, PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { promotionParticipants } from '../definition/participants.ts'
import { switchoverImpact } from '../promotion/cost.ts'
import type { Rebuild } from '../rebuild-replica/planned-steps.ts'
import { failoverSlotsOf } from '../steps/drop-own-slot.ts'
import type { HistoryCondition } from './history-condition.ts'
import type { ReturnMethod } from './return-steps.ts'
import type { RewindAssessment } from './rewindable.ts'

const WORDS: Readonly<Record<ReturnMethod, string>> = {
  follows: 'it follows already',
  'as-it-is': 'with the data it has',
  rewind: 'rewound',
  rebuild: 'rebuilt',
}

export function failbackTitle(method: ReturnMethod, { view, upstream }: Rebuild, handsOver: boolean): string {
  const back = method === 'follows' ? '' : `bring ${view.name} back as a standby of ${upstream.name}, ${WORDS[method]}`
  const over = `switch over to ${view.name}`
  if (!handsOver) return back
  return method === 'follows' ? over : `${back}; then ${over}`
}

/** True if data that only the old primary has will be deleted. */
function isThrownAway(method: ReturnMethod, { keepOld }: Pick<Rebuild, 'keepOld'>): boolean {
  return method === 'rewind' || (method === 'rebuild' && !keepOld)
}

export function failbackDanger(method: ReturnMethod, rebuild: Pick<Rebuild, 'keepOld'>): Danger {
  return isThrownAway(method, rebuild) ? 'data-loss' : 'outage'
}

/** `isSeen`: the host of the acting primary reports how that ended, if the role is handed back. */
export function failbackImpact(
  method: ReturnMethod,
  rebuild: Rebuild,
  handsOver: boolean,
  clusterView: PlanningView,
  isSeen: boolean,
): Impact {
  const { view, upstream, keepOld } = rebuild
  const participants = promotionParticipants(clusterView, view.id)
  const kept = keepOld ? 'is kept aside' : 'is removed at the end'
  const loss =
    method === 'rewind'
      ? `The writes that only ${view.name} has are lost.`
      : method === 'rebuild'
        ? `The writes that only ${view.name} has are not in the base backup; its old data ${kept}.`
        : 'Nothing is lost.'
  const over =
    handsOver && participants ? switchoverImpact({ ...participants, primary: upstream }, clusterView, isSeen) : null
  const isGone = isThrownAway(method, rebuild)
  const statement = `${loss} ${over ? over.statement : `${upstream.name} continues to serve.`}`
  return {
    lossBytes: isGone ? null : 0,
    lossSeconds: isGone ? null : 0,
    ...(over?.lossBound && !isGone ? { lossBound: over.lossBound, lossAgeSeconds: over.lossAgeSeconds ?? null } : {}),
    writableInSeconds: over?.writableInSeconds ?? null,
    sessionsCut: over ? over.sessionsCut : 0,
    serversAffected: over?.serversAffected ?? [],
    orphans: [...slotsAfterReturn(method, rebuild, clusterView), ...(over?.orphans ?? [])],
    statement,
    ...(over?.servingAfter === undefined ? {} : { servingAfter: over.servingAfter }),
  }
}

/** What happens to the slots that it had as a primary: what is copied from elsewhere has none, its own data keeps them. */
function slotsAfterReturn(
  method: ReturnMethod,
  { view, upstream }: Rebuild,
  { picture }: PlanningView,
): readonly string[] {
  if (method === 'follows') return []
  const failover = new Set(failoverSlotsOf(picture, upstream.id).map(({ name }) => name))
  const own = picture.slots.filter(
    ({ databaseId, temporary, synced }) => databaseId === view.id && !temporary && synced !== true,
  )
  return own.flatMap(({ name, type }) => {
    const slot = `${type} slot ${name} of ${view.name}`
    if (method !== 'as-it-is') return type === 'logical' ? [`${slot} is gone afterwards`] : []
    if (type === 'physical') return [`${slot} retains WAL there until something uses it or it is dropped`]
    if (failover.has(name)) return []
    return [
      `${slot} retains WAL there, and rows of ${upstream.name} with hot_standby_feedback: drop it if its consumer is not to return`,
    ]
  })
}

export function historyCheck({ kind, why }: HistoryCondition): PreflightCheck {
  return {
    id: 'history',
    mayOverride: false,
    run(): PreflightResult {
      if (kind === 'follows' || kind === 'behind') return { result: 'pass', message: why, hint: null }
      return {
        result: 'warn',
        message: kind === 'unknown' ? `what it wrote is unknown: ${why}` : why,
        hint: 'The writes that only it has are lost, or a rebuild keeps them aside.',
      }
    },
  }
}

export function rewindCheck({ can, why, hint }: RewindAssessment, { input }: ActionRequest): PreflightCheck {
  return {
    id: 'rewind',
    mayOverride: false,
    run(): PreflightResult {
      if (can)
        return {
          result: 'pass',
          message: `pg_rewind can rewind it: ${why}`,
          hint: input.by === 'rebuild' ? 'You asked for a rebuild.' : null,
        }
      return { result: 'warn', message: `pg_rewind can’t rewind it: ${why}`, hint: hint ?? 'It is rebuilt.' }
    },
  }
}
