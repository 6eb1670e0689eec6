// The view of one database: role, status, lag, clients, and since when.

import { serverIdentityOf } from '../measured/server-identity.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../measured/snapshot.ts'
import type { OtherHistory } from '../picture/other-history.ts'
import type { DatabaseRole, DatabaseStatus, DatabaseView, Lag, NewConnectionsView } from '../picture/picture.ts'
import { endOfWal, isPrimary, isReadAsPrimary, isWritable, standbyPositionOf } from '../picture/roles.ts'
import { isDown } from '../picture/status.ts'
import { isStaleReading, wasPortOpen } from '../reachability/local-reachability.ts'
import { connectedServers } from '../sessions/connected-servers.ts'
import { throughputOf } from '../sessions/throughput.ts'
import { isUnasked } from '../values/fault.ts'
import { faultOf, lastReadAt, PENDING } from '../values/reading.ts'
import { clean } from '../values/text.ts'
import { type Throughput, UNKNOWN_THROUGHPUT } from '../values/throughput.ts'
import { backupView } from './backup-view.ts'
import { databaseStatus } from './database-status.ts'
import { isReplayPaused } from './lag.ts'
import { type Member, mainEntryOf, mayBeSameSystem, systemIdentifierOf } from './member.ts'
import { walWriteRate } from './rates.ts'
import { replayPauseOf } from './replay-pause.ts'
import { replayStallOf } from './replay-stall.ts'
import type { ReplicationLink } from './replication-link.ts'
import { restoreStallOf } from './restore-stall.ts'
import type { TreePosition } from './tree-order.ts'

const TREND_KEPT = 40
const DAY_MS = 86_400_000

export interface DatabaseViewInput {
  readonly snapshot: ClusterSnapshot
  readonly nodes: readonly Member[]
  /** The link to its upstream. */
  readonly edge: ReplicationLink | null
  /** The links that it is the upstream of. */
  readonly below: readonly ReplicationLink[]
  readonly lag: Lag | null
  readonly place: TreePosition
  readonly now: number
  readonly otherHistory?: OtherHistory | undefined
}

/** The view of one database. */
export function databaseView(node: Member, around: DatabaseViewInput): DatabaseView {
  const { snapshot, nodes, edge, place, now, otherHistory } = around
  const { record, pulse } = node
  const role = roleOf(node, edge, nodes)
  const status = databaseStatus(node, role, edge, around.below)
  const lag = isPrimary({ role }) ? null : around.lag
  return {
    id: node.id,
    name: node.name,
    configured: record.spec.configured,
    host: clean(record.spec.host),
    port: record.spec.port,
    portOpen: wasPortOpen(record.pulse),
    type: 'PostgreSQL',
    version: pulse ? clean(pulse.version) : null,
    role,
    status,
    ...(isPrimary({ role }) ? otherEntry(node, nodes) : {}),
    servers: connectedServers(node.id, node.isFresh ? pulse : null, snapshot.servers),
    sessions: pulse?.sessions ?? null,
    timeline: pulse?.timeline ?? (pulse ? null : (record.lastSeenAsPrimary?.timeline ?? null)),
    lsn: endOfWal(node) ?? (pulse ? null : (record.lastSeenAsPrimary?.lsn ?? null)),
    systemIdentifier: systemIdentifierOf(node),
    identity: pulse && serverIdentityOf(pulse),
    startedAt: pulse?.startedAt ?? null,
    readAt: node.readAt,
    stale: isStaleReading(record.pulse, snapshot.intervalMs, now),
    problem: node.problem,
    depth: place.depth,
    lastChild: place.lastChild,
    upstreamId: edge?.upstream?.id ?? null,
    lag,
    lagTrend: trendOf(node, lag),
    replayPaused: isReplayPaused(node),
    replayPause: replayPauseOf(node, nodes),
    replayStall: restoreStallOf(node, edge?.upstream ?? null) ?? replayStallOf({ pulse, history: record.history }),
    since: sinceOf(node, status, edge, now),
    backup: backupView(node, nodes),
    newConnections: newConnectionsView(record),
    ...certificateOf(record, pulse, now),
    ...(otherHistory ? { otherHistory } : {}),
    throughput: node.isFresh ? throughput(record, snapshot.intervalMs) : UNKNOWN_THROUGHPUT,
    pulse,
  }
}

