// The second half of a failback, on request: a switchover to the old primary, which runs all its checks first.

import { isFedByArchiveAlone } from '../../model/picture/archive-source.ts'
import { standbysOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadableStandby } from '../../model/picture/roles.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { type ActionRequest, type ActionToolbox, PlanError, type PlanningView } from '../definition/action.ts'
import { promotionParticipants } from '../definition/participants.ts'
import { switchoverDraft } from '../promotion/switchover-draft.ts'
import { dropIdleSlotKind } from '../steps/drop-idle-slot.ts'
import { switchoverGateKind } from './switchover-gate.ts'

export interface SwitchoverBack {
  /** The old primary, which becomes the primary again. */
  readonly target: string
  readonly actingPrimary: DatabaseView
  /** The slot that it uses until then; no server uses it afterwards. */
  readonly slot: string
}

/** Throws PlanError for a database that is no longer watched. */
export async function switchoverBackSteps(
  { target, actingPrimary, slot }: SwitchoverBack,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const planned = promotionParticipants(clusterView, target)
  if (!planned) throw new PlanError(`failback: ${target} is no longer watched`)
  const participants = {
    ...planned,
    // By then it is on the timeline of its upstream.
    target: { ...planned.target, timeline: actingPrimary.timeline },
    primary: actingPrimary,
    isPrimaryUp: true,
    upstream: null,
    standbys: standbysOf(clusterView.picture, actingPrimary.id).filter(
      (each) => each.id !== target && isReadableStandby(each) && !isFedByArchiveAlone(each),
    ),
  }
  const asked = { ...request, action: 'switchover' }
  const { steps } = await switchoverDraft(participants, clusterView, asked, tools, 'then-')
  const isDropped = steps.some(({ id, detail }) => id === 'slots' && detail.includes(`'${slot}'`))
  const left = dropIdleSlotKind.plan({
    id: 'drop-left-slot',
    database: actingPrimary.id,
    databaseName: actingPrimary.name,
    slot,
    title: `drop the slot ${slot} on ${actingPrimary.name}, which nobody uses any more`,
    may: true,
  })
  return [
    switchoverGateKind.plan({ target, targetName: planned.target.name, actingName: actingPrimary.name }),
    ...steps,
    ...(isDropped ? [] : [left]),
  ]
}
