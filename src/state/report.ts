// The status document (`status --json`): what the state says, in the stable words and units of the command line.

import { formatLsn } from '../model/lsn.ts'
import type {
  Access,
  Alert,
  DatabaseRole,
  DatabaseStatus,
  DatabaseView,
  FailoverEstimate,
  Health,
  Lag,
  Link,
  LinkState,
  Picture,
  Problem,
  ServerStatus,
  ServerView,
  SlotView,
} from '../model/picture.ts'
import type { ModelId, ServerType } from '../model/spec.ts'
import type { ClusterState, State } from './state.ts'

/** Times are RFC 3339 in UTC, durations seconds, sizes bytes, positions as PostgreSQL prints them; unknown is null. */
export interface StatusDocument {
  readonly schema: 'pgdeck.status/1'
  readonly at: string
  readonly clusters: readonly ClusterDocument[]
}

export interface ClusterDocument {
  readonly name: string
  readonly model: ModelId
  readonly health: Health
  readonly manager: null
  readonly serving: { readonly server: string; readonly access: Access } | null
  readonly servers: readonly ServerDocument[]
  readonly databases: readonly DatabaseDocument[]
  readonly links: readonly LinkDocument[]
  readonly slots: readonly SlotDocument[]
  readonly failover: FailoverDocument
  readonly alerts: readonly AlertDocument[]
}

export interface ProblemDocument {
  readonly code: Problem['code']
  readonly message: string
  readonly since: string
  readonly hint: string | null
}

export interface ServerDocument {
  readonly name: string
  readonly id: string
  readonly dnsName: string
  readonly type: ServerType
  readonly status: ServerStatus
  readonly access: Access | null
  readonly port: number
  readonly portOpen: boolean | null
  readonly sessions: number | null
  readonly latencyMs: number | null
  readonly tls: { readonly daysLeft: number; readonly nameMatches: boolean } | null
  readonly database: string | null
  readonly since: string | null
  readonly readAt: string | null
  readonly problem: ProblemDocument | null
}

export interface DatabaseDocument {
  readonly name: string
  readonly id: string
  readonly host: string
  readonly port: number
  readonly portOpen: boolean | null
  readonly type: 'PostgreSQL'
  readonly version: string | null
  readonly role: DatabaseRole
  readonly status: DatabaseStatus
  readonly servers: { readonly configured: number; readonly active: number | null }
  readonly sessions: {
    readonly total: number
    readonly max: number
    readonly active: number | null
    readonly idleInTransaction: number | null
    readonly waiting: number | null
  } | null
  readonly timeline: number | null
  readonly lsn: string | null
  readonly systemIdentifier: string | null
  readonly startedAt: string | null
  readonly readAt: string | null
  readonly problem: ProblemDocument | null
}

export interface LinkDocument {
  readonly upstream: string
  readonly downstream: string
  readonly state: LinkState
  readonly sync: Link['sync']
  readonly slot: string | null
  readonly lag: Lag
  readonly catchUpSeconds: number | null
}

export interface SlotDocument {
  readonly database: string
  readonly name: string
  readonly type: SlotView['type']
  readonly active: boolean
  readonly retainedBytes: number | null
  readonly walStatus: SlotView['walStatus']
  readonly safeBytes: number | null
}

export interface FailoverDocument {
  readonly ifFails: string | null
  readonly candidate: string | null
  readonly lossBytes: number | null
  readonly lossSeconds: number | null
  readonly basis: FailoverEstimate['basis']
  readonly writableInSeconds: number | null
  readonly blockers: readonly string[]
  readonly warnings: readonly string[]
}

export interface AlertDocument {
  readonly rule: Alert['rule']
  readonly severity: Alert['severity']
  readonly subject: string
  readonly message: string
  readonly since: string
}

/** The status of all clusters as of `at`. A cluster that was not assessed yet has its names and unknowns only. */
export function report(state: State, at: number): StatusDocument {
  return { schema: 'pgdeck.status/1', at: instant(at), clusters: state.clusters.map(clusterDocument) }
}

