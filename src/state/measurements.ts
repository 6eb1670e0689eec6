// How the results of probes change the state: readings, short histories, the last position of a primary; and the effect
// of pausing.

import { afterConnectionTest } from '../model/measured/connections/new-connections.ts'
import { afterEntryPointAnswer } from '../model/measured/entry-points/entry-point-records.ts'
import { addObservedServer, isAnotherServer, type ObservedServer } from '../model/measured/observed-servers.ts'
import type { DatabasePulse } from '../model/measured/pulse.ts'
import { isOtherSystem, serverIdentityOf } from '../model/measured/server-identity.ts'
import {
  type DatabaseRecord,
  type DatabaseSample,
  HISTORY_LENGTH,
  type HostRecord,
  type LastSeenPrimary,
  type ServerRecord,
} from '../model/measured/snapshot.ts'
import type { ClusterSpec, DatabaseSpec, HostSpec, ServerSpec } from '../model/measured/spec.ts'
import { endOfWal, primaryPositionOf, standbyPositionOf } from '../model/picture/roles.ts'
import { runsRestoreCommand } from '../model/replication/replay-stall.ts'
import { transactionSample } from '../model/sessions/throughput.ts'
import { addSizeSample } from '../model/storage/storage-forecast.ts'
import { bytesBetween } from '../model/values/lsn.ts'
import {
  failedReading,
  freshReading,
  lastGood,
  PENDING,
  type ProbeOutcome,
  type Reading,
} from '../model/values/reading.ts'
import { withAuditOutcome } from './application-audit.ts'
import { updateCluster, updateRecord, withHostSample, withSource } from './cluster-update.ts'
import type { MeasurementEvent, QueryOutcome } from './event.ts'
import type { ClusterState, State } from './state.ts'

const LATENCIES_KEPT = 40

/** A record of a database without readings. */
export function newDatabaseRecord(spec: DatabaseSpec): DatabaseRecord {
  return {
    spec,
    displayName: spec.id,
    pulse: PENDING,
    history: [],
    lastSeenAsPrimary: null,
    backup: PENDING,
    onDemand: {},
  }
}

/** A record of a server without readings. */
export function newServerRecord(spec: ServerSpec): ServerRecord {
  return { spec, displayName: spec.id, pulse: PENDING, sessions: PENDING, latencies: [] }
}

/** Returns the state after one measurement. `derive-requested` is not handled here, because it measures nothing. */
export function reduceMeasurement(state: State, event: Exclude<MeasurementEvent, { type: 'derive-requested' }>): State {
  switch (event.type) {
    case 'own-host-probed':
      return { ...state, host: withOutcome(state.host, event.outcome, event.at) }
    case 'host-probed':
      return updateCluster(state, event.cluster, (cluster) => ({
        ...cluster,
        hosts: updateRecord(cluster.hosts, event.id, (record) => withHostSample(record, event.outcome, event.at)),
      }))
    case 'database-probed':
      return ofDatabase(state, event, (record) => probed(record, event.outcome, event.at))
    case 'server-probed':
      return updateCluster(state, event.cluster, (cluster) => ({
        ...cluster,
        servers: updateRecord(cluster.servers, event.id, (record) => ({
          ...record,
          pulse: withOutcome(record.pulse, event.outcome, event.at),
          latencies: [...record.latencies, event.outcome.ok ? event.outcome.value.latencyMs : null].slice(
            -LATENCIES_KEPT,
          ),
        })),
      }))
    case 'sessions-counted':
      return ofApplicationServer(state, event, (record) => ({
        ...record,
        sessions: withOutcome(record.sessions, event.outcome, event.at),
      }))
    case 'application-audit-read':
      return ofApplicationServer(state, event, (record) => withAuditOutcome(record, event))
    case 'query-completed':
      return ofDatabase(state, event, (record) => withQueryOutcome(record, event.answer, event.at))
    case 'backup-checked':
    case 'exchange-read':
    case 'manager-polled':
    case 'new-connection-tested':
    case 'logged-in-anew':
      return ofDatabase(state, event, (record) => ({ ...record, ...besideThePulse(record, event) }))
    case 'manager-source-polled':
      return updateCluster(state, event.cluster, (cluster) => withSource(cluster, event))
    case 'entry-point-polled':
      return updateCluster(state, event.cluster, (cluster) => ({
        ...cluster,
        entryPoints: afterEntryPointAnswer(cluster.spec, cluster.entryPoints, event),
      }))
    case 'history-read':
      return ofDatabase(state, event, (record) => ({ ...record, timelineHistory: event.history }))
    case 'server-identified':
      return ofDatabase(state, event, (record) => ({
        ...record,
        servers: addObservedServer(record.servers ?? null, event.server),
      }))
    case 'poll-ended':
      return updateCluster(state, event.cluster, (cluster) => withPollEnded(cluster, event.tookMs, state.paused))
    case 'spec-changed':
      return updateCluster(state, event.cluster, (cluster) => withSpec(cluster, event.spec))
  }
}

