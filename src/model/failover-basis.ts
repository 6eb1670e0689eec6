// What a failover estimate rests on: the primary's last known position, and what a standby has yet to replay.

import type { Candidate } from './candidate.ts'
import { bytesBetween, furthest, type Lsn } from './lsn.ts'
import { endOfLog, isWritable, lastSeenOf, type Node, standbyOf } from './node.ts'
import type { FailoverEstimate, LossBound } from './picture.ts'
import type { ClusterSnapshot } from './snapshot.ts'

/** What is known of the primary's end of log, and how old that is. */
export interface Basis {
  readonly kind: FailoverEstimate['basis']
  readonly lsn: Lsn | null
  readonly ageMs: number
}

/** Its own reading when it answers, else the furthest that itself, the memory on disk or its standbys last told. */
export function basisOf(primary: Node, candidates: readonly Candidate[], now: number): Basis {
  if (isWritable(primary))
    return { kind: 'live', lsn: endOfLog(primary), ageMs: Math.max(0, now - (primary.at ?? now)) }
  const told: { readonly lsn: Lsn; readonly at: number }[] = []
  const own = endOfLog(primary)
  if (own !== null && primary.at !== null) told.push({ lsn: own, at: primary.at })
  const seen = lastSeenOf(primary)
  if (seen) told.push(seen)
  for (const { node } of candidates) {
    const receiver = standbyOf(node)?.receiver
    if (receiver?.latestEndLsn != null && node.at !== null) {
      told.push({ lsn: receiver.latestEndLsn, at: node.at - (receiver.silenceSeconds ?? 0) * 1000 })
    }
  }
  const lsn = furthest(...told.map((seenAs) => seenAs.lsn))
  const newest = Math.max(...told.filter((seenAs) => seenAs.lsn === lsn).map((seenAs) => seenAs.at))
  return { kind: 'last-seen', lsn, ageMs: lsn === null ? 0 : Math.max(0, now - newest) }
}

/** A reading that is older than two intervals tells as little of the present as one of a primary that is gone. */
export function boundOf(
  { kind, ageMs }: Basis,
  lossBytes: number | null,
  { intervalMs }: ClusterSnapshot,
): LossBound | null {
  if (lossBytes === null) return null
  return kind === 'live' && ageMs <= 2 * intervalMs ? 'as-read' : 'at-least'
}

/** Bytes received but not replayed. */
export function backlogOf(node: Node): number | null {
  const standby = standbyOf(node)
  const received = endOfLog(node)
  return !standby?.replayedLsn || received === null ? null : bytesBetween(received, standby.replayedLsn)
}
