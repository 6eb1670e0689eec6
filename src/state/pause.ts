// Pausing and going on: while polling rests because somebody asked for it, that readings get old shows nothing.

import type { ClusterState, State } from './state.ts'

/** The state after polling was paused or goes on. Going on, a cluster rests until its first round has ended. */
export function withPaused(state: State, isPaused: boolean): State {
  if (!isPaused) return { ...state, paused: false }
  const clusters = state.clusters.map((cluster) => ({ restsSince: state.now, ...cluster }))
  return { ...state, paused: true, clusters }
}

/** The cluster after a round that took `roundMs`. One that was still going on when polling was paused ends no rest. */
export function withPollEnded(cluster: ClusterState, roundMs: number, isPaused: boolean): ClusterState {
  if (isPaused) return { ...cluster, pollDurationMs: roundMs }
  const { restsSince: _, ...polled } = cluster
  return { ...polled, pollDurationMs: roundMs }
}
