// `promote`: makes a standby the primary. If the primary answers, it is a switchover, never a second primary.

import { promotionProposal } from '../model/failover/proposal.ts'
import { type Action, type ClusterView, type Draft, PlanError } from './definition/action.ts'
import { promotionParticipants } from './definition/participants.ts'
import { type ProfileActions, type ProfilePromotion, profileActionsFor } from './definition/profile-actions.ts'
import { needsStandby, requireTargetDatabase } from './definition/target.ts'
import { roleChangeAbortReason } from './promotion/abort-conditions.ts'
import { failoverDraft } from './promotion/failover-draft.ts'
import { switchoverDraft } from './promotion/switchover-draft.ts'

/** Returns the action. If a profile has its own plan for the target, that plan is used. */
export function createPromoteAction(profiles: readonly ProfileActions[]): Action {
  const promotions = profiles.flatMap(({ promotion }) => promotion ?? [])
  const promotionOf = (clusterView: ClusterView): ProfilePromotion | null =>
    profileActionsFor(profiles, clusterView.snapshot.spec.profile)?.promotion ?? null
  const databaseOf = (clusterView: ClusterView, target: string | null): string | null => {
    const promotion = promotionOf(clusterView)
    return promotion ? promotion.databaseOf(clusterView, target) : target
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
    proposes: promotionProposal,
    whyNot: (clusterView, target) => needsStandby(clusterView, databaseOf(clusterView, target)),
    async draft(clusterView, request, tools): Promise<Draft> {
      const target = databaseOf(clusterView, request.target)
      const participants = promotionParticipants(
        clusterView,
        requireTargetDatabase(clusterView, { ...request, target }),
      )
      if (!participants)
        throw new PlanError(`promote: ${request.target ?? 'nothing'} is not a database of this cluster`)
      const own = await promotionOf(clusterView)?.draft(participants, clusterView, request, tools)
      if (own) return own
      const [why] = promotions.flatMap((promotion) => promotion.whyNotGeneral(request) ?? [])
      if (why !== undefined) throw new PlanError(`promote: ${why}`)
      return participants.isPrimaryUp
        ? switchoverDraft(participants, clusterView, request, tools)
        : failoverDraft(participants, clusterView, request, tools)
    },
    abortReason: roleChangeAbortReason,
  }
}
