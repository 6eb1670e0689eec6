// Checks before a standby is pointed at another upstream: that it can replicate from there.

import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import { areMirrored } from '../../model/replication/mirrored-pair.ts'
import { formatLsn, furthestLsn } from '../../model/values/lsn.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { type TimelineFork, timelineForkOf } from '../repoint/timeline-fork.ts'

/** Fails if the upstream can't be read. */
export function upstreamIsReadable(upstream: string): PreflightCheck {
  return {
    id: 'upstream-answers',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, upstream)
      if (view?.problem) return { result: 'fail', message: view.problem.message, hint: view.problem.hint }
      return { result: 'pass', message: `${view?.name ?? upstream} answers`, hint: null }
    },
  }
}

/** Fails if the system identifiers differ: the WAL of another system does not fit this standby. */
export function sameSystemIdentifier(standby: string, upstream: string): PreflightCheck {
  return {
    id: 'same-system',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const [own, other] = [standby, upstream].map((id) => findDatabase(clusterView, id)?.systemIdentifier ?? null)
      if (areMirrored(clusterView.picture, { id: standby }, { id: upstream })) {
        return {
          result: 'fail',
          message: `${standby} belongs to the other side of the mirrored databases than ${upstream}`,
          hint: 'Each side has its own writes: neither can follow the other.',
        }
      }
      if (own === null || other === null)
        return { result: 'fail', message: 'the system identifiers are unknown', hint: null }
      if (own === other) return { result: 'pass', message: `both have system identifier ${own}`, hint: null }
      return {
        result: 'fail',
        message: `${standby} has system identifier ${own}, ${upstream} has ${other}`,
        hint: 'A standby can follow only a server with the same system identifier.',
      }
    },
  }
}

/** Fails if the upstream itself replicates from the standby: they would form a loop. */
export function noReplicationLoop(standby: string, upstream: string): PreflightCheck {
  return {
    id: 'no-circle',
    mayOverride: false,
    run({ picture }): PreflightResult {
      if (!isBelow(picture, upstream, standby))
        return { result: 'pass', message: 'it is not upstream of its new upstream', hint: null }
      return {
        result: 'fail',
        message: `${upstream} replicates from ${standby}: replication would form a circle`,
        hint: 'Choose the primary, or a standby that does not follow it.',
      }
    },
  }
}

function isBelow({ databases }: Picture, id: string, above: string): boolean {
  const seen = new Set<string>()
  for (let at: string | null = id; at !== null && !seen.has(at); ) {
    seen.add(at)
    const view = databases.find((each) => each.id === at)
    at = view?.upstreamId ?? null
    if (at === above) return true
  }
  return false
}

/**
 * Fails if the upstream is on an older timeline, and if the standby is beyond the point where the upstream's newer
 * timeline began. On the same timeline it warns if the upstream has less WAL than the standby.
 */
export function timelineIsCompatible(standby: string, upstream: string): PreflightCheck {
  return {
    id: 'timeline',
    mayOverride: true,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      const own = findDatabase(clusterView, standby)
      const other = findDatabase(clusterView, upstream)
      const [from, to] = [own?.timeline ?? null, other?.timeline ?? null]
      if (!own || !other || from === null || to === null)
        return { result: 'warn', message: 'the timelines are unknown', hint: null }
      if (own.otherHistory)
        return {
          result: 'fail',
          message: `${own.name} has another history: ${own.otherHistory.why}`,
          hint: 'Its timeline history differs: rewind or rebuild it.',
        }
      if (to < from)
        return {
          result: 'fail',
          message: `${other.name} is on timeline ${to}, ${own.name} on ${from}`,
          hint: 'A standby can’t return to an older timeline: rebuild it from there.',
        }
      if (to > from) return onLaterTimeline(own, other, from, await timelineForkOf(upstream, from, tools))
      const ahead =
        own.lsn !== null && other.lsn !== null && furthestLsn(own.lsn, other.lsn) === own.lsn && own.lsn !== other.lsn
      const message = `${other.name} is on timeline ${to}, ${own.name} on ${from}`
      return {
        result: ahead ? 'warn' : 'pass',
        message: ahead ? `${message}, and is behind in WAL` : message,
        hint: ahead ? 'The standby waits until its upstream has that WAL.' : null,
      }
    },
  }
}

/**
 * Positions of two timelines can't be compared. Only the point where the upstream left the standby's timeline decides.
 */
function onLaterTimeline(own: DatabaseView, other: DatabaseView, from: number, fork: TimelineFork): PreflightResult {
  const where = `${other.name} is on timeline ${other.timeline}, ${own.name} on ${from}`
  const hint = 'Its timeline history differs: rewind or rebuild it.'
  if (fork.kind === 'unknown') {
    const message = `${where}; whether ${own.name} is past the switch point of that timeline is unknown: ${fork.why}`
    return { result: 'warn', message, hint: 'If it is, it can’t follow: rewind or rebuild it.' }
  }
  if (fork.kind === 'none')
    return { result: 'fail', message: `${where}, which is not in the history of ${other.name}`, hint }
  const began = `${other.name} left timeline ${from} at ${formatLsn(fork.lsn)}`
  if (own.lsn === null)
    return { result: 'warn', message: `${began}; the position of ${own.name} is unknown`, hint: null }
  if (own.lsn > fork.lsn) return { result: 'fail', message: `${began}, ${own.name} has ${formatLsn(own.lsn)}`, hint }
  return { result: 'pass', message: `${began}, ${own.name} has no more than that`, hint: null }
}
