// Which node must reach which, and the evidence that it can: sessions, replication, and what this host reaches.

import { probableCause } from '../events/probable-cause.ts'
import type { ClientGroup } from '../measured/pulse.ts'
import type { ClusterSnapshot, DatabaseRecord, HostRecord, ServerRecord } from '../measured/snapshot.ts'
import type { DatabaseView, LinkView, Picture, ServerView } from '../picture/picture.ts'
import { isConnected, isDown } from '../picture/status.ts'
import { subjectOf } from '../picture/subject.ts'
import { sessionsOfServer, whyClientsUnknown } from '../sessions/connected-servers.ts'
import { isOwn } from '../values/fault.ts'
import { faultOf, lastReadAt, type Reading } from '../values/reading.ts'
import { clean } from '../values/text.ts'

export type AccessStatus = 'ok' | 'fails' | 'unknown'
/** `may use`: an application server after a failover; `watches`: pgdeck itself; `ssh`: pgdeck on a host. */
export type AccessPurpose = 'uses' | 'may use' | 'replicates from' | 'watches' | 'ssh'

export interface AccessPair {
  /** Id of a server or database; null: this host. */
  readonly fromId: string | null
  readonly from: string
  readonly purpose: AccessPurpose
  /** null: an unwatched upstream. */
  readonly toId: string | null
  readonly to: string
  /** The port of the target, and whether this host finds it open; null: unknown. */
  readonly port: number | null
  readonly portOpen: boolean | null
  readonly status: AccessStatus
  /** The evidence as text. */
  readonly evidence: string
  /** When that was read, or since when it fails; null without a reading. */
  readonly at: number | null
}

type Known = Pick<ClusterSnapshot, 'spec' | 'databases' | 'servers' | 'hosts'>
type Finding = Pick<AccessPair, 'status' | 'evidence' | 'at'>

/** Returns every needed pair: servers and databases, standbys and upstreams, this host and all targets. */
export function accessPairs(known: Known, picture: Picture): readonly AccessPair[] {
  return [
    ...known.servers.flatMap((server) => pairsOfServer(server, known, picture)),
    ...picture.links.flatMap((link) => pairOfLink(link, picture)),
    ...known.databases.flatMap((record) => watched(record, picture.databases)),
    ...known.servers.flatMap((record) => watched(record, picture.servers)),
    ...known.hosts.flatMap(lookedInto),
  ]
}

function pairsOfServer(
  server: ServerRecord,
  { spec, hosts, databases }: Known,
  picture: Picture,
): readonly AccessPair[] {
  const view = picture.servers.find(({ id }) => id === server.spec.id)
  if (!view) return []
  const own = picture.databases.filter(({ id }) => id === server.spec.databaseId)
  const isHere = hosts.some(({ spec: { id, access } }) => id === server.spec.hostId && access.kind === 'local')
  // Of one behind ssh it is not known whether the port is open from here.
  const direct = new Set(databases.filter(({ spec: { via } }) => via === undefined).map(({ spec: { id } }) => id))
  // The read-only server keeps its standby, and mirrored servers their own database: only the others move in a
  // failover.
  const moves = view.type !== 'read-only' && spec.model !== 'mirrored'
  const others = moves
    ? picture.databases.filter(({ id, configured }) => configured && id !== server.spec.databaseId)
    : []
  const pair = (to: DatabaseView, purpose: AccessPurpose): AccessPair => ({
    fromId: view.id,
    from: view.name,
    purpose,
    ...end(to),
    ...sessionFinding({ server, view, reachesAsPgdeck: isHere && direct.has(to.id) }, to, purpose),
  })
  return [...own.map((to) => pair(to, 'uses')), ...others.map((to) => pair(to, 'may use'))]
}

function end({ id, name, port, portOpen }: DatabaseView | ServerView) {
  return { toId: id, to: name, port, portOpen }
}

interface UsingServer {
  readonly server: ServerRecord
  readonly view: ServerView
  /** It runs on the host of pgdeck, which reaches the database directly. */
  readonly reachesAsPgdeck: boolean
}

