// How fast a server commits, rolls back and writes WAL, from its readings. What begins anew in between is unknown, never
// negative.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { DatabaseSample, TransactionSample } from '../measured/snapshot.ts'
import { type Throughput, UNKNOWN_THROUGHPUT } from '../values/throughput.ts'

/** What a sample keeps of the counters; null: they are not told. */
export function transactionSample({ transactionCounters, postmasterStart }: DatabasePulse): TransactionSample | null {
  if (!transactionCounters) return null
  const { committed, rolledBack, resetAt, databases } = transactionCounters
  if (committed === null || postmasterStart === null) return null
  return { committed, rolledBack, countedSince: `${postmasterStart} ${resetAt} ${databases}` }
}

/** Sessions report what they did about once a second: a shorter time shows that rhythm. */
const SHORTEST_MS = 1900
/** The figure of now is an average of this time, or of two readings. */
const NOW_MS = 5_000

/** The rates of now, over some seconds. */
export function throughputOf(history: readonly DatabaseSample[], intervalMs: number): Throughput {
  return ratesBefore(history, history.length - 1, NOW_MS, intervalMs) ?? UNKNOWN_THROUGHPUT
}

export interface ThroughputPoint extends Throughput {
  readonly at: number
}

/** One point per reading after the first, oldest first. */
export function throughputCurve(history: readonly DatabaseSample[], intervalMs: number): readonly ThroughputPoint[] {
  return history.slice(1).map(({ at }, index): ThroughputPoint => {
    const rates = ratesBefore(history, index + 1, SHORTEST_MS, intervalMs)
    return { at, ...(rates ?? UNKNOWN_THROUGHPUT) }
  })
}

/** The rates up to one sample, since the newest sample that is at least so much older. */
function ratesBefore(
  history: readonly DatabaseSample[],
  index: number,
  atLeastMs: number,
  intervalMs: number,
): Throughput | null {
  const to = history[index]
  if (!to) return null
  for (let earlier = index - 1; earlier >= 0; earlier -= 1) {
    const from = history[earlier]
    const after = history[earlier + 1]
    if (!from || !after || after.at - from.at > longestGap(intervalMs)) return null
    if (to.at - from.at >= atLeastMs) return ratesBetween(from, to)
  }
  return null
}

/** Over a longer time without a reading, an average says nothing about any moment of it. */
function longestGap(intervalMs: number): number {
  return Math.max(15_000, 3 * intervalMs)
}

function ratesBetween(from: DatabaseSample, to: DatabaseSample): Throughput {
  const seconds = (to.at - from.at) / 1000
  const [before, after] = [from.transactions, to.transactions]
  const isOne = before && after && before.countedSince === after.countedSince
  const walBytes =
    from.lsn === null || to.lsn === null || to.lsn < from.lsn ? null : Number(to.lsn - from.lsn) / seconds
  if (!isOne) return { ...UNKNOWN_THROUGHPUT, walBytes }
  return {
    commits: grown(before.committed, after.committed, seconds),
    rollbacks: grown(before.rolledBack, after.rolledBack, seconds),
    walBytes,
  }
}

/** A crash empties the statistics: what is less than before began anew. */
function grown(before: number | null, after: number | null, seconds: number): number | null {
  if (before === null || after === null || after < before) return null
  return (after - before) / seconds
}
