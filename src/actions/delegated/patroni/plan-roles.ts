// Changes of the leader by Patroni: switchover, failover, a scheduled switchover and its end.

import { promoterOf } from '../../../model/managers/promoter.ts'
import { whyNotPromoted } from '../../../model/managers/takeover.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { formatSeconds } from '../../../model/values/units.ts'
import type { PreflightCheck, PreflightResult } from '../../definition/action.ts'
import type { DelegationContext, RequestPlan } from '../definition/manager-acts.ts'
import type { WantedAct } from '../definition/wanted-act.ts'
import { addressesFor } from './addresses.ts'
import { plannedCall } from './planned-call.ts'
import { runningLeader } from './running-leader.ts'

const TTL_SECONDS = 30
const LOOP_SECONDS = 10

export function planSwitchover(
  { participants: { target, primary }, at }: Extract<WantedAct, { act: 'switchover' }>,
  context: DelegationContext,
): RequestPlan {
  const { manager } = context
  const candidate = manager.names[target.id]
  const leader = primary ? manager.names[primary.id] : undefined
  if (candidate === undefined) return { why: `it does not tell which of its members ${target.name} is` }
  if (leader === undefined || primary === null) return { why: 'it does not tell which of its members the primary is' }
  if (manager.leader !== primary.id) return { why: `it does not have ${primary.name} as its leader` }
  const scope = manager.scope ?? 'SCOPE'
  const when = at === null ? null : new Date(at).toISOString()
  return plannedCall(
    {
      title:
        when === null
          ? `ask Patroni to switch over from ${primary.name} to ${target.name}`
          : `ask Patroni to switch over from ${primary.name} to ${target.name} at ${when}`,
      method: 'POST',
      path: '/switchover',
      body: { leader, candidate, ...(when === null ? {} : { scheduled_at: when }) },
      addresses: addressesFor(primary, context),
      view: null,
      goal: when === null ? 'leader' : 'scheduled',
      name: candidate,
      ...(when === null ? {} : { at: when }),
      command: [
        ...['patronictl', 'switchover', scope, '--leader', leader, '--candidate', candidate],
        ...(when === null ? ['--force'] : ['--scheduled', when, '--force']),
      ],
      checks: [
        mayLead(target, context, REFUSED),
        nothingScheduled(context),
        ...(when === null ? [] : [canSchedule(context)]),
      ],
      effects: scheduledEffects(context),
      restarts: when === null ? [primary.id] : [],
      deadlineSeconds: when === null ? 180 : 30,
      settleSeconds: loopSeconds(context),
    },
    context,
  )
}

export function planFailover(
  { participants: { target } }: Extract<WantedAct, { act: 'failover' }>,
  context: DelegationContext,
): RequestPlan {
  const { manager } = context
  const candidate = manager.names[target.id]
  if (candidate === undefined) return { why: `it does not tell which of its members ${target.name} is` }
  if (!manager.details?.areMembersCurrent) return { why: 'it does not tell its members now' }
  const leader = runningLeader(manager.details)
  if (leader !== null) return { why: `it has ${leader} as its leader, which runs: it would take the role from it` }
  return plannedCall(
    {
      title: `ask Patroni to fail over to ${target.name}`,
      method: 'POST',
      path: '/failover',
      body: { candidate },
      addresses: addressesFor(target, context),
      view: null,
      goal: 'leader',
      name: candidate,
      command: ['patronictl', 'failover', manager.scope ?? 'SCOPE', '--candidate', candidate, '--force'],
      checks: [byItself(target, context), mayLead(target, context, TAKEN_BY_NAME), nothingScheduled(context)],
      effects: scheduledEffects(context),
      deadlineSeconds: 120,
      settleSeconds: loopSeconds(context),
    },
    context,
  )
}