/** The entry that counts for its server, if that is another one. */
function otherEntry(node: Member, nodes: readonly Member[]): Pick<DatabaseView, 'sameServerAs'> {
  const { id } = mainEntryOf(node, nodes)
  return id === node.id ? {} : { sameServerAs: id }
}

function newConnectionsView({ newConnections, login }: DatabaseRecord): NewConnectionsView | null {
  if (!newConnections && !login) return null
  const reading = newConnections?.reading ?? PENDING
  const problem = faultOf(reading)
  return {
    accepted: reading.state === 'fresh' ? true : problem === null || isUnasked(problem) ? null : false,
    answeredAt: lastReadAt(reading),
    problem,
    loginProblem: login ? faultOf(login) : null,
  }
}

/** A new connection shows it anew; the open session what it was opened with. */
function certificateOf(
  { newConnections }: DatabaseRecord,
  pulse: Member['pulse'],
  now: number,
): Pick<DatabaseView, 'tls'> {
  const tls = newConnections?.tls ?? pulse?.tls
  return tls ? { tls: { ...tls, daysLeft: Math.floor((tls.validToAt - now) / DAY_MS) } } : {}
}

/** Of commits over some seconds, of WAL over half a minute. */
function throughput({ history }: DatabaseRecord, intervalMs: number): Throughput {
  return { ...throughputOf(history, intervalMs), walBytes: walWriteRate(history) }
}

/** The role by the latest reading, else the last known one: a primary that is down stays the failed primary. */
function roleOf(node: Member, edge: ReplicationLink | null, nodes: readonly Member[]): DatabaseRole {
  if (isReadAsPrimary(node)) return 'primary'
  if (node.pulse || edge?.upstream) return replicaRole(edge)
  if (node.previousView && node.previousView.role !== 'unknown') return node.previousView.role
  if (node.record.lastSeenAsPrimary === null) return 'unknown'
  const replaced = nodes.some((other) => other !== node && isWritable(other) && mayBeSameSystem(other, node))
  return replaced ? 'unknown' : 'primary'
}

function replicaRole(edge: ReplicationLink | null): DatabaseRole {
  return edge?.upstream && standbyPositionOf(edge.upstream) ? 'cascading-replica' : 'replica'
}

/** One point per reading, so that the trend has what was shown. */
function trendOf(node: Member, lag: Lag | null): readonly (number | null)[] {
  const { previousView } = node
  if (!lag) return []
  if (!previousView) return [lag.bytes]
  if (previousView.readAt === node.readAt) return previousView.lagTrend
  return [...previousView.lagTrend.slice(1 - TREND_KEPT), lag.bytes]
}

/** When the status began: kept while it stays, and dated by the best evidence when it changes. */
function sinceOf(node: Member, status: DatabaseStatus, edge: ReplicationLink | null, now: number): number | null {
  const { previousView, pulse } = node
  const restarted = previousView?.startedAt != null && pulse !== null && previousView.startedAt !== pulse.startedAt
  if (previousView && previousView.status === status && previousView.since !== null && !restarted)
    return previousView.since
  if (status === 'unknown') return null
  if (isDown({ status })) return node.problem?.since ?? now
  const firstSeen = !previousView || previousView.readAt === null || restarted
  if (!firstSeen) return node.readAt ?? now
  if (status === 'active' && pulse?.startedAt != null) return pulse.startedAt - pulse.clockOffsetMs
  const startedAt = status === 'streaming' ? edge?.sender?.startedAt : null
  if (startedAt != null) return startedAt - (edge?.upstream?.pulse?.clockOffsetMs ?? 0)
  return node.readAt ?? now
}
