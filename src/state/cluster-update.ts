// Changes to one cluster of the state, and to one record of it.

import type { ClusterState, State } from './state.ts'

/** Applies a change to the cluster with that name. Returns the same state if there is none. */
export function updateCluster(state: State, name: string, change: (cluster: ClusterState) => ClusterState): State {
  return {
    ...state,
    clusters: state.clusters.map((cluster) => (cluster.spec.name === name ? change(cluster) : cluster)),
  }
}

/** Applies a change to the record whose spec has that id. */
export function updateRecord<R extends { readonly spec: { readonly id: string } }>(
  records: readonly R[],
  id: string,
  change: (record: R) => R,
): readonly R[] {
  return records.map((record) => (record.spec.id === id ? change(record) : record))
}
