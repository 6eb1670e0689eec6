// Joins what several processes recorded at the same time, each of them other clusters.

import type { StateHistory } from '../state.ts'

/** A process that was busy has its moment a while before; one that polls at a slower pace, up to two of its intervals. */
const LATEST_MS = 30_000

/**
 * Returns the moments of all, each with every cluster as it was at that time. A cluster is left out where nobody had recorded
 * it for 30 seconds or two intervals; where two have it, the first one's is taken.
 */
export function joinMoments(histories: readonly StateHistory[]): StateHistory {
  const [only] = histories
  if (histories.length < 2) return only ?? []
  const places = histories.map(() => 0)
  const latestMs = histories.map((history) => Math.max(LATEST_MS, 2 * stepOf(history)))
  const times = histories
    .flat()
    .toSorted((one, other) => one.at - other.at)
    .filter(({ at }, index, all) => at !== all[index + 1]?.at)
  return times.map((moment) => {
    const known = new Set<string>()
    const clusters = histories.flatMap((history, index) => {
      let place = places[index] ?? 0
      while ((history[place]?.at ?? Number.POSITIVE_INFINITY) <= moment.at) place += 1
      places[index] = place
      const latest = history[place - 1]
      if (!latest || moment.at - latest.at > (latestMs[index] ?? LATEST_MS)) return []
      const added = latest.clusters.filter(({ spec }) => !known.has(spec.name))
      for (const { spec } of added) known.add(spec.name)
      return added
    })
    return { ...moment, clusters: clusters.toSorted((one, other) => (one.spec.name < other.spec.name ? -1 : 1)) }
  })
}

/** Between two of its moments, in milliseconds. */
function stepOf(history: StateHistory): number {
  const [first, last] = [history[0], history.at(-1)]
  return first && last && history.length > 1 ? (last.at - first.at) / (history.length - 1) : 0
}
