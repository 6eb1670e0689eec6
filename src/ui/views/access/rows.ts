// The rows of the access view: needed pairs, ports, certificates, and the pairs as a matrix.

import type { TlsFacts } from '../../../model/measured/connections/certificate-facts.ts'
import type { DatabaseView, Picture, ServerView } from '../../../model/picture/picture.ts'
import { type AccessPair, accessPairs } from '../../../model/reachability/access-pairs.ts'
import type { ClusterState } from '../../../state/state.ts'
import { memoizeLatest } from '../list/rows.ts'
import type { ViewRow } from '../list/view.ts'

export interface AccessPairRow extends ViewRow {
  readonly pair: AccessPair
}

/** A client, with the ends that it needs to reach. */
export interface AccessMatrixRow extends ViewRow {
  readonly from: string
  readonly pairs: readonly AccessPair[]
}

export interface PortRow extends ViewRow {
  readonly node: ServerView | DatabaseView
  readonly what: string
  readonly address: string
  /** Milliseconds of the last answer; null without one. */
  readonly answeredMs: number | null
}

export interface CertificateRow extends ViewRow {
  readonly node: ServerView | DatabaseView
  /** null: unknown, or no TLS. */
  readonly tls: TlsFacts | null
}

const pairsOf = memoizeLatest((cluster: ClusterState, picture: Picture) => accessPairs(cluster, picture))

export function accessPairsIn(cluster: ClusterState): readonly AccessPair[] {
  return cluster.picture ? pairsOf(cluster, cluster.picture) : []
}

const STATUS_ORDER = { fails: 0, unknown: 1, ok: 2 } as const

/** Failures come first, then unknown ends. */
export function accessPairRows(cluster: ClusterState): readonly AccessPairRow[] {
  return accessPairsIn(cluster)
    .map((pair): AccessPairRow => ({ id: idOf(pair), subject: pair.fromId ?? pair.toId, pair }))
    .sort((a, b) => STATUS_ORDER[a.pair.status] - STATUS_ORDER[b.pair.status])
}

function idOf({ fromId, toId, to }: AccessPair): string {
  return `${fromId ?? ''}>${toId ?? to}`
}

export function accessMatrixRows(cluster: ClusterState): readonly AccessMatrixRow[] {
  const byFrom = new Map<string, AccessPair[]>()
  for (const pair of accessPairsIn(cluster)) {
    const key = pair.fromId ?? ''
    byFrom.set(key, [...(byFrom.get(key) ?? []), pair])
  }
  return [...byFrom].map(([id, pairs]) => ({
    id: `from:${id}`,
    subject: id === '' ? null : id,
    ...(id === '' ? { renameBlocked: 'this is pgdeck itself' } : {}),
    from: pairs[0]?.from ?? '',
    pairs,
  }))
}

/** The reached ends, databases first: the columns of the matrix. */
export function accessTargetsIn(cluster: ClusterState): readonly { readonly key: string; readonly name: string }[] {
  return targetsOf(accessPairsIn(cluster))
}

const targetsOf = memoizeLatest((pairs: readonly AccessPair[]) => {
  const targets = new Map<string, string>()
  for (const pair of pairs) targets.set(accessTargetKey(pair), pair.to)
  return [...targets].map(([key, name]) => ({ key, name }))
})

export function accessTargetKey({ toId, to }: AccessPair): string {
  return toId ?? `?${to}`
}

export function portRows({ picture }: ClusterState): readonly PortRow[] {
  if (!picture) return []
  return [
    ...picture.servers.map((node): PortRow => {
      const answeredMs = node.stale ? null : (node.pulse?.connectMs ?? null)
      return { id: node.id, subject: node.id, node, what: `${node.type} server`, address: node.dnsName, answeredMs }
    }),
    ...picture.databases.map((node): PortRow => {
      const answeredMs = node.stale ? null : (node.pulse?.roundTripMs ?? null)
      return { id: node.id, subject: node.id, node, what: 'database', address: node.host, answeredMs }
    }),
  ]
}

/** Of application servers, and of databases that offer TLS. The earliest end comes first; ends without a certificate last. */
export function certificateRows({ picture }: ClusterState): readonly CertificateRow[] {
  const end = ({ tls }: CertificateRow) => tls?.validToAt ?? Number.POSITIVE_INFINITY
  const databases = (picture?.databases ?? []).filter(({ tls }) => tls)
  return [...(picture?.servers ?? []), ...databases]
    .map((node): CertificateRow => ({ id: node.id, subject: node.id, node, tls: node.tls ?? null }))
    .sort((a, b) => (end(a) === end(b) ? 0 : end(a) - end(b)))
}
