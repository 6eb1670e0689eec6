// The second half of a failback, where it is wanted: the role goes back to the old primary, by a switchover that checks itself first.

import { standbysOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadableStandby } from '../../model/picture/roles.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { type ActionRequest, type ActionToolbox, PlanError, type PlanningView } from '../definition/action.ts'
import { promotionParticipants } from '../definition/participants.ts'
import { switchoverDraft } from '../promotion/switchover-draft.ts'

export interface SwitchoverBack {
  /** The old primary, which takes over again. */
  readonly target: string
  readonly acting: DatabaseView
  /** The slot that it uses until then: nobody does afterwards. */
  readonly slot: string
}

/** Throws PlanProblem for a database that is watched no longer. */
export async function switchoverBackSteps(
  { target, acting, slot }: SwitchoverBack,
  sight: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const found = promotionParticipants(sight, target)
  if (!found) throw new PlanError(`failback: ${target} is watched no longer`)
  const scene = {
    ...found,
    // By then it is on the timeline of the one it follows.
    target: { ...found.target, timeline: acting.timeline },
    primary: acting,
    isPrimaryUp: true,
    upstream: null,
    standbys: standbysOf(sight.picture, acting.id).filter((each) => each.id !== target && isReadableStandby(each)),
  }
  const { steps } = await switchoverDraft(scene, sight, { ...request, action: 'switchover' }, tools)
  const isDropped = steps.some(({ id, detail }) => id === 'slots' && detail.includes(`'${slot}'`))
  return [
    gateStep(target, found.target.name, acting.name),
    ...steps,
    ...(isDropped ? [] : [dropStep(acting.id, acting.name, slot)]),
  ]
}

function gateStep(target: string, name: string, acting: string): PlannedStep {
  return {
    id: 'ready',
    kind: 'ready-to-switch',
    args: { target },
    title: `see that ${name} can take over from ${acting}`,
    how: 'sql',
    where: name,
    detail: `pgdeck do switchover ${target} --dry-run`,
    verify: 'every check of a switchover',
    undo: null,
    ifStopped: `${name} follows ${acting}, which is the primary.`,
    maySkip: false,
    changes: [],
    deadlineSeconds: 60,
  }
}

function dropStep(database: string, name: string, slot: string): PlannedStep {
  return {
    id: 'drop-left-slot',
    kind: 'drop-idle-slot',
    args: { database, slot },
    title: `drop the slot ${slot} on ${name}, which nobody uses any more`,
    how: 'sql',
    where: name,
    detail: `SELECT pg_catalog.pg_drop_replication_slot('${slot}');`,
    verify: 'it is gone from pg_replication_slots',
    undo: null,
    ifStopped: 'A slot that nobody uses keeps WAL until the disk is full.',
    maySkip: true,
    changes: [],
    deadlineSeconds: 20,
  }
}