type BesideThePulse = Extract<
  MeasurementEvent,
  { type: 'backup-checked' | 'exchange-read' | 'manager-polled' | 'new-connection-tested' | 'logged-in-anew' }
>

function besideThePulse(record: DatabaseRecord, event: BesideThePulse): Partial<DatabaseRecord> {
  const { at } = event
  switch (event.type) {
    case 'backup-checked':
      return { backup: withOutcome(record.backup, event.outcome, at) }
    case 'exchange-read':
      return { exchange: withOutcome(record.exchange ?? PENDING, event.outcome, at) }
    case 'manager-polled':
      return { manager: withOutcome(record.manager ?? PENDING, event.outcome, at) }
    case 'new-connection-tested':
      return { newConnections: afterConnectionTest(record.newConnections, event.outcome, at) }
    case 'logged-in-anew':
      return { login: withOutcome(record.login ?? PENDING, event.outcome, at) }
  }
}

/** Applies a change to one database of a cluster. */
function ofDatabase(
  state: State,
  { cluster, id }: { readonly cluster: string; readonly id: string },
  change: (record: DatabaseRecord) => DatabaseRecord,
): State {
  return updateCluster(state, cluster, (known) => ({ ...known, databases: updateRecord(known.databases, id, change) }))
}

/** The same for an application server. */
function ofApplicationServer(
  state: State,
  { cluster, id }: { readonly cluster: string; readonly id: string },
  change: (record: ServerRecord) => ServerRecord,
): State {
  return updateCluster(state, cluster, (known) => ({ ...known, servers: updateRecord(known.servers, id, change) }))
}

function withOutcome<T>(before: Reading<T>, outcome: ProbeOutcome<T>, at: number): Reading<T> {
  return outcome.ok ? freshReading(outcome.value, at) : failedReading(before, outcome.fault, at)
}

function probed(record: DatabaseRecord, outcome: ProbeOutcome<DatabasePulse>, at: number): DatabaseRecord {
  const pulse = withOutcome(record.pulse, outcome, at)
  if (!outcome.ok) return { ...withoutConnectionTests(record), pulse }
  const observed = observedServer(outcome.value, at)
  const known = observed ? ofServer(record, observed) : record
  return {
    ...known,
    spec: answeredAt(record.spec, outcome.value.endpoint),
    ...(observed ? { servers: addObservedServer(record.servers ?? null, observed) } : {}),
    pulse,
    history: [...known.history, sampleOf(outcome.value, at)].slice(-HISTORY_LENGTH),
    // A server that is read as a standby is not a primary any more, whatever its last position was.
    lastSeenAsPrimary: lastSeenOf(outcome.value, at),
  }
}

/** While a database is not read its polls make new connections themselves, and tests of before say nothing of after. */
function withoutConnectionTests(record: DatabaseRecord): DatabaseRecord {
  const { newConnections: _, login: __, ...rest } = record
  return rest
}

function observedServer(pulse: DatabasePulse, at: number): ObservedServer | null {
  const { endpoint, clockOffsetMs } = pulse
  const identity = serverIdentityOf(pulse)
  if (!endpoint || !identity) return null
  return { identity, readAt: at, clockAt: at + clockOffsetMs, ...endpoint }
}

/**
 * Stores the server that answers. If it is another one than before, rates over both would mean nothing. If its system
 * identifier differs, the readings of the earlier server are dropped.
 */
function ofServer(record: DatabaseRecord, observed: ObservedServer): DatabaseRecord {
  const before = record.servers ?? null
  if (before === null || !isAnotherServer(before, observed)) return record
  if (!isOtherSystem(before.last.identity, observed.identity)) return { ...record, history: [] }
  return { ...newDatabaseRecord(record.spec), displayName: record.displayName }
}

/** Of several hosts in a DSN, the one that answered is used from then on. */
function answeredAt(spec: DatabaseSpec, endpoint: DatabasePulse['endpoint']): DatabaseSpec {
  const isOneOf = spec.endpoints?.some(({ host, port }) => host === endpoint?.host && port === endpoint.port) ?? false
  return endpoint && isOneOf ? { ...spec, ...endpoint } : spec
}

