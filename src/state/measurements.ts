// How answers of the probes change the state: readings, short histories, what was last seen of a primary; and
// what a pause of the polling does to them.

import type { HostFacts } from '../model/measured/host.ts'
import { addObservedServer, isAnotherServer, type ObservedServer } from '../model/measured/observed-servers.ts'
import type { DatabasePulse } from '../model/measured/pulse.ts'
import { isOtherSystem, serverIdentityOf } from '../model/measured/server-identity.ts'
import {
  type DatabaseRecord,
  type DatabaseSample,
  HISTORY_LENGTH,
  type HostRecord,
  type HostSample,
  type LastSeenPrimary,
  type ServerRecord,
} from '../model/measured/snapshot.ts'
import type { ClusterSpec, DatabaseSpec, HostSpec, ServerSpec } from '../model/measured/spec.ts'
import { endOfWal, primaryPositionOf, standbyPositionOf } from '../model/picture/roles.ts'
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
import { updateCluster, updateRecord } from './cluster-update.ts'
import type { MeasurementEvent, QueryOutcome } from './event.ts'
import type { ClusterState, State } from './state.ts'

const LATENCIES_KEPT = 40

/** A record of a database nothing is known of yet. */
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

/** A record of a server nothing is known of yet. */
export function newServerRecord(spec: ServerSpec): ServerRecord {
  return { spec, displayName: spec.id, pulse: PENDING, sessions: PENDING, latencies: [] }
}