function sessionFinding(
  { server, view, reachesAsPgdeck }: UsingServer,
  to: DatabaseView,
  purpose: AccessPurpose,
): Finding {
  const unknown = (evidence: string, at: number | null): Finding => ({ status: 'unknown', evidence, at })
  if (isDown(to)) {
    return { status: 'fails', evidence: `${to.name} is ${to.status}`, at: to.since }
  }
  if (!to.pulse) return unknown(`the sessions of ${to.name} can’t be read`, null)
  const { clients } = to.pulse
  if (!clients) return unknown(whyClientsUnknown(to.pulse), to.readAt)
  const groups = sessionsOfServer(server, clients)
  if (groups.length > 0) {
    const evidence = `connected: ${sessionWords(groups)}`
    return to.stale ? unknown(`${evidence}, when last read`, to.readAt) : { status: 'ok', evidence, at: to.readAt }
  }
  if (purpose === 'may use') {
    if (reachesAsPgdeck && to.portOpen && !to.stale)
      return {
        status: 'ok',
        evidence: 'its port is open from the host of the server; it has not logged in there',
        at: to.readAt,
      }
    return unknown('needed after a failover: it has not connected there', to.readAt)
  }
  const why = view.status === 'inactive' || view.status === 'degraded' ? `, and ${view.name} is ${view.status}` : ''
  return unknown(`no session of it is visible${why}`, to.readAt)
}

/** `3 sessions from 10.0.0.11`. */
function sessionWords(groups: readonly ClientGroup[]): string {
  const count = groups.reduce((sum, group) => sum + group.count, 0)
  const places = new Set(groups.flatMap(({ address }) => (address === null ? [] : [clean(address)])))
  const from = places.size === 0 ? '' : ` from ${[...places].join(', ')}`
  return `${count} ${count === 1 ? 'session' : 'sessions'}${from}`
}

function pairOfLink(link: LinkView, picture: Picture): readonly AccessPair[] {
  const from = picture.databases.find(({ id }) => id === link.downstreamId)
  if (!from) return []
  const to = picture.databases.find(({ id }) => id === link.upstreamId)
  const target = to ? end(to) : { toId: null, to: link.upstreamName, port: null, portOpen: null }
  return [
    {
      fromId: from.id,
      from: from.name,
      purpose: 'replicates from',
      ...target,
      ...linkFinding(link, from, to, picture),
    },
  ]
}

function linkFinding(link: LinkView, from: DatabaseView, to: DatabaseView | undefined, picture: Picture): Finding {
  if (isConnected(link.state)) {
    // Both ends show the connection. The later reading counts.
    const at = Math.max(from.readAt ?? 0, isSeenBySource(link) ? (to?.readAt ?? 0) : 0)
    const current = [from, to].some((view) => view && !view.stale)
    const evidence = link.state === 'streaming' ? 'streams' : `connected: ${link.state}`
    if (!current) return { status: 'unknown', evidence: `${evidence}, when last read`, at: at || null }
    return { status: 'ok', evidence, at: at || null }
  }
  if (link.state !== 'disconnected')
    return { status: 'unknown', evidence: `its state is ${link.state}`, at: from.readAt }
  const cause = probableCause(
    { rule: 'replica-disconnected', subject: subjectOf(from.id), severity: 'warning' },
    picture,
  )
  return { status: 'fails', evidence: `disconnected${cause === null ? '' : `: ${cause}`}`, at: from.since }
}

/** Which of several connections it is does not matter here. */
function isSeenBySource({ sender, ambiguousSenders }: LinkView): boolean {
  return sender !== null || ambiguousSenders.length > 0
}

/** What this host reaches: the view belongs to the record. */
function watched(
  record: DatabaseRecord | ServerRecord,
  views: readonly (DatabaseView | ServerView)[],
): readonly AccessPair[] {
  const view = views.find(({ id }) => id === record.spec.id)
  if (!view) return []
  const finding = readFinding(record.pulse)
  return [{ fromId: null, from: 'pgdeck', purpose: 'watches', ...end(view), ...finding }]
}

/** Hosts over ssh. Only ssh's own configuration has their port. Their names say that they are hosts. */
function lookedInto({ spec: { id, access }, facts }: HostRecord): readonly AccessPair[] {
  if (access.kind !== 'ssh') return []
  const target = { toId: null, to: `${clean(id)} (ssh)`, port: null, portOpen: null }
  return [{ fromId: null, from: 'pgdeck', purpose: 'ssh', ...target, ...readFinding(facts) }]
}

function readFinding(reading: Reading<unknown>): Finding {
  const fault = faultOf(reading)
  if (fault) return { status: isOwn(fault) ? 'unknown' : 'fails', evidence: clean(fault.message), at: fault.since }
  const at = lastReadAt(reading)
  return at === null
    ? { status: 'unknown', evidence: 'has not answered yet', at: null }
    : { status: 'ok', evidence: 'answers', at }
}
