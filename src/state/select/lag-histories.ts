// The recent lag of each link of a cluster, in the order in which its databases are drawn.

import type { DatabaseRecord, DatabaseSample } from '../../model/measured/snapshot.ts'
import type { LinkView, Picture } from '../../model/picture/picture.ts'
import { type LagPoint, lagCurve } from '../../model/replication/lag-curve.ts'
import type { ClusterState } from '../state.ts'

export interface LinkHistory {
  readonly link: LinkView
  /** Readings of both ends, oldest first; empty of an end that is not watched. */
  readonly upstream: readonly DatabaseSample[]
  readonly downstream: readonly DatabaseSample[]
  /** Oldest first, at most one for each kept reading; empty if nothing is known. */
  readonly lags: readonly LagPoint[]
}

/** By picture: figures of a picture stay as they are, and each frame asks for them. */
const known = new WeakMap<Picture, readonly LinkHistory[]>()

/** Every link, grouped by upstream, in the order in which the databases are drawn; unwatched ends come last. */
export function linkHistories({ picture, databases }: ClusterState): readonly LinkHistory[] {
  if (!picture) return []
  const found = known.get(picture) ?? historiesOf(picture, databases)
  known.set(picture, found)
  return found
}

function historiesOf(picture: Picture, databases: readonly DatabaseRecord[]): readonly LinkHistory[] {
  const order = new Map(picture.databases.map(({ id }, index) => [id, index]))
  const place = (id: string | null) => (id === null ? picture.databases.length : (order.get(id) ?? 0))
  const historyOf = (id: string | null) => databases.find(({ spec }) => spec.id === id)?.history ?? []
  return [...picture.links]
    .sort((a, b) => place(a.upstreamId) - place(b.upstreamId) || place(a.downstreamId) - place(b.downstreamId))
    .map((link) => {
      const upstream = historyOf(link.upstreamId)
      const downstream = historyOf(link.downstreamId)
      // Positions on two timelines have no distance.
      const isApart = link.state === 'disconnected' && link.lag.bytes === null
      return { link, upstream, downstream, lags: isApart ? [] : lagCurve(upstream, downstream) }
    })
}