export function planCancel(context: DelegationContext): RequestPlan {
  const planned = context.manager.details?.scheduledSwitchover ?? null
  if (planned === null) return { why: 'no switchover is scheduled' }
  return plannedCall(
    {
      title: `ask Patroni to cancel the switchover to ${planned.to ?? 'another member'} at ${new Date(planned.at).toISOString()}`,
      method: 'DELETE',
      path: '/switchover',
      body: null,
      addresses: addressesFor(null, context),
      view: null,
      goal: 'cancelled',
      name: null,
      command: ['patronictl', 'flush', context.manager.scope ?? 'SCOPE', 'switchover', '--force'],
      deadlineSeconds: 30,
    },
    context,
  )
}

function loopSeconds({ manager }: DelegationContext): number {
  return manager.details?.settings?.loopWaitSeconds ?? LOOP_SECONDS
}

const REFUSED = {
  result: 'fail',
  hint: 'Patroni would refuse this: choose another standby, or change what keeps it from leading.',
} as const
/** Without a leader Patroni takes a named one that lags, or is not synchronous: that is the user's decision. */
const TAKEN_BY_NAME = {
  result: 'warn',
  hint: 'By itself Patroni would not promote it; asked by name, it may do so all the same.',
} as const

/** Whether Patroni's rules let it lead; `otherwise`: what it means where they do not. */
function mayLead(
  target: DatabaseView,
  { manager }: DelegationContext,
  otherwise: typeof REFUSED | typeof TAKEN_BY_NAME,
): PreflightCheck {
  return {
    id: 'manager-candidate',
    mayOverride: true,
    run({ now }): PreflightResult {
      const why = whyNotPromoted(manager, target, now)
      return why === null
        ? { result: 'pass', message: `by its rules Patroni may promote ${target.name}`, hint: null }
        : { ...otherwise, message: `${target.name} ${why}` }
    },
  }
}

/** A request that crosses its own failover helps nobody. */
function byItself(target: DatabaseView, { manager }: DelegationContext): PreflightCheck {
  return {
    id: 'by-itself',
    mayOverride: true,
    run({ picture }): PreflightResult {
      const { candidate } = picture.failover
      const promoter = promoterOf(manager, candidate)
      if (promoter.by !== 'manager' || candidate === null) {
        const why = promoter.by === 'nobody' ? promoter.why : 'Patroni has no standby that it may promote'
        return { result: 'pass', message: `nobody else does it: ${why}`, hint: null }
      }
      const seconds =
        (promoter.ttlSeconds ?? TTL_SECONDS) + (manager.details?.settings?.loopWaitSeconds ?? LOOP_SECONDS)
      const whom = picture.databases.find(({ id }) => id === candidate)?.name ?? candidate
      const message = `Patroni promotes ${whom} by itself within ${formatSeconds(seconds)} of the failure`
      return {
        result: 'warn',
        message,
        hint: `Wait for that, unless ${target.name} must be the one, or it takes longer.`,
      }
    },
  }
}

/** Patroni keeps one request: a new one takes the place of a scheduled one, and does not say so. */
function nothingScheduled({ manager }: DelegationContext): PreflightCheck {
  return {
    id: 'scheduled-switchover',
    mayOverride: true,
    run(): PreflightResult {
      const planned = manager.details?.scheduledSwitchover ?? null
      if (planned === null) return null
      const message = `a switchover to ${planned.to ?? 'another member'} is scheduled for ${new Date(planned.at).toISOString()}`
      return { result: 'warn', message, hint: 'Patroni forgets it with this request.' }
    },
  }
}

function scheduledEffects({ manager }: DelegationContext): readonly string[] {
  const planned = manager.details?.scheduledSwitchover ?? null
  if (planned === null) return []
  return [`The switchover that is scheduled for ${new Date(planned.at).toISOString()} is replaced by this one.`]
}

function canSchedule({ manager }: DelegationContext): PreflightCheck {
  return {
    id: 'manager-paused',
    mayOverride: false,
    run(): PreflightResult {
      if (!manager.paused) return null
      const hint = 'Resume it first: pgdeck do resume-manager.'
      return { result: 'fail', message: 'Patroni is paused: it schedules nothing', hint }
    },
  }
}
