// The topology as nodes and links: what `topology --json` prints and `--dot` draws.

import type { EntryPointView } from '../../../model/measured/entry-points/entry-point-view.ts'
import type { ServerRecord } from '../../../model/measured/snapshot.ts'
import type { Lag, LinkView, Picture } from '../../../model/picture/picture.ts'
import { allObservations, type ObserverKind } from '../../../model/reachability/reachability-matrix.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import type { OtherSenderDocument } from '../../../state/documents/status-document.ts'
import { otherSenderDocument } from '../../../state/documents/status-json.ts'
import type { State } from '../../../state/state.ts'

/** A database, a server, or what leads users to databases; `id` is unique among the nodes of a cluster. */
export interface GraphNode {
  readonly id: string
  readonly kind: 'database' | 'server' | 'archiver' | EntryPointView['kind']
  readonly name: string
  /** The role of a database, the type of a server, the database that an entry point should lead to. */
  readonly role: string
  readonly status: string
  /** What a server gives its users now; null for databases. */
  readonly access: string | null
  readonly host: string | null
  readonly port: number | null
  readonly timeline: number | null
  readonly lsn: string | null
  /** False for a node that was discovered and is not configured. */
  readonly configured: boolean
  /** False for an end of a link that only the other end shows. */
  readonly watched: boolean
}

export interface GraphLink {
  /** Replication from a database to its standby, a server's use of its database, or where an entry point leads now. */
  readonly kind: 'replication' | 'use' | 'leads-to'
  readonly from: string
  readonly to: string
  readonly state: string | null
  readonly sync: string | null
  readonly slot: string | null
  readonly lag: Lag | null
}

export interface TopologyGraph {
  readonly name: string
  readonly nodes: readonly GraphNode[]
  readonly links: readonly GraphLink[]
  /** Connected base backups, change data capture and logical subscribers. */
  readonly otherSenders: readonly OtherSenderDocument[]
  /** Which observer sees which target, including this host. */
  readonly observers: readonly GraphObservation[]
}

/** What one observer sees of one target. */
interface GraphObservation {
  /** `here` is this host. */
  readonly kind: ObserverKind
  /** Id of the observer; null: this host. */
  readonly from: string | null
  readonly to: string
  /** `unknown` does not indicate an outage. */
  readonly result: 'ok' | 'fails' | 'unknown'
  readonly evidence: string
  /** The last answer of the target, or the start of the failure. */
  readonly at: string | null
}

export interface TopologyDocument {
  readonly schema: 'pgdeck.topology/1'
  readonly at: string
  readonly clusters: readonly TopologyGraph[]
}

/** The document of `topology --json`; `at` is milliseconds since the epoch. */
export function topologyDocument(state: State, at: number): TopologyDocument {
  const clusters = state.clusters.map(({ spec, picture, servers }) =>
    picture === null
      ? { name: spec.name, nodes: [], links: [], otherSenders: [], observers: [] }
      : { ...graph(spec.name, picture), observers: observersIn(picture, servers) },
  )
  return { schema: 'pgdeck.topology/1', at: new Date(at).toISOString(), clusters }
}

function observersIn(picture: Picture, servers: readonly ServerRecord[]): readonly GraphObservation[] {
  return allObservations(picture, servers).map(({ kind, fromId, toId, status, evidence, at }) => ({
    kind,
    from: fromId,
    to: toId,
    result: status,
    evidence,
    at: at === null ? null : new Date(at).toISOString(),
  }))
}

function graph(name: string, picture: Picture): Omit<TopologyGraph, 'observers'> {
  const unwatched = picture.links.flatMap(unwatchedNodesOf)
  return {
    name,
    nodes: [...databaseNodes(picture), ...distinct(unwatched), ...serverNodes(picture), ...entryPointNodes(picture)],
    links: [...picture.links.map(replication), ...uses(picture), ...leads(picture)],
    otherSenders: picture.otherSenders.map(otherSenderDocument),
  }
}

