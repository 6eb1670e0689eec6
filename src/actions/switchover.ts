// `switchover`: the planned change of primary, after which the old one follows the new one. Nothing is lost.

import { type Action, type Draft, PlanProblem } from './definition/action.ts'
import { sceneOf } from './definition/participants.ts'
import { needsStandby, targetDatabase } from './definition/target.ts'
import { NO_SWITCHOVER, readOnlyServer } from './manageengine/promotion.ts'
import { secondPrimary } from './promotion/abort-conditions.ts'
import { switchoverDraft } from './promotion/switchover-draft.ts'

export const switchover: Action = {
  name: 'switchover',
  title: 'switch over to a standby',
  explains:
    'The primary is stopped cleanly, the standby takes over when it has everything, the old primary follows it.',
  key: null,
  danger: 'outage',
  target: 'database',
  holds: 'cluster',
  roles: 'changes',
  fields: [],
  whyNot: needsStandby,
  draft(sight, request, tools): Promise<Draft> {
    const scene = sceneOf(sight, targetDatabase(sight, request))
    if (!scene) throw new PlanProblem(`switchover: ${request.target ?? 'nothing'} is not a database of this cluster`)
    if (readOnlyServer(sight, scene.target.id)) throw new PlanProblem(`switchover: ${NO_SWITCHOVER}`)
    return switchoverDraft(scene, sight, request, tools)
  },
  stillHolds: secondPrimary,
}
