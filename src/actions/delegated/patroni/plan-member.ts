// Calls of one agent of Patroni: restart, reload and reinitialize of the database beside it.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import type { DelegationContext, RequestPlan } from '../definition/manager-acts.ts'
import type { WantedAct } from '../definition/wanted-act.ts'
import { addressOfMember } from './addresses.ts'
import { type PatroniCall, plannedCall } from './planned-call.ts'

type MemberCall = Pick<PatroniCall, 'path' | 'body' | 'title' | 'deadlineSeconds'> &
  Partial<Pick<PatroniCall, 'effects' | 'restarts' | 'checks'>> & { readonly verb: string }

export function planRestart(view: DatabaseView, context: DelegationContext): RequestPlan {
  const { manager } = context
  const later = manager.details?.members.find(({ databaseId }) => databaseId === view.id)?.facts?.restartAt ?? null
  return memberCall(view, context, {
    verb: 'restart',
    path: '/restart',
    body: {},
    title: `ask Patroni to restart ${view.name}`,
    restarts: [view.id],
    effects:
      later === null ? [] : [`Its restart that is scheduled for ${new Date(later).toISOString()} stays scheduled.`],
    deadlineSeconds: 180,
  })
}

export function planReload(view: DatabaseView, context: DelegationContext): RequestPlan {
  const loop = context.manager.details?.settings?.loopWaitSeconds ?? 10
  return memberCall(view, context, {
    verb: 'reload',
    path: '/reload',
    body: null,
    title: `ask Patroni to reload ${view.name}`,
    effects: [`Patroni reads its own configuration file again, and reloads PostgreSQL within ${loop} s.`],
    deadlineSeconds: 30 + 2 * loop,
  })
}

export function planReinitialize(
  { view, upstream, isNamed }: Extract<WantedAct, { act: 'rebuild' }>,
  context: DelegationContext,
): RequestPlan {
  if (isNamed && upstream.id !== context.manager.leader)
    return { why: 'it copies its leader, or the member that its configuration names: leave out upstream=…' }
  if (isWritable(view)) return { why: `${view.name} is writable, and Patroni makes no new copy of its leader` }
  return memberCall(view, context, {
    verb: 'reinit',
    path: '/reinitialize',
    body: { force: false },
    title: `ask Patroni to make a new copy of ${view.name}`,
    restarts: [view.id],
    deadlineSeconds: 4 * 3600,
  })
}

function memberCall(view: DatabaseView, context: DelegationContext, call: MemberCall): RequestPlan {
  const { manager } = context
  const name = manager.names[view.id]
  if (name === undefined) return { why: `it does not tell which of its members ${view.name} is` }
  const address = addressOfMember(view, context)
  if (address === null)
    return { why: `the REST API beside ${view.name} is not at an address of the config ("manager": {"rest": […]})` }
  const { verb, ...rest } = call
  return plannedCall(
    {
      ...rest,
      method: 'POST',
      addresses: [address],
      view,
      goal: 'member',
      name,
      command: ['patronictl', verb, manager.scope ?? 'SCOPE', name, '--force'],
    },
    context,
  )
}
