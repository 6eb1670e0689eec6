// What this session recorded: the last moments, one per interval, to step back through. Bounded by number and by weight.

import { memoryBeyond } from './memory-estimate.ts'
import type { ClusterState, HistoryMoment, StateHistory } from './state.ts'

export const EMPTY_HISTORY: StateHistory = []

/** Half an hour at two seconds. */
const MOST = 900
/** What a few nodes fill in some ten minutes; larger clusters may take more, or they could look back only seconds. */
const LEAST_BYTES = 8 * 1024 ** 2
const BYTES_PER_TARGET = 100 * 1024

/**
 * The moments with the one of now. A moment of the same interval gives way to it, so that each is the end of a round
 * rather than its beginning; the oldest go when there are too many or when they are too heavy. The newest always stays.
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
  /** Held weakly: each is weighed against the one before it, and that chain must not keep all that ever was. */
  readonly before: WeakRef<ClusterState> | undefined
  readonly weight: number
}

/** Weighing takes long beside all else: with many clusters each publish is of a few of them, the rest is weighed already. */
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

/** The moment that was on the screen at that time; the oldest when it is no longer kept; null when none is. */
export function momentAt(moments: StateHistory, at: number): HistoryMoment | null {
  return moments.findLast((moment) => moment.at <= at) ?? moments[0] ?? null
}

/** The time one step before `at` (null: before now); null when nothing was recorded before this. */
export function stepBack(moments: StateHistory, at: number | null, now: readonly ClusterState[]): number | null {
  // The newest moment is what is on the screen anyway, as long as nothing was measured since.
  const seen = at ?? (moments.at(-1)?.clusters === now ? moments.at(-1)?.at : undefined) ?? Number.POSITIVE_INFINITY
  return moments.findLast((moment) => moment.at < seen)?.at ?? null
}

/** The time one step after `at`; null: what comes after is now. */
export function stepForward(moments: StateHistory, at: number): number | null {
  const next = moments.find((moment) => moment.at > at)
  return next === undefined || next === moments.at(-1) ? null : next.at
}
