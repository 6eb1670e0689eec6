// Checks of what a promotion loses: whether another standby has more WAL, and which commits no standby has.

import { LIVE_TOLERANCE_BYTES } from '../../model/failover/candidate.ts'
import { BEFORE_PLAN, lossSentence } from '../../model/failover/loss-text.ts'
import type { Limits } from '../../model/measured/spec.ts'
import { areComparableTimelines } from '../../model/replication/timelines.ts'
import { bytesBetween, formatLsn } from '../../model/values/lsn.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { type PromotionParticipants, timelineSeen } from '../definition/participants.ts'
import { UNKNOWN_LOSS } from './cost.ts'

/** Fails for a target on another timeline than its primary. Warns if another standby has received more. */
export function bestCandidateCheck(participants: PromotionParticipants): PreflightCheck {
  return {
    id: 'best-candidate',
    mayOverride: true,
    run: (clusterView): PreflightResult =>
      otherHistoryFailure(participants) ??
      otherTimelineFailure(participants, clusterView) ??
      apartFailure(participants) ??
      aheadWarning(participants) ??
      incomparableWarning(participants) ??
      unknownReceivedWarning(participants) ??
      bestCandidate(participants),
  }
}

function otherHistoryFailure({ target: { name, otherHistory } }: PromotionParticipants): PreflightResult | null {
  if (!otherHistory) return null
  const hint = 'Promote a standby that followed the primary; rewind or rebuild this one.'
  return { result: 'fail', message: `${name} has another history: ${otherHistory.why}`, hint }
}

function otherTimelineFailure(
  { target, primary }: PromotionParticipants,
  clusterView: PlanningView,
): PreflightResult | null {
  const timeline = timelineSeen(clusterView, primary)
  if (target.timeline === null || timeline === null || target.timeline === timeline) return null
  const message = `${target.name} is on timeline ${target.timeline}, ${primary?.name} was on ${timeline}`
  const hint = 'Its timeline history differs: promote a standby that followed the primary.'
  return { result: 'fail', message, hint }
}

/** At most one of two standbys with different histories has followed the primary. The other lacks an unknown number of commits. */
function apartFailure({ target, primary, estimate }: PromotionParticipants): PreflightResult | null {
  const apart = estimate.otherCandidates.flatMap((other) => other.apart ?? [])
  if (apart.length === 0) return null
  const message = `${apart.join('; ')}: whether ${target.name} followed ${primary?.name ?? 'the primary'} is unknown`
  return { result: 'fail', message, hint: 'Check which of them has the users’ last commits, and promote that one.' }
}

/** The other candidates whose positions can be compared with that of the target. */
function comparableCandidates({ target, estimate }: PromotionParticipants) {
  return estimate.otherCandidates.filter(
    ({ timeline, apart }) => apart === null && areComparableTimelines(timeline, target.timeline),
  )
}

function aheadWarning(participants: PromotionParticipants): PreflightResult | null {
  const { target, isPrimaryUp, estimate } = participants
  const ahead = comparableCandidates(participants).flatMap(({ name, received }) => {
    const bytes = received === null || estimate.received === null ? 0 : bytesBetween(received, estimate.received)
    return bytes > (isPrimaryUp ? LIVE_TOLERANCE_BYTES : 0) ? [{ name, bytes }] : []
  })
  const [best] = ahead.toSorted((a, b) => b.bytes - a.bytes)
  if (!best) return null
  const message = `${best.name} has received ${formatBytes(best.bytes)} more than ${target.name}`
  const hint = `Promote ${best.name} instead: standbys ahead of the new primary must be rewound or rebuilt.`
  return { result: 'warn', message, hint }
}

function incomparableWarning(participants: PromotionParticipants): PreflightResult | null {
  const { target, estimate } = participants
  const comparable = comparableCandidates(participants)
  const apart = estimate.otherCandidates.filter((candidate) => !comparable.includes(candidate))
  if (apart.length === 0) return null
  const names = apart.map(({ name, timeline }) => `${name} (timeline ${timeline})`).join(', ')
  const message = `${target.name} is on timeline ${target.timeline}; what it lacks of ${names} is unknown: positions of two timelines are not comparable`
  return { result: 'warn', message, hint: 'Check which of them has the users’ last commits.' }
}

function unknownReceivedWarning(participants: PromotionParticipants): PreflightResult | null {
  const { target, estimate } = participants
  const unknown = comparableCandidates(participants).filter(({ received }) => received === null)
  if (estimate.received !== null && unknown.length === 0) return null
  const names = unknown.map(({ name }) => name).join(', ')
  return { result: 'warn', message: `what ${names || target.name} has received is unknown`, hint: null }
}

function bestCandidate({ target, estimate }: PromotionParticipants): PreflightResult {
  const received = estimate.received === null ? '?' : formatLsn(estimate.received)
  const others =
    estimate.otherCandidates.length === 0 ? 'it is the only standby that pgdeck can read' : 'no other standby has more'
  return { result: 'pass', message: `${target.name} has received up to ${received}: ${others}`, hint: null }
}

/**
 * Warns of any loss, also of WAL that was never read; the danger of the plan says the rest. `isSeen`: the host of the
 * stopped primary reports how that ended.
 */
export function promotionLossCheck(
  { target, primary, isPrimaryUp, estimate: prospect }: PromotionParticipants,
  limits: Limits,
  isSeen: boolean,
): PreflightCheck {
  return {
    id: 'loss',
    mayOverride: false,
    run(): PreflightResult {
      const name = primary?.name ?? 'the primary'
      if (isPrimaryUp && !isSeen)
        return {
          result: 'warn',
          message: `unknown: pgdeck can’t read the end of WAL of ${name}, so what it writes after its last reading may be lost`,
          hint: 'Set "ssh" or "local" and "dataDirectory" for its host: then its shutdown checkpoint is the proof.',
        }
      if (isPrimaryUp)
        return {
          result: 'pass',
          message: `nothing: the run stops ${name} first, and ${target.name} waits for its last record`,
          hint: null,
        }
      const estimate = prospect.estimate ?? UNKNOWN_LOSS
      const { lossBytes, lossBound } = estimate
      const message = lossSentence(estimate, name, BEFORE_PLAN)
      if (lossBound === 'none-confirmed' || lossBound === 'shared-storage')
        return { result: 'pass', message, hint: null }
      if (lossBytes === null) return { result: 'warn', message, hint: 'Treat this as a loss of unknown size.' }
      if (lossBytes === 0 && lossBound === 'as-read') return { result: 'pass', message, hint: null }
      const over = lossBytes > limits.warning ? `; over the limit of ${formatBytes(limits.warning)}` : ''
      const hint = `If ${name} can return, nothing needs to be lost.`
      return { result: 'warn', message: `${message}${over}`, hint }
    },
  }
}
