// Checks of what a promotion loses: whether another standby has more WAL, and which commits no standby has.

import { LIVE_TOLERANCE_BYTES } from '../../model/failover/candidate.ts'
import { lossSentence } from '../../model/failover/loss-text.ts'
import type { Limits } from '../../model/measured/spec.ts'
import type { OtherHistory } from '../../model/picture/other-history.ts'
import { isReadAsPrimary } from '../../model/picture/roles.ts'
import { areComparableTimelines } from '../../model/replication/timelines.ts'
import { bytesBetween, formatLsn } from '../../model/values/lsn.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { UNKNOWN_LOSS } from './cost.ts'

/** Fails for a target on another timeline than its primary. Warns if another standby has received more. */
export function bestCandidateCheck({ target, primary, isPrimaryUp, estimate }: PromotionParticipants): PreflightCheck {
  return {
    id: 'best-candidate',
    mayOverride: true,
    run({ snapshot }): PreflightResult {
      if (target.otherHistory) return ofItsOwn(target.name, target.otherHistory)
      const seen = snapshot.databases.find(({ spec }) => spec.id === primary?.id)?.lastSeenAsPrimary
      const timeline = primary && isReadAsPrimary(primary) ? primary.timeline : (seen?.timeline ?? null)
      if (target.timeline !== null && timeline !== null && target.timeline !== timeline) {
        const message = `${target.name} is on timeline ${target.timeline}, ${primary?.name} was on ${timeline}`
        return {
          result: 'fail',
          message,
          hint: 'Its timeline history differs: promote a standby that followed the primary.',
        }
      }
      const apart = estimate.otherCandidates.filter((rival) => !areComparableTimelines(rival.timeline, target.timeline))
      const fitting = estimate.otherCandidates.filter((rival) => !apart.includes(rival))
      const ahead = fitting.flatMap(({ name, received }) => {
        const bytes = received === null || estimate.received === null ? 0 : bytesBetween(received, estimate.received)
        return bytes > (isPrimaryUp ? LIVE_TOLERANCE_BYTES : 0) ? [{ name, bytes }] : []
      })
      const [best] = ahead.toSorted((a, b) => b.bytes - a.bytes)
      if (best) {
        const message = `${best.name} has received ${formatBytes(best.bytes)} more than ${target.name}`
        return {
          result: 'warn',
          message,
          hint: `Promote ${best.name} instead: standbys ahead of the new primary must be rewound or rebuilt.`,
        }
      }
      if (apart.length > 0) {
        const names = apart.map(({ name, timeline }) => `${name} (timeline ${timeline})`).join(', ')
        const message = `${target.name} is on timeline ${target.timeline}; what it lacks of ${names} is unknown: positions of two timelines are not comparable`
        return { result: 'warn', message, hint: 'Check which of them has the users’ last commits.' }
      }
      const unknown = fitting.filter(({ received }) => received === null)
      if (estimate.received === null || unknown.length > 0) {
        const names = unknown.map(({ name }) => name).join(', ')
        return {
          result: 'warn',
          message: `what ${names === '' ? target.name : names} has received is unknown`,
          hint: null,
        }
      }
      const others =
        estimate.otherCandidates.length === 0
          ? 'it is the only standby that pgdeck can read'
          : 'no other standby has more'
      return {
        result: 'pass',
        message: `${target.name} has received up to ${formatLsn(estimate.received)}: ${others}`,
        hint: null,
      }
    },
  }
}

function ofItsOwn(name: string, { why }: OtherHistory): PreflightResult {
  const hint = 'Promote a standby that followed the primary; rewind or rebuild this one.'
  return { result: 'fail', message: `${name} has another history: ${why}`, hint }
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
          message: `at least 0 B: pgdeck can’t read the end of WAL of ${name}, so what it writes after its last reading is unknown`,
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
      const message = lossSentence(estimate, name)
      if (lossBound === 'none-confirmed') return { result: 'pass', message, hint: null }
      if (lossBytes === null) return { result: 'warn', message, hint: 'Treat this as a loss of unknown size.' }
      if (lossBytes === 0 && lossBound === 'as-read') return { result: 'pass', message, hint: null }
      const over = lossBytes > limits.warning ? `; over the limit of ${formatBytes(limits.warning)}` : ''
      const hint = `If ${name} can return, nothing needs to be lost.`
      return { result: 'warn', message: `${message}${over}`, hint }
    },
  }
}
