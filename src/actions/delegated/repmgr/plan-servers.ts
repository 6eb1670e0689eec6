// The requests to repmgr around a server: a new copy, a restart, and the pause of its daemons.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import { shellCommandLine } from '../../../model/values/shell-quote.ts'
import type { DelegationContext, RequestPlan } from '../definition/manager-acts.ts'
import { noneRegisteredBelow } from './checks.ts'
import { daemonsThat } from './daemons.ts'
import { placeOf, repmgrMember } from './place.ts'
import { commandLine, daemonsOf, planRepmgr } from './planned.ts'
import type { RepmgrPlace } from './program.ts'
import { registration, wordsOf } from './request.ts'

export async function planClone(
  view: DatabaseView,
  upstream: DatabaseView,
  context: DelegationContext,
): Promise<RequestPlan> {
  const place = await placeOf(view, context)
  if ('why' in place) return place
  const { service } = place
  if (service.stop === null || service.start === null)
    return { why: `how ${view.name} is stopped and started is unknown: set "stop" and "start" of its host` }
  return planRepmgr(
    { call: 'clone', view, place, context, upstream, readers: [upstream.id] },
    {
      title: `ask repmgr to copy ${upstream.name} to ${view.name}`,
      effects: ['repmgr first tries it (--dry-run), and removes nothing if that fails.'],
      restarts: [view.id],
      deadlineSeconds: 180,
      lines: ({ stop, start, ...request }) => [
        shellCommandLine(stop),
        commandLine(place, [...wordsOf(request), '--dry-run']),
        commandLine(place, wordsOf(request)),
        shellCommandLine(start),
        commandLine(place, registration(request)),
      ],
    },
  )
}

export async function planRepmgrRestart(view: DatabaseView, context: DelegationContext): Promise<RequestPlan> {
  const place = await placeOf(view, context)
  if ('why' in place) return place
  const { stop, start } = place.service
  if (stop === null || start === null)
    return { why: `how ${view.name} is stopped and started is unknown: set "stop" and "start" of its host` }
  const paused = daemonsThat(await daemonsOf(place, context), false).length > 0
  const around = (word: string) => (paused ? [commandLine(place, ['service', word])] : [])
  return planRepmgr(
    { call: 'restart', view, place, context, readers: [], elsewhere: await placesBeside(view, context) },
    {
      title: `restart ${view.name}${paused ? ' while repmgrd is paused' : ''}`,
      effects: paused ? ['Nothing fails over by itself meanwhile.'] : [],
      restarts: [view.id],
      deadlineSeconds: 120,
      // `repmgr node service --action=restart` may end before the server has started again.
      lines: () => [...around('pause'), shellCommandLine(stop), shellCommandLine(start), ...around('unpause')],
    },
  )
}

/** On the host of the primary: its own can't do that while it is down. */
export async function planUnregister(view: DatabaseView, context: DelegationContext): Promise<RequestPlan> {
  const { manager, clusterView } = context
  const member = repmgrMember(view, manager)
  if (member?.facts?.nodeId == null) return { why: `repmgr.nodes lists no node with the address of ${view.name}` }
  if (member.facts.role === 'leader')
    return { why: `it has ${view.name} as a primary: repmgr primary unregister --node-id=${member.facts.nodeId}` }
  const primary = clusterView.picture.databases.find((each) => each.id !== view.id && isWritable(each))
  if (!primary) return { why: 'no primary answers, whose table has the node' }
  const place = await placeOf(primary, context)
  if ('why' in place) return place
  const below = (manager.details?.members ?? []).filter(({ facts }) => facts?.upstream === member.name)
  return planRepmgr(
    { call: 'unregister', view, place: { ...place, node: member.facts.nodeId }, context, readers: [primary.id] },
    {
      title: `ask repmgr to forget ${view.name}`,
      effects: ['It is no node of repmgr any more: stop and disable repmgrd on its host.'],
      restarts: [],
      deadlineSeconds: 60,
      checks: [
        noneRegisteredBelow(
          view.name,
          below.map(({ name }) => name),
        ),
      ],
    },
  )
}

/** Of the other nodes that answer; two suffice. */
async function placesBeside(view: DatabaseView, context: DelegationContext): Promise<readonly RepmgrPlace[]> {
  const others = context.clusterView.picture.databases.filter(
    (each) => each.id !== view.id && each.problem === null && repmgrMember(each, context.manager) !== null,
  )
  const places = await Promise.all(others.slice(0, 2).map((each) => placeOf(each, context)))
  return places.flatMap((place) => ('why' in place ? [] : [place]))
}

/** On any of its hosts that can be reached; before a node is stopped, on another one. */
export async function planDaemons(
  call: 'pause' | 'resume',
  besides: DatabaseView | null,
  context: DelegationContext,
  effects: readonly string[] = [],
): Promise<RequestPlan> {
  const { databases } = context.clusterView.picture
  const up = databases.filter((view) => view.problem === null && repmgrMember(view, context.manager) !== null)
  const best = up.toSorted((one, other) => Number(one.id === besides?.id) - Number(other.id === besides?.id))
  let why = 'none of its nodes answers'
  for (const view of best) {
    const place = await placeOf(view, context)
    if ('why' in place) {
      why = place.why
      continue
    }
    const all = await daemonsOf(place, context)
    if (all.every(({ runs }) => !runs)) return { why: 'no repmgrd runs' }
    return planRepmgr(
      { call, view, place, context, readers: [] },
      {
        title: call === 'pause' ? 'ask repmgr to pause its daemons' : 'ask repmgr to resume its daemons',
        effects,
        restarts: [],
        deadlineSeconds: 60,
      },
    )
  }
  return { why }
}
