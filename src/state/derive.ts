// Derives the picture of every cluster from its readings, and tells what changed as events.

import { assess } from '../model/assess.ts'
import { narrate } from '../model/narrate.ts'
import type { ClusterSnapshot } from '../model/snapshot.ts'
import { withoutOver } from './silences.ts'
import { type ClusterState, EVENTS_KEPT, type State } from './state.ts'

/** The state with all derived facts as of `at`. */
export function derive(state: State, at: number): State {
  return {
    ...state,
    now: at,
    clusters: state.clusters.map((cluster) => withoutOver(cluster, derived(state, cluster, at))),
  }
}

/** A cluster as the pure rules of the model want it. */
export function snapshotOf(state: State, cluster: ClusterState): ClusterSnapshot {
  const { spec, databases, servers, hosts } = cluster
  return { spec, databases, servers, hosts, host: state.host, intervalMs: state.intervalMs }
}

function derived(state: State, cluster: ClusterState, at: number): ClusterState {
  const picture = assess(snapshotOf(state, cluster), cluster.picture, at)
  const complete = cluster.complete || everyTargetAnswered(cluster)
  if (!cluster.picture || !cluster.complete) return { ...cluster, picture, complete }
  const news = narrate(cluster.picture, picture)
  if (news.length === 0) return { ...cluster, picture }
  return { ...cluster, picture, happenings: [...[...news].reverse(), ...cluster.happenings].slice(0, EVENTS_KEPT) }
}

function everyTargetAnswered(cluster: ClusterState): boolean {
  return [...cluster.databases, ...cluster.servers].every((record) => record.pulse.state !== 'waiting')
}
