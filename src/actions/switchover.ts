// `switchover`: the planned change of primary, after which the old one follows the new one. Nothing is lost.

import { type Action, type Draft, PlanError } from './definition/action.ts'
import { promotionParticipants } from './definition/participants.ts'
import { needsStandby, requireTargetDatabase } from './definition/target.ts'
import { NO_SWITCHOVER_REASON, readOnlyServer } from './manageengine/promotion.ts'
import { roleChangeAbortReason } from './promotion/abort-conditions.ts'
import { switchoverDraft } from './promotion/switchover-draft.ts'

export const switchoverAction: Action = {
  name: 'switchover',
  title: 'switch over to a standby',
  explains:
    'The primary is stopped cleanly, the standby takes over when it has everything, the old primary follows it.',
  key: null,
  danger: 'outage',
  target: 'database',
  locks: 'cluster',
  roles: 'changes',
  fields: [],
  whyNot: needsStandby,
  draft(sight, request, tools): Promise<Draft> {
    const scene = promotionParticipants(sight, requireTargetDatabase(sight, request))
    if (!scene) throw new PlanError(`switchover: ${request.target ?? 'nothing'} is not a database of this cluster`)
    if (readOnlyServer(sight, scene.target.id)) throw new PlanError(`switchover: ${NO_SWITCHOVER_REASON}`)
    return switchoverDraft(scene, sight, request, tools)
  },
  abortReason: roleChangeAbortReason,
}
