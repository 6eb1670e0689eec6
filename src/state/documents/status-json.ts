// The status document (`status --json`): the state in the stable words and units of the command line.

import { hostingProvider } from '../../model/managers/detection/provider.ts'
import { promoterOf } from '../../model/managers/promoter.ts'
import type { OtherSenderView } from '../../model/picture/other-sender.ts'
import type {
  Alert,
  DatabaseView,
  LinkView,
  Mirroring,
  Picture,
  ServerView,
  SlotView,
} from '../../model/picture/picture.ts'
import { closedRestoreGate } from '../../model/picture/restore-gate.ts'
import type { SplitBrain } from '../../model/picture/split-brain.ts'
import { subjectRecord } from '../../model/picture/subject.ts'
import { connectionsForUsers } from '../../model/sessions/user-connections.ts'
import { formatLsn } from '../../model/values/lsn.ts'
import type { ClusterState, State } from '../state.ts'
import { backupDocument } from './backup-document.ts'
import { databaseFigures } from './database-figures.ts'
import { entryPointDocument } from './entry-points-document.ts'
import { managerDocument } from './manager-document.ts'
import { newConnectionsDocument } from './new-connections-document.ts'
import { problemDocument } from './problem-document.ts'
import { clusterRunDocument } from './run-document.ts'
import type {
  AlertDocument,
  ClusterDocument,
  ClusterRunDocument,
  DatabaseDocument,
  FailoverDocument,
  LinkDocument,
  MirroredDocument,
  MirroringDocument,
  OtherSenderDocument,
  RestoreGateDocument,
  ServerDocument,
  SlotDocument,
  SplitBrainDocument,
  StatusDocument,
} from './status-document.ts'

export type { StatusDocument } from './status-document.ts'

/**
 * Returns the status of all clusters as of `at`. A cluster without a picture yet has only its names and unknown values.
 */
export function statusDocument(state: State, at: number): StatusDocument {
  return {
    schema: 'pgdeck.status/1',
    at: instant(at),
    clusters: state.clusters.map((cluster) => clusterDocument(cluster, at)),
  }
}

function clusterDocument(cluster: ClusterState, at: number): ClusterDocument {
  const { spec, picture } = cluster
  return {
    name: spec.name,
    model: spec.model,
    health: picture?.health ?? 'unknown',
    manager: managerDocument(picture, at),
    serving: picture?.serving ? { server: picture.serving.id, access: picture.serving.access } : null,
    schedules: picture?.schedules ? { server: picture.schedules.server, state: picture.schedules.state } : null,
    servers: picture?.servers.map(serverDocument) ?? [],
    databases: picture?.databases.map((view) => databaseDocument(view, picture, figuresReadAt(cluster, view))) ?? [],
    entryPoints: picture?.entryPoints.map(entryPointDocument) ?? [],
    links: picture?.links.map(linkDocument) ?? [],
    otherSenders: picture?.otherSenders.map(otherSenderDocument) ?? [],
    slots: picture?.slots.map(slotDocument) ?? [],
    splitBrains: picture?.splitBrains.map(splitBrainDocument) ?? [],
    failover: failoverDocument(picture),
    alerts: picture?.alerts.map(alertDocument) ?? [],
    restoreGate: restoreGateDocument(cluster),
    run: runOf(picture),
    ...(spec.model === 'mirrored' ? mirroredDocument(picture) : {}),
  }
}

function alertDocument({ rule, severity, subject, message, since, during }: Alert): AlertDocument {
  return { rule, severity, ...subjectRecord(subject), message, since: instant(since), during: during ?? null }
}

function restoreGateDocument(cluster: ClusterState): RestoreGateDocument | null {
  const gate = cluster.picture && closedRestoreGate(cluster, cluster.picture)
  if (!gate) return null
  const { acting, databases, servers } = gate
  return { database: acting.database, server: acting.server, since: instant(acting.since), databases, servers }
}

/** The newest run, if one was overruled by another. */
function runOf(picture: Picture | null): ClusterRunDocument | null {
  const run = picture?.runs.toSorted((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0)).at(-1)
  return run ? clusterRunDocument(run) : null
}

