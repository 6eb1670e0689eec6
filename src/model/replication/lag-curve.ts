// How far behind a standby was at each of its readings, from the histories of both ends.

import type { DatabaseSample } from '../measured/snapshot.ts'
import { bytesBetween, type Lsn } from '../values/lsn.ts'

/** Bytes from the upstream's position at that time to what the standby had replayed, and to what it had received; null if unknown. */
export interface LagPoint {
  readonly at: number
  readonly bytes: number | null
  readonly unreceivedBytes: number | null
}

/**
 * Returns one point per reading of the standby, oldest first. Between two readings the upstream's growth counts as
 * even.
 */
export function lagCurve(
  upstream: readonly DatabaseSample[],
  downstream: readonly DatabaseSample[],
): readonly LagPoint[] {
  const known = upstream.flatMap(({ at, lsn }) => (lsn === null ? [] : [{ at, lsn }]))
  let next = 0
  return downstream.map(({ at, lsn, replayedLsn }): LagPoint => {
    while (next < known.length && (known[next]?.at ?? 0) <= at) next += 1
    const source = between(known[next - 1], known[next], at)
    if (source === null || replayedLsn === null) return { at, bytes: null, unreceivedBytes: null }
    // It can't have received what was not written yet.
    const end = lsn !== null && lsn > source ? lsn : source
    return { at, bytes: bytesBetween(end, replayedLsn), unreceivedBytes: lsn === null ? null : bytesBetween(end, lsn) }
  })
}

interface Known {
  readonly at: number
  readonly lsn: Lsn
}

function between(before: Known | undefined, after: Known | undefined, at: number): Lsn | null {
  if (!before) return null
  if (!after) return before.lsn
  const share = (at - before.at) / Math.max(1, after.at - before.at)
  return before.lsn + BigInt(Math.round(bytesBetween(after.lsn, before.lsn) * share))
}