/** The state after one measurement. `derive-requested` is not handled here: it derives instead of measuring. */
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
      return updateCluster(state, event.cluster, (cluster) => ({
        ...cluster,
        servers: updateRecord(cluster.servers, event.id, (record) => ({
          ...record,
          sessions: withOutcome(record.sessions, event.outcome, event.at),
        })),
      }))
    case 'query-completed':
      return ofDatabase(state, event, (record) => withQueryOutcome(record, event.look, event.at))
    case 'backup-checked':
      return ofDatabase(state, event, (record) => ({
        ...record,
        backup: withOutcome(record.backup, event.outcome, event.at),
      }))
    case 'manager-polled':
      return ofDatabase(state, event, (record) => ({
        ...record,
        manager: withOutcome(record.manager ?? PENDING, event.outcome, event.at),
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

/** Applies a change to one database of a cluster. */
function ofDatabase(
  state: State,
  { cluster, id }: { readonly cluster: string; readonly id: string },
  change: (record: DatabaseRecord) => DatabaseRecord,
): State {
  return updateCluster(state, cluster, (known) => ({ ...known, databases: updateRecord(known.databases, id, change) }))
}

function withOutcome<T>(before: Reading<T>, outcome: ProbeOutcome<T>, at: number): Reading<T> {
  return outcome.ok ? freshReading(outcome.value, at) : failedReading(before, outcome.fault, at)
}

function probed(record: DatabaseRecord, outcome: ProbeOutcome<DatabasePulse>, at: number): DatabaseRecord {
  const pulse = withOutcome(record.pulse, outcome, at)
  if (!outcome.ok) return { ...record, pulse }
  const observed = observedServer(outcome.value, at)
  const known = observed ? ofServer(record, observed) : record
  return {
    ...known,
    spec: answeredAt(record.spec, outcome.value.endpoint),
    ...(observed ? { servers: addObservedServer(record.servers ?? null, observed) } : {}),
    pulse,
    history: [...known.history, sampleOf(outcome.value, at)].slice(-HISTORY_LENGTH),
    // Whoever is read as a standby is a primary no more, whatever it was when it was seen last.
    lastSeenAsPrimary: lastSeenOf(outcome.value, at),
  }
}

function observedServer(pulse: DatabasePulse, at: number): ObservedServer | null {
  const { endpoint, clockOffsetMs } = pulse
  if (!endpoint) return null
  return { identity: serverIdentityOf(pulse), readAt: at, clockAt: at + clockOffsetMs, ...endpoint }
}

/**
 * What is remembered of the server that answers. Where it is another one than before, rates over both would mean nothing;
 * where it is of another system, nothing that was read of the one before is said of this one.
 */
function ofServer(record: DatabaseRecord, observed: ObservedServer): DatabaseRecord {
  const before = record.servers ?? null
  if (before === null || !isAnotherServer(before, observed)) return record
  if (!isOtherSystem(before.last.identity, observed.identity)) return { ...record, history: [] }
  return { ...newDatabaseRecord(record.spec), displayName: record.displayName }
}

/** Of several hosts in a dsn the one that answered is the one that is meant from then on. */
function answeredAt(spec: DatabaseSpec, endpoint: DatabasePulse['endpoint']): DatabaseSpec {
  const isOneOf = spec.endpoints?.some(({ host, port }) => host === endpoint?.host && port === endpoint.port) ?? false
  return endpoint && isOneOf ? { ...spec, ...endpoint } : spec
}

/** Whether a database is reached there, by any of the hosts of its dsn. */
export function isReachedAt({ host, port, endpoints = [] }: DatabaseSpec, at: DatabasePulse['endpoint']): boolean {
  return [{ host, port }, ...endpoints].some((each) => each.host === at?.host && each.port === at.port)
}

/** The cast is sound because an outcome carries the id of the look it is of. */
function withQueryOutcome(record: DatabaseRecord, { id, outcome }: QueryOutcome, at: number): DatabaseRecord {
  const before = (record.onDemand[id] ?? PENDING) as Reading<unknown>
  const looks = { ...record.onDemand, [id]: withOutcome(before, outcome as ProbeOutcome<unknown>, at) }
  if (id !== 'storage' || !outcome.ok) return { ...record, onDemand: looks }
  return { ...record, onDemand: { ...looks, sizes: addSizeSample(record.onDemand.sizes ?? [], outcome.value, at) } }
}

function sampleOf(pulse: DatabasePulse, at: number): DatabaseSample {
  const standby = standbyPositionOf({ pulse })
  if (!standby) return { at, lsn: endOfWal({ pulse }), replayedLsn: null, backlogBytes: null }
  const { receivedLsn, replayedLsn } = standby
  const backlogBytes = receivedLsn !== null && replayedLsn !== null ? bytesBetween(receivedLsn, replayedLsn) : null
  return { at, lsn: receivedLsn ?? replayedLsn, replayedLsn, backlogBytes }
}

function lastSeenOf(pulse: DatabasePulse, at: number): LastSeenPrimary | null {
  const { timeline, systemIdentifier, settings, endpoint } = pulse
  const position = primaryPositionOf({ pulse })
  if (!position) return null
  const server = { systemIdentifier, identity: serverIdentityOf(pulse), ...(endpoint ? { endpoint } : {}) }
  return { at, lsn: position.lsn, timeline, settings, ...server }
}

function withSpec(cluster: ClusterState, spec: ClusterSpec): ClusterState {
  const database = (wanted: DatabaseSpec) => {
    const known = cluster.databases.find((record) => record.spec.id === wanted.id)
    if (!known) return newDatabaseRecord(wanted)
    // A name that is given to another address: what was read at the old one is of another server.
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

/** A record of a host nothing is known of yet. */
export function newHostRecord(spec: HostSpec): HostRecord {
  return { spec, facts: PENDING, history: [] }
}

/** The record after one sample, or one that failed. */
function withHostSample(record: HostRecord, outcome: ProbeOutcome<HostFacts>, at: number): HostRecord {
  if (!outcome.ok) return { ...record, facts: failedReading(record.facts, outcome.fault, at) }
  const history = [...record.history, hostSampleOf(outcome.value, at)].slice(-HISTORY_LENGTH)
  return { ...record, facts: freshReading(outcome.value, at), history }
}

function hostSampleOf({ load, fileSystems }: HostFacts, at: number): HostSample {
  const available = fileSystems.flatMap(({ path, space }) =>
    space.state === 'known' ? [[path, space.value.availableBytes] as const] : [],
  )
  return {
    at,
    load: load?.[0] ?? null,
    availableBytes: Object.fromEntries(available),
  }
}

/**
 * The state after polling was paused or goes on. While it rests because somebody asked for it, that readings get old shows
 * nothing. Going on, a cluster rests until its first round has ended.
 */
export function withPaused(state: State, isPaused: boolean): State {
  if (!isPaused) return { ...state, paused: false }
  const clusters = state.clusters.map((cluster) => ({ restsSince: state.now, ...cluster }))
  return { ...state, paused: true, clusters }
}

/** The cluster after a round that took `roundMs`. One that was still going on when polling was paused ends no rest. */
function withPollEnded(cluster: ClusterState, roundMs: number, isPaused: boolean): ClusterState {
  if (isPaused) return { ...cluster, pollDurationMs: roundMs }
  const { restsSince: _, ...polled } = cluster
  return { ...polled, pollDurationMs: roundMs }
}