function clusterDocument({ spec, picture }: ClusterState): ClusterDocument {
  return {
    name: spec.name,
    model: spec.model,
    health: picture?.health ?? 'unknown',
    manager: null,
    serving: picture?.serving ? { server: picture.serving.id, access: picture.serving.access } : null,
    servers: picture?.servers.map(serverDocument) ?? [],
    databases: picture?.databases.map(databaseDocument) ?? [],
    links: picture?.links.map(linkDocument) ?? [],
    slots: picture?.slots.map(slotDocument) ?? [],
    failover: failoverDocument(picture),
    alerts: picture?.alerts.map((alert) => ({ ...alert, since: instant(alert.since) })) ?? [],
  }
}

function serverDocument(view: ServerView): ServerDocument {
  return {
    name: view.name,
    id: view.id,
    dnsName: view.dnsName,
    type: view.type,
    status: view.status,
    access: view.access,
    port: view.port,
    portOpen: view.portOpen,
    sessions: view.sessions,
    latencyMs: rounded(view.latencyMs),
    tls: view.tls && { daysLeft: view.tls.daysLeft, nameMatches: view.tls.nameMatches },
    database: view.databaseId,
    since: instantOrNull(view.since),
    readAt: instantOrNull(view.readAt),
    problem: problemDocument(view.problem),
  }
}

function databaseDocument(view: DatabaseView): DatabaseDocument {
  return {
    name: view.name,
    id: view.id,
    host: view.host,
    port: view.port,
    portOpen: view.portOpen,
    type: view.type,
    version: view.version,
    role: view.role,
    status: view.status,
    servers: { configured: view.servers.configured, active: view.servers.active },
    sessions: sessionsDocument(view.sessions),
    timeline: view.timeline,
    lsn: view.lsn === null ? null : formatLsn(view.lsn),
    systemIdentifier: view.systemIdentifier,
    startedAt: instantOrNull(view.startedAt),
    readAt: instantOrNull(view.readAt),
    problem: problemDocument(view.problem),
  }
}

function sessionsDocument(counts: DatabaseView['sessions']): DatabaseDocument['sessions'] {
  if (!counts) return null
  const { total, max, active, idleInTransaction, waiting } = counts
  return { total, max, active, idleInTransaction, waiting }
}

/** Ends are named by id; one that is not watched by the name or address it shows itself with. */
function linkDocument(link: Link): LinkDocument {
  return {
    upstream: link.upstreamId ?? link.upstreamName,
    downstream: link.downstreamId ?? link.downstreamName,
    state: link.state,
    sync: link.sync,
    slot: link.slot,
    lag: {
      bytes: link.lag.bytes,
      seconds: rounded(link.lag.seconds),
      sentBytes: link.lag.sentBytes,
      writtenBytes: link.lag.writtenBytes,
      flushedBytes: link.lag.flushedBytes,
      replayedBytes: link.lag.replayedBytes,
    },
    catchUpSeconds: link.catchUpSeconds,
  }
}

function slotDocument(slot: SlotView): SlotDocument {
  return {
    database: slot.databaseId,
    name: slot.name,
    type: slot.type,
    active: slot.active,
    retainedBytes: slot.retainedBytes,
    walStatus: slot.walStatus,
    safeBytes: slot.safeBytes,
  }
}

function failoverDocument(picture: Picture | null): FailoverDocument {
  const failover = picture?.failover
  return {
    ifFails: failover?.ifFails ?? null,
    candidate: failover?.candidate ?? null,
    lossBytes: failover?.lossBytes ?? null,
    lossSeconds: rounded(failover?.lossSeconds ?? null),
    basis: failover?.basis ?? 'live',
    writableInSeconds: failover?.writableInSeconds ?? null,
    blockers: failover?.blockers ?? [],
    warnings: failover?.warnings ?? [],
  }
}

function problemDocument(problem: Problem | null): ProblemDocument | null {
  if (!problem) return null
  return { code: problem.code, message: problem.message, since: instant(problem.since), hint: problem.hint }
}

function instant(at: number): string {
  return new Date(at).toISOString()
}

function instantOrNull(at: number | null): string | null {
  return at === null ? null : instant(at)
}

/** A thousandth is finer than any of these figures is measured. */
function rounded(figure: number | null): number | null {
  return figure === null ? null : Math.round(figure * 1000) / 1000
}