function databaseNodes(picture: Picture): readonly GraphNode[] {
  return picture.databases.map(({ id, name, role, status, host, port, timeline, lsn, configured }) => ({
    id,
    kind: 'database' as const,
    name,
    role,
    status,
    access: null,
    host,
    port,
    timeline,
    lsn: lsn === null ? null : formatLsn(lsn),
    configured,
    watched: true,
  }))
}

function serverNodes(picture: Picture): readonly GraphNode[] {
  return picture.servers.map(({ id, name, type, status, access, dnsName, port }) => ({
    id,
    kind: 'server' as const,
    name,
    role: type,
    status,
    access,
    host: dnsName,
    port,
    timeline: null,
    lsn: null,
    configured: true,
    watched: true,
  }))
}

/** Names of unwatched nodes may equal those of watched nodes, so their ids have a prefix. */
function unwatchedNodeId(end: 'upstream' | 'downstream', link: LinkView): string {
  if (end === 'upstream') return `unwatched:${link.upstreamName}`
  return `unwatched:${link.downstreamName}${link.downstreamAddress === null ? '' : `@${link.downstreamAddress}`}`
}

function unwatchedNodesOf(link: LinkView): readonly GraphNode[] {
  const common = {
    kind: 'database',
    status: 'unknown',
    access: null,
    port: null,
    timeline: null,
    lsn: null,
    configured: false,
    watched: false,
  } as const
  const nodes: GraphNode[] = []
  if (link.upstreamId === null) {
    nodes.push({
      ...common,
      id: unwatchedNodeId('upstream', link),
      name: link.upstreamName,
      role: 'unknown',
      host: null,
    })
  }
  if (link.downstreamId === null) {
    const id = unwatchedNodeId('downstream', link)
    const what =
      link.kind === 'archiver'
        ? { kind: 'archiver' as const, role: 'archiver' }
        : { role: link.kind === 'unknown' ? 'unknown' : 'replica' }
    nodes.push({ ...common, ...what, id, name: link.downstreamName, host: link.downstreamAddress })
  }
  return nodes
}

function distinct(nodes: readonly GraphNode[]): readonly GraphNode[] {
  return [...new Map(nodes.map((node) => [node.id, node])).values()]
}

function replication(link: LinkView): GraphLink {
  return {
    kind: 'replication',
    from: link.upstreamId ?? unwatchedNodeId('upstream', link),
    to: link.downstreamId ?? unwatchedNodeId('downstream', link),
    state: link.state,
    sync: link.sync,
    slot: link.slot,
    lag: link.lag,
  }
}

function uses(picture: Picture): readonly GraphLink[] {
  return picture.servers.flatMap(({ id, databaseId }) =>
    databaseId === null
      ? []
      : [{ kind: 'use' as const, from: id, to: databaseId, state: null, sync: null, slot: null, lag: null }],
  )
}

function entryPointNodes(picture: Picture): readonly GraphNode[] {
  return picture.entryPoints.map((view) => ({
    id: view.id,
    kind: view.kind,
    name: view.name,
    role: view.expects,
    status: view.status,
    access: null,
    host: 'host' in view.spec ? view.spec.host : null,
    port: 'port' in view.spec ? view.spec.port : null,
    timeline: null,
    lsn: null,
    configured: true,
    watched: true,
  }))
}

/** Places that are no database of the cluster have no node. */
function leads(picture: Picture): readonly GraphLink[] {
  return picture.entryPoints.flatMap(({ id, leadsTo }) =>
    leadsTo.flatMap(({ databaseId, isExpected }) => {
      if (databaseId === null) return []
      const state = isExpected === false ? 'elsewhere' : null
      return [{ kind: 'leads-to' as const, from: id, to: databaseId, state, sync: null, slot: null, lag: null }]
    }),
  )
}
