// The history of this session: its last moments, one per interval, limited by number and by memory.

import { memoryBeyond } from './memory-estimate.ts'
import type { ClusterState, HistoryMoment, StateHistory } from './state.ts'

export const EMPTY_HISTORY: StateHistory = []

/** Half an hour at two seconds. */
const MOST = 900
/** A few servers fill this in some ten minutes. Larger clusters may use more, or they could look back only seconds. */
const LEAST_BYTES = 8 * 1024 ** 2
const BYTES_PER_TARGET = 100 * 1024

/**
 * Returns the moments with the current one. It replaces an earlier moment of the same interval, so that each is the end
 * of a round. The oldest are dropped when they are too many or use too much memory. The newest always stays.
 */
export function recordMoment(
  moments: StateHistory,
  now: Omit<HistoryMoment, 'weight'>,
  intervalMs: number,
): StateHistory {
  const place = (at: number) => Math.floor(at / intervalMs)
  const last = moments.at(-1)
  const kept = last && place(last.at) === place(now.at) ? moments.slice(0, -1) : moments
  const before = kept.at(-1)
  const weight = weightOfClusters(now.clusters, before?.clusters) + memoryBeyond(now.host, before?.host)
  return bounded([...kept, { ...now, weight }], bytesAllowed(now.clusters))
}

interface Weighed {
  /** A weak reference: each moment is weighed against the one before it, and that chain must not retain all moments. */
  readonly before: WeakRef<ClusterState> | undefined
  readonly weight: number
}

/** Weighing is slow. With many clusters each publish changes only a few of them, and the rest is weighed already. */
const weighed = new WeakMap<ClusterState, Weighed>()

function weightOfClusters(clusters: readonly ClusterState[], before: readonly ClusterState[] | undefined): number {
  return clusters.reduce((sum, cluster, index) => sum + weightOfCluster(cluster, before?.[index]), 0)
}

function weightOfCluster(cluster: ClusterState, before: ClusterState | undefined): number {
  if (cluster === before) return 0
  const known = weighed.get(cluster)
  if (known && known.before?.deref() === before) return known.weight
  const weight = memoryBeyond(cluster, before)
  weighed.set(cluster, { before: before && new WeakRef(before), weight })
  return weight
}

function bytesAllowed(clusters: readonly ClusterState[]): number {
  const targets = clusters.reduce((sum, { databases, servers, hosts }) => {
    return sum + databases.length + servers.length + hosts.length
  }, 0)
  return LEAST_BYTES + targets * BYTES_PER_TARGET
}

function bounded(moments: StateHistory, bytes: number): StateHistory {
  let first = moments.length
  let weight = 0
  while (first > Math.max(0, moments.length - MOST)) {
    weight += moments[first - 1]?.weight ?? 0
    if (weight > bytes && first < moments.length) break
    first -= 1
  }
  return first === 0 ? moments : moments.slice(first)
}

/**
 * Returns the moment that was on the screen at that time; the oldest if that is no longer stored; null if there is
 * none.
 */
export function momentAt(moments: StateHistory, at: number): HistoryMoment | null {
  return moments.findLast((moment) => moment.at <= at) ?? moments[0] ?? null
}

/** Returns the time one step before `at` (null: before now); null if there is no earlier moment. */
export function stepBack(moments: StateHistory, at: number | null, now: readonly ClusterState[]): number | null {
  // The newest moment is on the screen anyway while nothing was measured since.
  const seen = at ?? (moments.at(-1)?.clusters === now ? moments.at(-1)?.at : undefined) ?? Number.POSITIVE_INFINITY
  return moments.findLast((moment) => moment.at < seen)?.at ?? null
}

/** Returns the time one step after `at`; null: the next one is now. */
export function stepForward(moments: StateHistory, at: number): number | null {
  const next = moments.find((moment) => moment.at > at)
  return next === undefined || next === moments.at(-1) ? null : next.at
}
