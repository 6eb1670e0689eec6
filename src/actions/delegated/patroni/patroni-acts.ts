// Asks Patroni by its REST API. Its calls and answers are those of 3.0.2, measured, and of the documentation of 4.

import type { DelegationContext, ManagerActs, RequestPlan } from '../definition/manager-acts.ts'
import type { WantedAct } from '../definition/wanted-act.ts'
import { configuredAddresses } from './addresses.ts'
import { lookAtPatroni } from './look.ts'
import { planPause, planPutBack, planSlot, planTakeOut } from './plan-config.ts'
import { planHbaEntry } from './plan-hba.ts'
import { planReinitialize, planReload, planRestart } from './plan-member.ts'
import { planCancel, planFailover, planSwitchover } from './plan-roles.ts'
import { planSetting } from './plan-setting.ts'
import { sendToPatroni } from './send.ts'

export const patroniActs: ManagerActs = {
  kind: 'patroni',
  whyNot({ manager: { details }, tools }) {
    if (configuredAddresses(tools.config).length === 0) return 'no address of its REST API is configured'
    if (!details) return 'its REST API does not answer'
    if (details.dcs?.state === 'lost')
      return 'it has lost its configuration store (DCS), without which it carries out nothing'
    return details.areMembersCurrent ? null : 'it does not tell its members now'
  },
  plan: async (wanted, context) => planFor(wanted, context),
  send: sendToPatroni,
  look: lookAtPatroni,
}

function planFor(wanted: WantedAct, context: DelegationContext): RequestPlan | Promise<RequestPlan> {
  switch (wanted.act) {
    case 'switchover':
      return planSwitchover(wanted, context)
    case 'failover':
      return planFailover(wanted, context)
    case 'cancel-switchover':
      return planCancel(context)
    case 'restart':
      return planRestart(wanted.view, context)
    case 'reload':
      return planReload(wanted.view, context)
    case 'rebuild':
      return planReinitialize(wanted, context)
    case 'pause':
      return planPause(true, context)
    case 'resume':
      return planPause(false, context)
    case 'create-slot':
    case 'drop-slot':
      return planSlot(wanted, context)
    case 'add-hba-entry':
      return planHbaEntry(wanted, context)
    case 'rejoin':
    case 'put-back':
      return planPutBack(wanted.view, context)
    case 'take-out':
      return planTakeOut(wanted, context)
    case 'follow':
      return { why: 'a member follows its leader, or the one that its tag replicatefrom names' }
    case 'leave':
      return { why: 'a member leaves when its agent is disabled on its host' }
    case 'set-parameter':
      return planSetting(wanted, context)
  }
}
