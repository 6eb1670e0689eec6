// The requests to repmgr that change who is the primary, or whom a node follows.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { PromotionParticipants } from '../../definition/participants.ts'
import type { DelegationContext, RequestPlan } from '../definition/manager-acts.ts'
import { siblingsAreRegistered } from './checks.ts'
import { areAllPaused } from './daemons.ts'
import { placeOf, repmgrMember } from './place.ts'
import { commandLine, daemonsOf, planRepmgr } from './planned.ts'

export async function planRepmgrPromotion(
  call: 'switchover' | 'promote',
  { target, primary, standbys }: PromotionParticipants,
  context: DelegationContext,
): Promise<RequestPlan> {
  const place = await placeOf(target, context)
  if ('why' in place) return place
  const isSwitchover = call === 'switchover'
  const nameOf = (view: DatabaseView) => repmgrMember(view, context.manager)?.name ?? null
  const followers = standbys.map((view) => ({
    name: view.name,
    id: view.id,
    upstream: repmgrMember(view, context.manager)?.facts?.upstream ?? null,
  }))
  const isPaused = areAllPaused(await daemonsOf(place, context))
  const pausing = isSwitchover ? [] : ['service pause', 'standby promote --siblings-follow', 'service unpause']
  return planRepmgr(
    { call, view: target, place, context, readers: [target.id, ...standbys.map(({ id }) => id)] },
    {
      title: isSwitchover ? `ask repmgr to switch over to ${target.name}` : `ask repmgr to promote ${target.name}`,
      effects: isPaused ? [] : ['repmgrd is paused meanwhile, and is resumed afterwards, also after a failure.'],
      restarts: isSwitchover && primary ? [primary.id] : [],
      deadlineSeconds: 120,
      triesFirst: true,
      checks: primary ? [siblingsAreRegistered(followers, { ...primary, node: nameOf(primary) })] : [],
      ...(isSwitchover
        ? {}
        : {
            lines: ({ wasPaused }) =>
              (wasPaused ? pausing.slice(1, 2) : pausing).map((words) => commandLine(place, words.split(' '))),
          }),
    },
  )
}

export async function planRepmgrFollow(
  view: DatabaseView,
  upstream: DatabaseView,
  context: DelegationContext,
): Promise<RequestPlan> {
  const place = await placeOf(view, context)
  if ('why' in place) return place
  if (repmgrMember(upstream, context.manager)?.facts?.nodeId == null)
    return { why: `repmgr.nodes lists no node with the address of ${upstream.name}` }
  return planRepmgr(
    { call: 'follow', view, place, context, upstream, readers: [upstream.id, view.id] },
    {
      title: `ask repmgr to let ${view.name} follow ${upstream.name}`,
      effects: [],
      restarts: [],
      deadlineSeconds: 90,
      triesFirst: true,
    },
  )
}

export async function planRejoin(
  view: DatabaseView,
  upstream: DatabaseView,
  context: DelegationContext,
): Promise<RequestPlan> {
  if (view.problem === null) return { why: `${view.name} runs: repmgr node rejoin needs it to be stopped` }
  const place = await placeOf(view, context)
  if ('why' in place) return place
  const above = await placeOf(upstream, context)
  return planRepmgr(
    { call: 'rejoin', view, place, context, upstream, readers: [upstream.id] },
    {
      title: `ask repmgr to bring ${view.name} back as a standby of ${upstream.name}`,
      effects: [
        `What only ${view.name} has is removed (pg_rewind); configuration files in its data directory become those of ${upstream.name}.`,
      ],
      restarts: [view.id],
      deadlineSeconds: 180,
      triesFirst: true,
      asksAt: 'why' in above ? null : above,
    },
  )
}
