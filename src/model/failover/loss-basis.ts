// What a failover estimate rests on: the primary's last known position, and what a standby has yet to replay.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { FailoverEstimate, LossBound } from '../picture/picture.ts'
import { endOfWal, isWritable, standbyPositionOf } from '../picture/roles.ts'
import { lastSeenPrimaryOf, type Member } from '../replication/member.ts'
import {
  areComparableTimelines,
  onNewestTimeline,
  type TimelinePosition,
  timelineOfMember,
} from '../replication/timelines.ts'
import { bytesBetween, furthestLsn, type Lsn } from '../values/lsn.ts'
import type { FailoverCandidate } from './candidate.ts'

/** What is known of the primary's end of log, and how old that is. */
export interface LossBasis {
  readonly kind: FailoverEstimate['basis']
  readonly lsn: Lsn | null
  /** The one that the position is on; null where that is not known. */
  readonly timeline: number | null
  readonly ageMs: number
}

/** Its own reading when it answers, else the furthest that itself, the memory on disk or its standbys last told. */
export function lossBasisOf(primary: Member, candidates: readonly FailoverCandidate[], now: number): LossBasis {
  if (isWritable(primary))
    return {
      kind: 'live',
      lsn: endOfWal(primary),
      timeline: timelineOfMember(primary),
      ageMs: Math.max(0, now - (primary.readAt ?? now)),
    }
  const positions: (TimelinePosition & { readonly at: number })[] = []
  const own = endOfWal(primary)
  if (own !== null && primary.readAt !== null)
    positions.push({ lsn: own, timeline: timelineOfMember(primary), at: primary.readAt })
  const seen = lastSeenPrimaryOf(primary)
  if (seen) positions.push(seen)
  for (const { member: node } of candidates) {
    const receiver = standbyPositionOf(node)?.receiver
    if (receiver?.latestEndLsn != null && node.readAt !== null) {
      const at = node.readAt - (receiver.lastMessageAgeSeconds ?? 0) * 1000
      positions.push({ lsn: receiver.latestEndLsn, timeline: receiver.receivedTimeline, at })
    }
  }
  // What a standby has, the primary has written, also where another one is asked about.
  const last = Math.max(...positions.map(({ at }) => at))
  for (const { member: node, received } of candidates) {
    const timeline = timelineOfMember(node)
    const isOfIts = positions.length > 0 && positions.every((each) => areComparableTimelines(each.timeline, timeline))
    if (received !== null && isOfIts) positions.push({ lsn: received, timeline, at: last })
  }
  const newest = onNewestTimeline(positions)
  const lsn = furthestLsn(...newest.map((seenAs) => seenAs.lsn))
  const furthestTold = newest.filter((seenAs) => seenAs.lsn === lsn)
  const at = Math.max(...furthestTold.map((seenAs) => seenAs.at))
  const timeline = furthestTold.find((seenAs) => seenAs.timeline !== null)?.timeline ?? null
  return { kind: 'last-seen', lsn, timeline, ageMs: lsn === null ? 0 : Math.max(0, now - at) }
}

/**
 * What a loss may be said to be. A reading that is older than two intervals and the time of an answer tells as little of the
 * present as one of a primary that is gone: `covered`, that every confirmed commit was on the standby, was true when
 * the primary was read, and its settings may be others since.
 */
export function lossBoundFor(
  { kind, ageMs }: LossBasis,
  lossBytes: number | null,
  { covered, readAt }: { readonly covered: boolean; readonly readAt: number | null },
  { intervalMs, spec }: ClusterSnapshot,
  now: number,
): LossBound | null {
  const mostMs = 2 * intervalMs + spec.timeoutMs
  if (covered && readAt !== null && now - readAt <= mostMs) return 'none-confirmed'
  if (lossBytes === null) return null
  return kind === 'live' && ageMs <= mostMs ? 'as-read' : 'at-least'
}

/** Bytes received but not replayed. */
export function replayBacklogBytes(node: Pick<Member, 'pulse'>): number | null {
  const standby = standbyPositionOf(node)
  const received = endOfWal(node)
  return !standby?.replayedLsn || received === null ? null : bytesBetween(received, standby.replayedLsn)
}
