// `promote`: a standby becomes the primary. With a primary that answers it is a switchover: never a second one.

import { type Action, type Draft, type Glance, PlanProblem } from './definition/action.ts'
import { sceneOf } from './definition/participants.ts'
import { needsStandby, serverOf, targetDatabase } from './definition/target.ts'
import { isVendor } from './manageengine/installation/profile-roles.ts'
import { readOnlyServer, VENDOR_ORDER, vendorPromotion } from './manageengine/promotion.ts'
import { secondPrimary } from './promotion/abort-conditions.ts'
import { failoverDraft } from './promotion/failover-draft.ts'
import { switchoverDraft } from './promotion/switchover-draft.ts'

export const promote: Action = {
  name: 'promote',
  title: 'promote a standby',
  explains:
    'It becomes the primary, and the other standbys follow it. A primary that still answers is stopped first, cleanly.',
  key: 'P',
  danger: 'outage',
  target: 'node',
  holds: 'cluster',
  roles: 'changes',
  fields: [VENDOR_ORDER],
  whyNot: (sight, target) => needsStandby(sight, behind(sight, target)),
  async draft(sight, request, tools): Promise<Draft> {
    const target = behind(sight, request.target)
    const scene = sceneOf(sight, targetDatabase(sight, { ...request, target }))
    if (!scene) throw new PlanProblem(`promote: ${request.target ?? 'nothing'} is not a database of this cluster`)
    const server = readOnlyServer(sight, scene.target.id)
    if (server) return vendorPromotion(scene, server, sight, request, tools)
    if (request.input[VENDOR_ORDER.name] === 'true')
      throw new PlanProblem(`promote: ${VENDOR_ORDER.name} is for read-only servers of the vendor’s profiles`)
    return scene.isPrimaryUp
      ? switchoverDraft(scene, sight, request, tools)
      : failoverDraft(scene, sight, request, tools)
  },
  stillHolds: secondPrimary,
}

/** In the vendor's product it is a server that is promoted: its database is meant. */
function behind(sight: Glance, target: string | null): string | null {
  if (!isVendor(sight.snapshot.spec.profile)) return target
  return serverOf(sight, target)?.databaseId ?? target
}
