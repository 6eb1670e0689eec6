// Derives the picture of every cluster from its readings, and the events from what changed.

import { derivePicture } from '../model/derive-picture.ts'
import { deriveEvents } from '../model/events/derive-events.ts'
import type { ClusterSnapshot } from '../model/measured/snapshot.ts'
import type { Picture } from '../model/picture/picture.ts'
import { PROFILE_CONDITIONS } from '../profiles/conditions.ts'
import { withoutExpired } from './silences.ts'
import { type ClusterState, MAX_EVENTS, type State } from './state.ts'

/** Time alone changes facts too (ages, durations): an older picture is derived again in any case. */
const LONGEST_MS = 5_000

/**
 * Returns the state with all derived facts as of `at`. A cluster without new readings keeps its picture for up to an
 * interval. Otherwise, with many clusters, each answer of one would derive all of them again.
 */
export function derive(state: State, at: number): State {
  return {
    ...state,
    now: at,
    clusters: state.clusters.map((cluster) =>
      isCurrent(state, cluster, at) ? cluster : withoutExpired(cluster, derived(state, cluster, at)),
    ),
  }
}

/** A cluster in the form that the rules of the model take. */
export function snapshotOf(state: State, cluster: ClusterState): ClusterSnapshot {
  const {
    spec,
    databases,
    servers,
    hosts,
    portChecks,
    actingPrimary,
    managerBefore,
    managerSources,
    entryPoints,
    pollingPausedSince,
  } = cluster
  const pause = pollingPausedSince === undefined ? {} : { pausedSince: pollingPausedSince }
  const seen = {
    ...(portChecks ? { portChecks } : {}),
    ...(actingPrimary ? { actingPrimary } : {}),
    ...(managerBefore ? { lastSeenManager: managerBefore } : {}),
    ...(managerSources ? { managerSources } : {}),
    ...(entryPoints ? { entryPoints } : {}),
    ...pause,
  }
  return { spec, databases, servers, hosts, ...seen, host: state.host, intervalMs: state.intervalMs }
}

/** The snapshot of each picture. It is outside of the state, so that history moments do not retain it. */
const madeFrom = new WeakMap<Picture, ClusterSnapshot>()

function isCurrent(state: State, cluster: ClusterState, at: number): boolean {
  const { picture } = cluster
  const from = picture && madeFrom.get(picture)
  if (!picture || !from) return false
  const age = at - picture.at
  return (
    age >= 0 &&
    age < Math.min(state.intervalMs, LONGEST_MS) &&
    from.intervalMs === state.intervalMs &&
    from.spec === cluster.spec &&
    from.databases === cluster.databases &&
    from.servers === cluster.servers &&
    from.hosts === cluster.hosts &&
    from.portChecks === cluster.portChecks &&
    from.actingPrimary === cluster.actingPrimary &&
    from.lastSeenManager === cluster.managerBefore &&
    from.managerSources === cluster.managerSources &&
    from.entryPoints === cluster.entryPoints &&
    from.pausedSince === cluster.pollingPausedSince
  )
}

function derived(state: State, cluster: ClusterState, at: number): ClusterState {
  const snapshot = snapshotOf(state, cluster)
  const picture = derivePicture(snapshot, cluster.picture, at, PROFILE_CONDITIONS)
  madeFrom.set(picture, snapshot)
  const complete = cluster.complete || everyTargetAnswered(cluster)
  if (!cluster.picture || !cluster.complete) return { ...cluster, picture, complete }
  const news = deriveEvents(cluster.picture, picture)
  if (news.length === 0) return { ...cluster, picture }
  return { ...cluster, picture, events: [...[...news].reverse(), ...cluster.events].slice(0, MAX_EVENTS) }
}

function everyTargetAnswered(cluster: ClusterState): boolean {
  return [...cluster.databases, ...cluster.servers].every((record) => record.pulse.state !== 'waiting')
}
