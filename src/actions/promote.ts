// `promote`: a standby becomes the primary. With a primary that answers it is a switchover: never a second one.

import { type Action, type ClusterView, type Draft, PlanError } from './definition/action.ts'
import { promotionParticipants } from './definition/participants.ts'
import { findServer, needsStandby, requireTargetDatabase } from './definition/target.ts'
import { isManageEngine } from './manageengine/installation/profile-roles.ts'
import { manageEnginePromotionDraft, readOnlyServer, VENDOR_ORDER_FIELD } from './manageengine/promotion.ts'
import { roleChangeAbortReason } from './promotion/abort-conditions.ts'
import { failoverDraft } from './promotion/failover-draft.ts'
import { switchoverDraft } from './promotion/switchover-draft.ts'

export const promoteAction: Action = {
  name: 'promote',
  title: 'promote a standby',
  explains:
    'It becomes the primary, and the other standbys follow it. A primary that still answers is stopped first, cleanly.',
  key: 'P',
  danger: 'outage',
  target: 'node',
  locks: 'cluster',
  roles: 'changes',
  fields: [VENDOR_ORDER_FIELD],
  whyNot: (sight, target) => needsStandby(sight, behind(sight, target)),
  async draft(sight, request, tools): Promise<Draft> {
    const target = behind(sight, request.target)
    const scene = promotionParticipants(sight, requireTargetDatabase(sight, { ...request, target }))
    if (!scene) throw new PlanError(`promote: ${request.target ?? 'nothing'} is not a database of this cluster`)
    const server = readOnlyServer(sight, scene.target.id)
    if (server) return manageEnginePromotionDraft(scene, server, sight, request, tools)
    if (request.input[VENDOR_ORDER_FIELD.name] === 'true')
      throw new PlanError(`promote: ${VENDOR_ORDER_FIELD.name} is for read-only servers of the vendor’s profiles`)
    return scene.isPrimaryUp
      ? switchoverDraft(scene, sight, request, tools)
      : failoverDraft(scene, sight, request, tools)
  },
  abortReason: roleChangeAbortReason,
}

/** In the vendor's product it is a server that is promoted: its database is meant. */
function behind(sight: ClusterView, target: string | null): string | null {
  if (!isManageEngine(sight.snapshot.spec.profile)) return target
  return findServer(sight, target)?.databaseId ?? target
}
