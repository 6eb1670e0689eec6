// The rows of "who sees whom": one for each target, with what each kind of observer sees of it.

import type { DatabaseView, Picture, ServerView } from '../../../model/picture/picture.ts'
import {
  allObservations,
  type Observation,
  type ObserverKind,
} from '../../../model/reachability/reachability-matrix.ts'
import type { ClusterState } from '../../../state/state.ts'
import { memoizeLatest } from '../list/memoize-rows.ts'
import type { ViewRow } from '../list/view.ts'

/** Not the same: others may see what this host can't. */
export type TargetVisibility = 'up' | 'down' | 'not seen from here' | 'not known' | 'not ready'

export interface ObservedRow extends ViewRow {
  readonly name: string
  readonly seenAs: TargetVisibility
  readonly since: number | null
  readonly observations: readonly Observation[]
}

const rowsOf = memoizeLatest((cluster: ClusterState, picture: Picture): readonly ObservedRow[] => {
  const all = allObservations(picture, cluster.servers)
  return [...picture.servers, ...picture.databases].map((view) => ({
    id: view.id,
    subject: view.id,
    name: view.name,
    seenAs: seenAs(view),
    since: view.problem?.since ?? null,
    observations: all.filter(({ toId }) => toId === view.id),
  }))
})

export function observedRows(cluster: ClusterState): readonly ObservedRow[] {
  return cluster.picture ? rowsOf(cluster, cluster.picture) : []
}

function seenAs({ status, problem, readAt }: ServerView | DatabaseView): TargetVisibility {
  if (status === 'inactive') return 'down'
  if (problem && status === 'unknown') return 'not seen from here'
  if (readAt === null) return 'not known'
  return problem || status === 'starting' || status === 'degraded' ? 'not ready' : 'up'
}

export function observationsBy(row: ObservedRow, kinds: readonly ObserverKind[]): readonly Observation[] {
  return row.observations.filter(({ kind }) => kinds.includes(kind))
}