/** Whether one of the hosts in its DSN is that address. */
export function isReachedAt({ host, port, endpoints = [] }: DatabaseSpec, at: DatabasePulse['endpoint']): boolean {
  return [{ host, port }, ...endpoints].some((each) => each.host === at?.host && each.port === at.port)
}

/** The cast is sound because an outcome carries the id of its query. */
function withQueryOutcome(record: DatabaseRecord, { id, outcome }: QueryOutcome, at: number): DatabaseRecord {
  const before = (record.onDemand[id] ?? PENDING) as Reading<unknown>
  const onDemand = { ...record.onDemand, [id]: withOutcome(before, outcome as ProbeOutcome<unknown>, at) }
  if (id !== 'storage' || !outcome.ok) return { ...record, onDemand }
  return { ...record, onDemand: { ...onDemand, sizes: addSizeSample(record.onDemand.sizes ?? [], outcome.value, at) } }
}

function sampleOf(pulse: DatabasePulse, at: number): DatabaseSample {
  const standby = standbyPositionOf({ pulse })
  const counters = transactionSample(pulse)
  const transactions = counters ? { transactions: counters } : {}
  if (!standby) return { at, lsn: endOfWal({ pulse }), replayedLsn: null, backlogBytes: null, ...transactions }
  const { receivedLsn, replayedLsn } = standby
  const backlogBytes = receivedLsn !== null && replayedLsn !== null ? bytesBetween(receivedLsn, replayedLsn) : null
  const restoring = runsRestoreCommand(pulse) ? { isRestoring: true } : {}
  return { at, lsn: receivedLsn ?? replayedLsn, replayedLsn, backlogBytes, ...restoring, ...transactions }
}

function lastSeenOf(pulse: DatabasePulse, at: number): LastSeenPrimary | null {
  const { timeline, systemIdentifier, settings, endpoint } = pulse
  const position = primaryPositionOf({ pulse })
  // Without the identifier it could not be told later which server that was.
  if (!position || systemIdentifier === null) return null
  const identity = serverIdentityOf(pulse)
  const server = { systemIdentifier, ...(identity ? { identity } : {}), ...(endpoint ? { endpoint } : {}) }
  return { at, lsn: position.lsn, timeline, settings, ...server }
}

function withSpec(cluster: ClusterState, spec: ClusterSpec): ClusterState {
  const database = (wanted: DatabaseSpec) => {
    const known = cluster.databases.find((record) => record.spec.id === wanted.id)
    if (!known) return newDatabaseRecord(wanted)
    // The name has another address now: readings of the old address are of another server.
    if (!isReachedAt(wanted, known.spec)) return { ...newDatabaseRecord(wanted), displayName: known.displayName }
    return { ...known, spec: answeredAt(wanted, lastGood(known.pulse)?.endpoint) }
  }
  const server = (wanted: ServerSpec) => {
    const known = cluster.servers.find((record) => record.spec.id === wanted.id)
    return known ? { ...known, spec: wanted } : newServerRecord(wanted)
  }
  const host = (wanted: HostSpec) => {
    const known = cluster.hosts.find((record) => record.spec.id === wanted.id)
    return known ? { ...known, spec: wanted } : newHostRecord(wanted)
  }
  return {
    ...cluster,
    spec,
    databases: spec.databases.map(database),
    servers: spec.servers.map(server),
    hosts: spec.hosts.map(host),
  }
}

/** A record of a host without readings. */
export function newHostRecord(spec: HostSpec): HostRecord {
  return { spec, facts: PENDING, history: [] }
}

/**
 * Returns the state after polling was paused or continued. During a pause, old readings mean nothing. After it, a
 * cluster stays paused until its first round has ended.
 */
export function withPaused(state: State, isPaused: boolean): State {
  if (!isPaused) return { ...state, paused: false }
  const clusters = state.clusters.map((cluster) => ({ pollingPausedSince: state.now, ...cluster }))
  return { ...state, paused: true, clusters }
}

/**
 * Returns the cluster after a round that took `roundMs`. A round that was running when polling was paused does not end
 * the pause.
 */
function withPollEnded(cluster: ClusterState, roundMs: number, isPaused: boolean): ClusterState {
  if (isPaused) return { ...cluster, pollDurationMs: roundMs }
  const { pollingPausedSince: _, ...polled } = cluster
  return { ...polled, pollDurationMs: roundMs }
}
