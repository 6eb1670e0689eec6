// States with a picture, for tests of what commands print of them.

import { derivePicture } from '../../src/model/derive-picture.ts'
import type { ClusterSnapshot } from '../../src/model/measured/snapshot.ts'
import { initialState } from '../../src/state/initial-state.ts'
import type { ClusterState, State } from '../../src/state/state.ts'
import { NOW } from './snapshot.ts'

/** The state after the snapshots were taken and assessed. */
export function stateOf(...snapshots: readonly ClusterSnapshot[]): State {
  const start = initialState({ clusters: snapshots.map(({ spec }) => spec), now: NOW })
  return { ...start, clusters: snapshots.map(clusterOf) }
}

function clusterOf(snapshot: ClusterSnapshot): ClusterState {
  const { spec, databases, servers, hosts } = snapshot
  const picture = derivePicture(snapshot, null, NOW)
  return { spec, databases, servers, hosts, picture, complete: true, events: [], silences: [], pollDurationMs: 12 }
}
