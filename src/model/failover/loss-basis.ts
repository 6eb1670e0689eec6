// What a failover estimate rests on: the primary's last known position, and what a standby has yet to replay.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { FailoverEstimate, LossBound } from '../picture/picture.ts'
import { endOfLog, isWritable, lastSeenOf, type Node, standbyOf } from '../replication/member.ts'
import { areComparable, onNewest, type Place, timelineOf } from '../replication/timelines.ts'
import { bytesBetween, furthest, type Lsn } from '../values/lsn.ts'
import type { Candidate } from './candidate.ts'

/** What is known of the primary's end of log, and how old that is. */
export interface Basis {
  readonly kind: FailoverEstimate['basis']
  readonly lsn: Lsn | null
  /** The one that the position is on; null where that is not known. */
  readonly timeline: number | null
  readonly ageMs: number
}

/** Its own reading when it answers, else the furthest that itself, the memory on disk or its standbys last told. */
export function basisOf(primary: Node, candidates: readonly Candidate[], now: number): Basis {
  if (isWritable(primary))
    return {
      kind: 'live',
      lsn: endOfLog(primary),
      timeline: timelineOf(primary),
      ageMs: Math.max(0, now - (primary.at ?? now)),
    }
  const told: (Place & { readonly at: number })[] = []
  const own = endOfLog(primary)
  if (own !== null && primary.at !== null) told.push({ lsn: own, timeline: timelineOf(primary), at: primary.at })
  const seen = lastSeenOf(primary)
  if (seen) told.push(seen)
  for (const { node } of candidates) {
    const receiver = standbyOf(node)?.receiver
    if (receiver?.latestEndLsn != null && node.at !== null) {
      const at = node.at - (receiver.silenceSeconds ?? 0) * 1000
      told.push({ lsn: receiver.latestEndLsn, timeline: receiver.receivedTimeline, at })
    }
  }
  // What a standby has, the primary has written, also where another one is asked about.
  const last = Math.max(...told.map(({ at }) => at))
  for (const { node, received } of candidates) {
    const timeline = timelineOf(node)
    const isOfIts = told.length > 0 && told.every((each) => areComparable(each.timeline, timeline))
    if (received !== null && isOfIts) told.push({ lsn: received, timeline, at: last })
  }
  const newest = onNewest(told)
  const lsn = furthest(...newest.map((seenAs) => seenAs.lsn))
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
export function boundOf(
  { kind, ageMs }: Basis,
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
export function backlogOf(node: Node): number | null {
  const standby = standbyOf(node)
  const received = endOfLog(node)
  return !standby?.replayedLsn || received === null ? null : bytesBetween(received, standby.replayedLsn)
}
