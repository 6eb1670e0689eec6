// `promote`: a standby becomes the primary. With a primary that answers it is a switchover: never a second one.

import { type Action, type ClusterView, type Draft, PlanError } from './definition/action.ts'
import { promotionParticipants } from './definition/participants.ts'
import { type ProfileActions, type ProfilePromotion, profileActionsFor } from './definition/profile-actions.ts'
import { needsStandby, requireTargetDatabase } from './definition/target.ts'
import { roleChangeAbortReason } from './promotion/abort-conditions.ts'
import { failoverDraft } from './promotion/failover-draft.ts'
import { switchoverDraft } from './promotion/switchover-draft.ts'

/** The action; where a profile has a plan of its own for what is promoted, that one is taken. */
export function createPromoteAction(profiles: readonly ProfileActions[]): Action {
  const promotions = profiles.flatMap(({ promotion }) => promotion ?? [])
  const promotionOf = (sight: ClusterView): ProfilePromotion | null =>
    profileActionsFor(profiles, sight.snapshot.spec.profile)?.promotion ?? null
  const databaseOf = (sight: ClusterView, target: string | null): string | null => {
    const promotion = promotionOf(sight)
    return promotion ? promotion.databaseOf(sight, target) : target
  }
  return {
    name: 'promote',
    title: 'promote a standby',
    explains:
      'It becomes the primary, and the other standbys follow it. A primary that still answers is shut down cleanly first.',
    key: 'P',
    danger: 'outage',
    target: 'node',
    locks: 'cluster',
    roles: 'changes',
    fields: profiles.flatMap(({ profiles: ids, promotion }) =>
      (promotion?.fields ?? []).map((field) => ({ ...field, profiles: ids })),
    ),
    whyNot: (sight, target) => needsStandby(sight, databaseOf(sight, target)),
    async draft(sight, request, tools): Promise<Draft> {
      const target = databaseOf(sight, request.target)
      const scene = promotionParticipants(sight, requireTargetDatabase(sight, { ...request, target }))
      if (!scene) throw new PlanError(`promote: ${request.target ?? 'nothing'} is not a database of this cluster`)
      const own = await promotionOf(sight)?.draft(scene, sight, request, tools)
      if (own) return own
      const [why] = promotions.flatMap((promotion) => promotion.whyNotGeneral(request) ?? [])
      if (why !== undefined) throw new PlanError(`promote: ${why}`)
      return scene.isPrimaryUp
        ? switchoverDraft(scene, sight, request, tools)
        : failoverDraft(scene, sight, request, tools)
    },
    abortReason: roleChangeAbortReason,
  }
}
