// `switchover`: the planned change of primary, after which the old one follows the new one. Nothing is lost.

import { type Action, type Draft, PlanProblem } from './action.ts'
import { NO_SWITCHOVER, readOnlyServer } from './product/promotion.ts'
import { secondPrimary } from './promotion/holds.ts'
import { sceneOf } from './promotion/scene.ts'
import { switchoverDraft } from './promotion/switchover.ts'
import { needsStandby, targetDatabase } from './target.ts'

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
