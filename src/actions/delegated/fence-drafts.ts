// Plans that stop a database (`fence`, `stop`), and start it again, after the manager was told not to mind.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { isPrimary, isReadableStandby, isWritable } from '../../model/picture/roles.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import type { Draft, PreflightCheck } from '../definition/action.ts'
import { writableOfSameSystem } from '../definition/participants.ts'
import { startableOf } from '../lifecycle/startable.ts'
import { askManagerKind } from './ask-manager.ts'
import { returnOf } from './copy-checks.ts'
import { targetView } from './database-drafts.ts'
import type { PlannedRequest } from './definition/manager-acts.ts'
import type { WantedAct } from './definition/wanted-act.ts'
import { type Delegation, managerCarriesOut, type NotDelegated, requestFor } from './delegated-draft.ts'
import { type Effect, NO_EFFECT } from './effects.ts'
import { withEffects } from './promotion-draft.ts'
import {
  mayPromoteMeanwhile,
  mindsNoStop,
  NOT_PAUSED,
  notMinded,
  pauseAfterReturn,
  pauseThatStays,
} from './repmgr-pause.ts'

/** First the manager, which would take the stop for a failure; then the stop itself. */
export async function delegatedFence(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const isFence = delegation.request.action === 'fence'
  if (mindsNoStop(delegation, view))
    return withoutPart(await delegation.direct(), 'takes no stop of a standby for a failure')
  const wanted = { act: 'take-out', view, endsBy: isFence ? 'unfence' : 'start' } as const
  const planned = await requestFor(delegation, wanted)
  if ('why' in planned) return planned
  const own = await delegation.direct()
  const isOver = isFence || planned.restarts.length > 1
  const statement = !isOver
    ? own.impact.statement
    : `${view.name} is stopped; ${isWritable(view) ? 'what else is writable then, the manager decides' : 'it was not writable'}.`
  return {
    ...withManager(delegation, own, planned),
    impact: withEffects({ ...own.impact, statement }, planned.effects),
    steps: [step(delegation, wanted, planned, NO_EFFECT), ...own.steps],
  }
}

/** Where another database takes writes it comes back as a standby of that one; else it starts, and the manager goes on. */
export async function delegatedUnfence(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const [upstream] = writableOfSameSystem(delegation.clusterView, view)
  const wanted: UnfencedBy = upstream ? { act: 'rejoin', view, upstream } : { act: 'put-back', view }
  const planned = await requestFor(delegation, wanted)
  if ('why' in planned) return planned
  const startsIt = planned.restarts.includes(view.id)
  const why = whyNotInThatRole(delegation, upstream !== undefined, startsIt)
  if (why !== null) return { why }
  if (!upstream && mayPromoteMeanwhile(delegation)) return { why: NOT_PAUSED }
  const own = await delegation.direct()
  const back = upstream ? await returnOf(delegation, view, upstream) : null
  const asked = step(delegation, wanted, planned, effectOfReturn(upstream ?? null, startsIt))
  const statement = startsIt ? returnText(delegation, view) : own.impact.statement
  const pause = pauseAfterReturn(delegation, view)
  const impact = { ...own.impact, statement: back ? `${statement} ${back.words}` : statement, ...back?.loss }
  const draft = withManager(delegation, own, planned)
  return {
    ...draft,
    title: startsIt ? planned.title : own.title,
    danger: dangerOfReturn(own, back?.danger ?? null, pause.ends),
    impact: withEffects(impact, [...planned.effects, ...pause.effects]),
    checks: [
      ...draft.checks,
      ...(back?.checks ?? []).filter(({ id }) => draft.checks.every((check) => check.id !== id)),
    ],
    steps: startsIt
      ? [asked, ...(pause.ends ? await resumption(delegation, view) : [])]
      : [...own.steps, ...(pause.stays ? [] : [asked])],
  }
}

/** A manager that goes on again has not started anything yet. */
function effectOfReturn(upstream: DatabaseView | null, startsIt: boolean): Effect {
  if (upstream) return { ...NO_EFFECT, kind: 'streams', upstream: upstream.id }
  return startsIt ? { ...NO_EFFECT, kind: 'answers' } : NO_EFFECT
}

function returnText({ clusterView: { picture } }: Delegation, { id, name }: DatabaseView): string {
  const [other] = picture.databases.filter((each) => each.id !== id && isReadableStandby(each))
  const isOpen = other !== undefined && !picture.databases.some(isWritable)
  return `${name} comes back as the manager has it.${isOpen ? ` It may make ${other.name} the primary instead.` : ''}`
}

