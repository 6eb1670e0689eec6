// `switchover`: the planned change of primary. The old primary becomes a standby of the new one, and no commit is lost.

import { type Action, type Draft, PlanError } from './definition/action.ts'
import { promotionParticipants } from './definition/participants.ts'
import { type ProfileActions, profileActionsFor } from './definition/profile-actions.ts'
import { needsStandby, requireTargetDatabase } from './definition/target.ts'
import { roleChangeAbortReason } from './promotion/abort-conditions.ts'
import { switchoverDraft } from './promotion/switchover-draft.ts'

/** Returns the action. It refuses a target for which a profile allows no switchover. */
export function createSwitchoverAction(profiles: readonly ProfileActions[]): Action {
  return {
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
    draft(clusterView, request, tools): Promise<Draft> {
      const participants = promotionParticipants(clusterView, requireTargetDatabase(clusterView, request))
      if (!participants)
        throw new PlanError(`switchover: ${request.target ?? 'nothing'} is not a database of this cluster`)
      const profile = profileActionsFor(profiles, clusterView.snapshot.spec.profile)
      const why = profile?.promotion?.whyNoSwitchover(clusterView, participants.target.id) ?? null
      if (why !== null) throw new PlanError(`switchover: ${why}`)
      return switchoverDraft(participants, clusterView, request, tools)
    },
    abortReason: roleChangeAbortReason,
  }
}
