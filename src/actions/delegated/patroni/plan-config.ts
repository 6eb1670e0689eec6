// Changes of Patroni's dynamic configuration: its pause, and permanent slots.

import { isPausedAnywhere } from '../../../model/managers/detection/cluster-manager.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import type { PreflightCheck, PreflightResult } from '../../definition/action.ts'
import { hostConfigOf } from '../../hosts/service.ts'
import type { DelegationContext, RequestPlan } from '../definition/manager-acts.ts'
import type { WantedAct } from '../definition/wanted-act.ts'
import { addressesFor } from './addresses.ts'
import { isOfPatroni } from './agent-command.ts'
import { type PatroniCall, plannedCall } from './planned-call.ts'

export function planPause(isPaused: boolean, context: DelegationContext): RequestPlan {
  const { manager } = context
  if (isPaused && manager.paused) return { why: 'it is paused already' }
  if (!isPaused && manager.paused === false && !isPausedAnywhere(manager)) return { why: 'it is not paused' }
  return pauseCall(isPaused, context)
}

/**
 * Before a database is stopped. Patroni may start a standby again whose stop meets its loop, also while it is paused, so
 * its agent must end; a paused agent that ends leaves PostgreSQL running. A leader stays down while it is paused.
 */
export function planTakeOut(
  { view, endsBy }: Extract<WantedAct, { act: 'take-out' }>,
  context: DelegationContext,
): RequestPlan {
  const { manager, clusterView, tools } = context
  const { candidate } = clusterView.picture.failover
  const isLeader = isWritable(view)
  if (isLeader && manager.leader !== view.id) return { why: `it does not have ${view.name} as its leader` }
  if (isLeader && candidate !== null && !manager.paused)
    return {
      why: `another one can take over first: pgdeck do switchover ${candidate}, then ${endsBy === 'start' ? 'stop' : 'fence'} ${view.id}`,
    }
  if (isOfPatroni(hostConfigOf(view.id, tools)?.stop))
    return manager.paused
      ? { why: 'it is paused, so that its end would leave PostgreSQL running: pgdeck do resume-manager' }
      : pauseCall(false, context, { title: 'make sure that Patroni is not paused: then its end stops PostgreSQL, too' })
  if (!isLeader)
    return {
      why: `its agent would start ${view.name} again: set "stop": ["systemctl", "stop", "patroni"] for its host in the config, and "start"`,
    }
  return pauseCall(true, context, {
    title: `ask Patroni to pause, so that it does not start ${view.name} again`,
    effects: [`Patroni stays paused, so nothing fails over by itself, until pgdeck do ${endsBy} ${view.id}.`],
  })
}

/** Its agent starts the database as soon as it runs and is not paused. */
export function planPutBack(view: DatabaseView, context: DelegationContext): RequestPlan {
  const { manager, tools } = context
  // A member whose agent was ended in order is no member any more, and nothing is told of it.
  const isSilent = manager.agents[view.id] !== 'runs'
  if (isSilent && isOfPatroni(hostConfigOf(view.id, tools)?.start))
    return pauseCall(false, context, {
      title: `make sure that Patroni is not paused: then it brings ${view.name} back`,
    })
  if (!manager.paused || isSilent)
    return { why: 'an old primary returns by itself as soon as its Patroni runs there (systemctl start patroni)' }
  return pauseCall(false, context, {
    title: `ask Patroni to resume, which starts ${view.name} again`,
    restarts: [view.id],
    deadlineSeconds: 180,
  })
}

function pauseCall(isPaused: boolean, context: DelegationContext, texts: Partial<PatroniCall> = {}): RequestPlan {
  const { manager } = context
  return plannedCall(
    {
      title: isPaused ? 'ask Patroni to pause' : 'ask Patroni to resume',
      method: 'PATCH',
      path: '/config',
      body: { pause: isPaused ? true : null },
      addresses: addressesFor(null, context),
      view: null,
      goal: isPaused ? 'paused' : 'resumed',
      name: null,
      command: ['patronictl', isPaused ? 'pause' : 'resume', manager.scope ?? 'SCOPE', '--wait'],
      deadlineSeconds: 60,
      ...(isPaused && !manager.paused ? { undo: { body: { pause: null }, goal: 'resumed' as const } } : {}),
      ...texts,
    },
    context,
  )
}

/** Patroni makes a permanent slot on its leader, and after a change of roles on the next. */
export function planSlot(
  { act, slot, view }: Extract<WantedAct, { act: 'create-slot' | 'drop-slot' }>,
  context: DelegationContext,
): RequestPlan {
  const { manager } = context
  const isCreated = act === 'create-slot'
  if (manager.leader !== view.id)
    return { why: `${view.name} is not its leader, and it makes permanent slots there only` }
  const body: JsonRecord = { slots: { [slot]: isCreated ? { type: 'physical' } : null } }
  const verb = isCreated ? 'create' : 'drop'
  return plannedCall(
    {
      title: `ask Patroni to ${verb} the permanent slot ${slot}`,
      method: 'PATCH',
      path: '/config',
      body,
      addresses: addressesFor(view, context),
      view: null,
      goal: 'config',
      name: slot,
      command: [
        'patronictl',
        'edit-config',
        manager.scope ?? 'SCOPE',
        '--set',
        `slots.${slot}${isCreated ? '.type=physical' : '=null'}`,
        '--force',
      ],
      checks: isCreated ? [notAMember(slot, context)] : [],
      deadlineSeconds: 60,
    },
    context,
  )
}

/** Patroni makes and drops the slots of its members itself. */
function notAMember(slot: string, { manager }: DelegationContext): PreflightCheck {
  return {
    id: 'slot-of-member',
    mayOverride: false,
    run(): PreflightResult {
      const member = manager.details?.members.find(({ name }) => name.toLowerCase().replace(/[^a-z0-9]/g, '_') === slot)
      if (!member) return null
      const hint = 'Choose another name.'
      return {
        result: 'fail',
        message: `${slot} is the slot of the member ${member.name}, which Patroni manages itself`,
        hint,
      }
    },
  }
}