/** Fields of two mirrored databases only; the documents of other models do not have them. */
function mirroredDocument(picture: Picture | null): MirroredDocument {
  return {
    alsoServing: picture?.alsoServing.map(({ id, access }) => ({ server: id, access })) ?? [],
    exchange: picture?.mirroring.map(exchangeDocument) ?? [],
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

/**
 * When the figures of a database were read, in milliseconds since the epoch. For a database that never answered this
 * process, the figures may be from the state directory: then the time of that reading.
 */
export function figuresReadAt({ databases }: ClusterState, { id, readAt, lsn }: DatabaseView): number | null {
  if (readAt !== null || lsn === null) return readAt
  return databases.find(({ spec }) => spec.id === id)?.lastSeenAsPrimary?.at ?? null
}

function databaseDocument(view: DatabaseView, picture: Picture, readAt: number | null): DatabaseDocument {
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
    sameServerAs: view.sameServerAs ?? null,
    startedAt: instantOrNull(view.startedAt),
    ...databaseFigures(view, picture),
    readAt: instantOrNull(readAt),
    problem: problemDocument(view.problem),
    newConnections: newConnectionsDocument(view.newConnections),
    backup: backupDocument(view.backup),
    tls: view.tls ? { daysLeft: view.tls.daysLeft, nameMatches: view.tls.nameMatches } : null,
    refused: (view.pulse?.refused ?? []).map(({ name, what, why, grant }) => ({
      function: name,
      figure: what,
      why,
      grant,
    })),
    provider: view.pulse ? hostingProvider(view.pulse.managerSigns) : null,
  }
}

function sessionsDocument(counts: DatabaseView['sessions']): DatabaseDocument['sessions'] {
  if (!counts) return null
  const { total, max, active, idleInTransaction, waiting } = counts
  return { total, max, forUsers: connectionsForUsers(counts), active, idleInTransaction, waiting }
}

/** Ends are named by id; an unwatched end by its own name or address. */
function linkDocument(link: LinkView): LinkDocument {
  return {
    upstream: link.upstreamId ?? link.upstreamName,
    downstream: link.downstreamId ?? link.downstreamName,
    kind: link.kind,
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
      atLeast: link.lag.atLeast ?? false,
    },
    catchUpSeconds: link.catchUpSeconds,
    delaySeconds: link.delaySeconds,
  }
}

export function otherSenderDocument(sender: OtherSenderView): OtherSenderDocument {
  const { databaseId, kind, name, address, state, slot, behindBytes, since } = sender
  return { database: databaseId, kind, name, address, state, slot, behindBytes, since: instantOrNull(since) }
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

function splitBrainDocument({ systemIdentifier, members, byUsers, byTimeline, keep }: SplitBrain): SplitBrainDocument {
  return {
    systemIdentifier,
    members: members.map(({ id, timeline, servers, clients, standbys }) => ({
      id,
      timeline,
      servers,
      clients,
      standbys,
    })),
    keep,
    byUsers,
    byTimeline,
  }
}

function exchangeDocument(exchange: Mirroring): MirroringDocument {
  const { from, to, state, slot, behindBytes, behindChanges, divergedBytes, divergedChanges, reason } = exchange
  const since = instantOrNull(exchange.since)
  const oldestAt = instantOrNull(exchange.oldestAt)
  return { from, to, state, slot, behindBytes, behindChanges, oldestAt, divergedBytes, divergedChanges, since, reason }
}

function failoverDocument(picture: Picture | null): FailoverDocument {
  const failover = picture?.failover
  return {
    ifFails: failover?.ifFails ?? null,
    candidate: failover?.candidate ?? null,
    lossBytes: failover?.lossBytes ?? null,
    lossSeconds: rounded(failover?.lossSeconds ?? null),
    basis: failover?.basis ?? 'live',
    basisAgeSeconds: failover && failover.lossBytes !== null ? rounded(failover.basisAgeMs / 1000) : null,
    lossBound: failover?.lossBound ?? null,
    writableInSeconds: failover?.writableInSeconds ?? null,
    promotedBy: failover?.candidate == null ? null : promoterOf(picture?.manager ?? null, failover.candidate).by,
    blockers: failover?.blockers ?? [],
    warnings: failover?.warnings ?? [],
  }
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
