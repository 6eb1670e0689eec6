// The basis of a failover estimate: the primary's last known position, and what a standby has yet to replay.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { FailoverEstimate, LossBound } from '../picture/picture.ts'
import { endOfWal, isWritable, standbyPositionOf } from '../picture/roles.ts'
import { lastSeenPrimaryOf, type Member } from '../replication/member.ts'
import { waitsForWal } from '../replication/replay-stall.ts'
import {
  areComparableTimelines,
  onNewestTimeline,
  type TimelinePosition,
  timelineOfMember,
} from '../replication/timelines.ts'
import { bytesBetween, furthestLsn, type Lsn } from '../values/lsn.ts'
import type { FailoverCandidate } from './candidate.ts'

/** The primary's last known end of WAL, and its age. */
export interface LossBasis {
  readonly kind: FailoverEstimate['basis']
  readonly lsn: Lsn | null
  /** The timeline of the position; null if unknown. */
  readonly timeline: number | null
  readonly ageMs: number
}

/** Its own reading if it answers, else the furthest position that it, the state folder or its standbys last showed. */
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
  // The primary has written what a standby has received, whichever standby that is.
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
 * Returns what the loss in bytes means. A reading older than two intervals and the time of an answer says as little of
 * the present as one of a failed primary: `covered` (the standby had every confirmed commit) was true at that reading,
 * and the settings may have changed since.
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

/** Bytes received but not replayed; 0 where only a part of a record is left. */
export function replayBacklogBytes(node: Pick<Member, 'pulse'>): number | null {
  const standby = standbyPositionOf(node)
  const received = endOfWal(node)
  if (!standby?.replayedLsn || received === null) return null
  return node.pulse && waitsForWal(node.pulse) ? 0 : bytesBetween(received, standby.replayedLsn)
}