/** `decommission`: the manager forgets the node before it is stopped. */
export async function delegatedDecommission(delegation: Delegation): Promise<Draft | NotDelegated> {
  const wanted = { act: 'leave', view: targetView(delegation) } as const
  const planned = await requestFor(delegation, wanted)
  if ('why' in planned) return planned
  const own = await delegation.direct()
  return {
    ...withManager(delegation, own, planned),
    impact: withEffects(own.impact, planned.effects),
    steps: [step(delegation, wanted, planned, NO_EFFECT), ...own.steps],
  }
}

/**
 * `start`: what may be a primary comes back as after a fence. repmgr has no part in the start of a standby: pgdeck starts
 * it, and a pause, which was for something else, stays.
 */
export async function delegatedStart(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const { acts, tools } = delegation
  const { expected } = await startableOf(view, tools)
  if (acts.kind !== 'repmgr' || expected.role !== 'as-standby') return delegatedUnfence(delegation)
  const own = withoutPart(await delegation.direct(), 'has no part in the start of a standby')
  return { ...own, impact: withEffects(own.impact, pauseThatStays(delegation)) }
}

/** The role that the user wants, where the manager gives it another one. */
function whyNotInThatRole({ request: { input } }: Delegation, isStandby: boolean, startsIt: boolean): string | null {
  if (input.as === 'primary' && isStandby)
    return 'another database is writable, so it makes this one a standby: leave out as=primary'
  if (input.as === 'standby' && !isStandby && startsIt) return 'it chooses the role itself: leave out as=standby'
  return null
}

/** repmgr brings a node back and leaves its daemons paused, which the fence has done; others end both with one request. */
async function resumption(delegation: Delegation, view: DatabaseView): Promise<readonly PlannedStep[]> {
  const wanted = { act: 'put-back', view } as const
  const planned = await requestFor(delegation, wanted)
  return 'why' in planned ? [] : [step(delegation, wanted, planned, NO_EFFECT, 'resume-manager')]
}

/** A manager that is resumed may replace a primary: that is as dangerous as resume-manager. */
function dangerOfReturn(own: Draft, back: Draft['danger'] | null, resumes: boolean): Draft['danger'] {
  if (back === 'data-loss') return back
  return resumes && own.danger === 'routine' ? 'disruptive' : own.danger
}

type UnfencedBy = Extract<WantedAct, { readonly act: 'put-back' | 'rejoin' }>

/** The plan without the manager, which lets it be. */
function withoutPart(own: Draft, message: string): Draft {
  return { ...own, checks: [notMinded(message), ...withoutManager(own)] }
}

function withManager(delegation: Delegation, own: Draft, planned: PlannedRequest): Draft {
  const kept = withoutManager(own).filter(({ id }) => !planned.replaces?.includes(id))
  return { ...own, checks: [managerCarriesOut(delegation), ...kept, ...planned.checks] }
}

function withoutManager({ checks }: Draft): readonly PreflightCheck[] {
  return checks.filter(({ id }) => id !== 'manager')
}

function step(
  { acts, clusterView }: Delegation,
  wanted: Told,
  planned: PlannedRequest,
  effect: Effect,
  id = 'ask-manager',
): PlannedStep {
  const { view } = wanted
  // Another one may take over from a primary.
  const changes =
    isPrimary(view) && planned.restarts.length > 1 ? clusterView.picture.databases.map(({ id }) => id) : [view.id]
  return askManagerKind.plan({
    id,
    acts,
    act: wanted.act,
    planned,
    database: view.id,
    effect,
    ifStopped: ifStoppedAt(wanted),
    changes,
  })
}

type Told = Extract<WantedAct, { readonly act: 'take-out' | 'put-back' | 'rejoin' | 'leave' }>

function ifStoppedAt(wanted: Told): string {
  const { name, id } = wanted.view
  switch (wanted.act) {
    case 'take-out':
      return `The manager leaves ${name} alone: pgdeck do ${wanted.endsBy} ${id} ends that.`
    case 'leave':
      return `The manager has forgotten ${name}, or will; everything else is unchanged.`
    default:
      return `${name} is back, or on its way. A manager that was paused for it may still be: pgdeck do resume-manager.`
  }
}
