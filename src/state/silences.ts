// Silences come and go: those of the state directory, those asked for now, those that are over.

import { remainingSilences, type Silence } from '../model/alerts/silence.ts'
import { updateCluster } from './cluster-update.ts'
import type { ClusterState, State } from './state.ts'

export type SilenceEvent =
  /** All that the state directory has for a cluster now; they replace those known before. */
  | { readonly type: 'silences-loaded'; readonly cluster: string; readonly silences: readonly Silence[] }
  | { readonly type: 'silenced'; readonly silence: Silence }
  | { readonly type: 'silence-ended'; readonly cluster: string; readonly id: string }

/** The state after a silence was loaded, made or ended. */
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

/** The cluster, whose picture is the next one, without the silences that are over now. */
export function withoutExpired(before: ClusterState, next: ClusterState): ClusterState {
  if (!next.picture || next.silences.length === 0) return next
  const silences = remainingSilences(next.silences, before.picture, next.picture, next.complete)
  return silences === next.silences ? next : { ...next, silences }
}
