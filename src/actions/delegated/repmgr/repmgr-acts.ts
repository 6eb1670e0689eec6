// Asks repmgr, which has no interface over the network: its commands are run on the hosts of its nodes. Commands and answers
// are those of 5.3.3, measured.

import type { ManagerActs } from '../definition/manager-acts.ts'
import type { WantedAct, WantedActName } from '../definition/wanted-act.ts'
import { lookAtRepmgr } from './look.ts'
import { planRejoin, planRepmgrFollow, planRepmgrPromotion } from './plan-roles.ts'
import { planClone, planDaemons, planRepmgrRestart, planUnregister } from './plan-servers.ts'
import { sendToRepmgr } from './send.ts'

export const repmgrActs: ManagerActs = {
  kind: 'repmgr',
  whyNot: ({ manager, tools }) => {
    if (tools.config.manager?.kind !== 'repmgr') return 'no database of repmgr is configured'
    return manager.details?.members.length ? null : 'repmgr.nodes can’t be read'
  },
  async plan(wanted, context) {
    switch (wanted.act) {
      case 'switchover':
        return wanted.at === null ? planRepmgrPromotion('switchover', wanted.participants, context) : { why: NOT_LATER }
      case 'failover':
        return planRepmgrPromotion('promote', wanted.participants, context)
      case 'follow':
        return planRepmgrFollow(wanted.view, wanted.upstream, context)
      case 'rejoin':
        return planRejoin(wanted.view, wanted.upstream, context)
      case 'rebuild':
        return planClone(wanted.view, wanted.upstream, context)
      case 'restart':
        return planRepmgrRestart(wanted.view, context)
      case 'pause':
        return planDaemons('pause', null, context)
      case 'take-out':
        return planDaemons('pause', wanted.view, context, [pauseText(wanted)])
      case 'resume':
        return planDaemons('resume', null, context)
      case 'put-back':
        return planDaemons('resume', wanted.view, context)
      case 'leave':
        return planUnregister(wanted.view, context)
      default:
        return { why: WHY_NOT[wanted.act] }
    }
  },
  send: sendToRepmgr,
  look: lookAtRepmgr,
}

function pauseText({ view, endsBy }: Extract<WantedAct, { act: 'take-out' }>): string {
  return `repmgrd stays paused, so nothing fails over by itself, until pgdeck do ${endsBy} ${view.id}, or resume-manager.`
}

const NOT_LATER = 'it can’t schedule a switchover'
const UNMINDED = 'it does not mind it'
type Unasked = 'reload' | 'create-slot' | 'drop-slot' | 'add-hba-entry' | 'set-parameter' | 'cancel-switchover'
const WHY_NOT: Readonly<Record<Extract<WantedActName, Unasked>, string>> = {
  reload: UNMINDED,
  'create-slot': UNMINDED,
  'drop-slot': UNMINDED,
  'add-hba-entry': UNMINDED,
  'set-parameter': UNMINDED,
  'cancel-switchover': NOT_LATER,
}
