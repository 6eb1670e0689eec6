// Reduces events about silences: loaded from the state directory, created, or ended.

import { remainingSilences, type Silence } from '../model/alerts/silence.ts'
import { updateCluster } from './cluster-update.ts'
import type { ClusterState, State } from './state.ts'

export type SilenceEvent =
  /** All stored silences of a cluster. They replace the known ones. */
  | { readonly type: 'silences-loaded'; readonly cluster: string; readonly silences: readonly Silence[] }
  | { readonly type: 'silenced'; readonly silence: Silence }
  | { readonly type: 'silence-ended'; readonly cluster: string; readonly id: string }

/** Returns the state after a silence was loaded, created or ended. */
export function reduceSilence(state: State, event: SilenceEvent): State {
  switch (event.type) {
    case 'silences-loaded':
      return updateCluster(state, event.cluster, (cluster) => ({ ...cluster, silences: event.silences }))
    case 'silenced':
      return updateCluster(state, event.silence.cluster, (cluster) => ({
        ...cluster,
        silences: [...cluster.silences.filter(({ id }) => id !== event.silence.id), event.silence],
      }))
    case 'silence-ended':
      return updateCluster(state, event.cluster, (cluster) => ({
        ...cluster,
        silences: cluster.silences.filter(({ id }) => id !== event.id),
      }))
  }
}

/** Returns `next` without the silences that end with its picture. */
export function withoutExpired(before: ClusterState, next: ClusterState): ClusterState {
  if (!next.picture || next.silences.length === 0) return next
  const silences = remainingSilences(next.silences, before.picture, next.picture, next.complete)
  return silences === next.silences ? next : { ...next, silences }
}
