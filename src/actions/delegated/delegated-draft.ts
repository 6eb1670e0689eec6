// What all drafts have in common that a manager carries out: who is asked, and the check that says so.

import { managerTitle } from '../../model/managers/manager-guard.ts'
import { isReadAsStandby } from '../../model/picture/roles.ts'
import { listText } from '../../model/values/text.ts'
import type { ActionRequest, Draft, PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { DelegationContext, ManagerActs, PlannedRequest } from './definition/manager-acts.ts'
import type { WantedAct } from './definition/wanted-act.ts'

/** A manager that can be asked, and what is known of the cluster. */
export interface Delegation extends DelegationContext {
  readonly acts: ManagerActs
  readonly request: ActionRequest
  /** Makes the plan without the manager: for its checks and its cost. Throws PlanError. */
  direct(): Promise<Draft>
}

/** Why an act is not delegated, as a clause. */
export interface NotDelegated {
  readonly why: string
}

/** Returns the request for an act, or why the manager can't be asked that. */
export function requestFor(
  { acts, ...context }: Delegation,
  wanted: WantedAct,
): Promise<PlannedRequest | NotDelegated> {
  return acts.plan(wanted, context)
}

/** The check `manager` of a plan that the manager itself carries out: it passes where the two agree on the primary. */
export function managerCarriesOut({ manager }: DelegationContext): PreflightCheck {
  return {
    id: 'manager',
    mayOverride: true,
    run({ picture }): PreflightResult {
      const title = managerTitle(manager)
      const leaders = manager.details?.leaders ?? []
      if (leaders.length > 1) {
        const message = `the agents of ${title} name several leaders: ${listText(leaders)}`
        return { result: 'fail', message, hint: 'Wait until they agree, or look at its configuration store.' }
      }
      const leader = picture.databases.find(({ id }) => id === manager.leader)
      const isInRecovery = leader !== undefined && leader.problem === null && isReadAsStandby(leader)
      if (leader && isInRecovery) {
        const message = `${title} calls ${leader.name} the leader, which is in recovery`
        return { result: 'warn', message, hint: 'Wait until the two agree.' }
      }
      return { result: 'pass', message: `${title} carries this out`, hint: null }
    },
  }
}
