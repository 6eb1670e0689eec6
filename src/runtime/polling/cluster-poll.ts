// The polled targets of one cluster: databases with their on-demand queries, servers, hosts and backups, each on its
// own.

import type { ClusterConfig, DatabaseConfig, ServerConfig } from '../../config/config.ts'
import { type DatabaseSession, openDatabaseSession } from '../../io/postgres/database-session.ts'
import { BACKUP_INTERVAL_MS, BACKUP_TOOL_INTERVAL_MS, BACKUP_TOOL_LIMIT_MS } from '../../model/measured/backup.ts'
import { EXCHANGE_INTERVAL_MS } from '../../model/measured/exchange/exchange-backlog.ts'
import { HOST_INTERVAL_MS } from '../../model/measured/host.ts'
import {
  ON_DEMAND_QUERIES,
  type OnDemandQuery,
  type OnDemandResults,
  type SessionOnDatabase,
} from '../../model/measured/on-demand.ts'
import { mirroredIds } from '../../model/replication/mirrored-pair.ts'
import { backupProbe, exchangeProbe, ON_DEMAND_PROBES, pulseProbe } from '../../probes/database/index.ts'
import { configuredHostProbe } from '../../probes/host/index.ts'
import type { AccessibleHost, ProbeInputs } from '../../probes/probe.ts'
import { healthProbe, userSessionsProbe } from '../../probes/server/index.ts'
import type { QueryOutcome } from '../../state/event.ts'
import type { Store } from '../../state/store.ts'
import { type HostConnections, openHostConnections, type SshOpener } from '../hosts/host-connections.ts'
import { nodeAddressesOf } from '../hosts/node-addresses.ts'
import { auditTargets } from './audit-poll.ts'
import { createEntryPointPolls, type EntryPointPoll } from './entry-point-poll.ts'
import { createHistoryPoll, type HistoryPoll } from './history-poll.ts'
import { createManagerPoll, type ManagerPoll } from './manager-poll.ts'
import { createManagerSourcePolls, type ManagerSourcePoll } from './manager-source-poll.ts'
import { createNewConnectionPoll, type NewConnectionPoll } from './new-connection-poll.ts'
import { createPolledTarget, type PolledTarget, type TargetPollOptions } from './polled-target.ts'

export interface ClusterPoll {
  config: ClusterConfig
  readonly hostConnections: HostConnections
  readonly sessions: Map<string, DatabaseSession>
  readonly targets: Map<string, PolledTarget>
  /** By database, then by query. */
  readonly onDemandTargets: Map<string, ReadonlyMap<OnDemandQuery, PolledTarget>>
  readonly hosts: readonly PolledTarget[]
  /** By database, if its configuration has a source of backups. */
  readonly backups: Map<string, PolledTarget>
  /** By database: the requests to a manager, after a poll that showed signs of one. */
  readonly managers: Map<string, ManagerPoll>
  /** By database: the tests of new connections. */
  readonly newConnections: Map<string, NewConnectionPoll>
  /** The requests to the declared manager as a whole. */
  readonly managerSources: readonly ManagerSourcePoll[]
  /** Poolers, proxies and addresses. */
  readonly entryPoints: readonly EntryPointPoll[]
  /** By server: the sources of its own audit. */
  readonly audits: Map<string, readonly PolledTarget[]>
  /** Whether they are read now: their view is open. */
  readsAudits: boolean
  /** By database: the history of its timeline, read once per timeline. */
  readonly histories: Map<string, HistoryPoll>
  activeQueries: readonly OnDemandQuery[]
  /** The session whose statement is read whole. */
  opened: SessionOnDatabase | null
  /** When the queries of all views were asked last, for a recording. */
  recordedAt: number
  /** Rounds follow each other. False: there is one at a time, when it is asked for. */
  isRunning: boolean
  timer: NodeJS.Timeout | undefined
  nextAt: number
}

/** Creates all targets of a cluster. Reads nothing yet. */
export function createClusterPoll(store: Store, config: ClusterConfig, ssh?: SshOpener): ClusterPoll {
  const hostConnections = openHostConnections(config.hosts, ssh)
  const clusterPoll: ClusterPoll = {
    config,
    hostConnections,
    sessions: new Map(),
    targets: new Map(),
    onDemandTargets: new Map(),
    hosts: hostConnections.hosts.map((host) => hostTarget(store, config.spec.name, host)),
    backups: new Map(),
    managers: new Map(),
    newConnections: new Map(),
    managerSources: createManagerSourcePolls(store, config),
    entryPoints: createEntryPointPolls(store, config, hostConnections),
    audits: new Map(),
    readsAudits: false,
    histories: new Map(),
    activeQueries: [],
    opened: null,
    recordedAt: Number.NEGATIVE_INFINITY,
    isRunning: false,
    timer: undefined,
    nextAt: 0,
  }
  syncTargets(store, clusterPoll, config)
  return clusterPoll
}

/** Adds targets for new databases and servers of the cluster, and removes those that left it. */
export function syncTargets(store: Store, clusterPoll: ClusterPoll, config: ClusterConfig): void {
  clusterPoll.config = config
  for (const database of config.databases) {
    if (!clusterPoll.sessions.has(database.spec.id)) addDatabase(store, clusterPoll, database)
  }
  for (const server of config.servers) {
    if (!clusterPoll.targets.has(`server ${server.spec.id}`)) addServer(store, clusterPoll, server)
  }
  const wanted = new Set(config.databases.map((database) => database.spec.id))
  for (const [id, session] of clusterPoll.sessions) {
    if (wanted.has(id)) continue
    clusterPoll.sessions.delete(id)
    clusterPoll.targets.delete(`database ${id}`)
    clusterPoll.targets.delete(`exchange ${id}`)
    clusterPoll.onDemandTargets.delete(id)
    clusterPoll.backups.delete(id)
    clusterPoll.managers.delete(id)
    clusterPoll.newConnections.get(id)?.stop()
    clusterPoll.newConnections.delete(id)
    clusterPoll.histories.delete(id)
    void session.close()
  }
}

/** The queries of the open view, on every database. */
export function activeQueryTargets(clusterPoll: ClusterPoll): readonly PolledTarget[] {
  return [...clusterPoll.onDemandTargets.values()].flatMap((queries) =>
    clusterPoll.activeQueries.flatMap((id) => queries.get(id) ?? []),
  )
}

/** Asks the queries of every view if they are due: recorded time has them too. */
export function pollRecorded(clusterPoll: ClusterPoll, limits: TargetPollOptions, everyMs: number): Promise<void>[] {
  const now = performance.now()
  // Somewhat less, so that the nearest round is never missed by a millisecond.
  if (now - clusterPoll.recordedAt < everyMs - limits.intervalMs / 2) return []
  clusterPoll.recordedAt = now
  const targets = [...clusterPoll.onDemandTargets.values()].flatMap((queries) => [...queries.values()])
  return targets.map((target) => target.poll(limits))
}

/** Closes every session, then the host connections. */
export async function closeClusterPoll(clusterPoll: ClusterPoll): Promise<void> {
  for (const each of clusterPoll.newConnections.values()) each.stop()
  const closing = [...clusterPoll.sessions.values(), ...clusterPoll.managerSources, ...clusterPoll.entryPoints]
  await Promise.all(closing.map((each) => each.close()))
  await clusterPoll.hostConnections.close()
}

function addDatabase(store: Store, clusterPoll: ClusterPoll, config: DatabaseConfig): void {
  const { id, host, port, hostId } = config.spec
  const { name, timeoutMs, intervalMs } = clusterPoll.config.spec
  const { connection, passwordCommand, via } = config
  const tunnel = clusterPoll.hostConnections.tunnelVia(via)
  const session = openDatabaseSession({ connection, passwordCommand, timeoutMs, tunnel })
  clusterPoll.sessions.set(id, session)
  const manager = createManagerPoll(store, name, config, session)
  clusterPoll.managers.set(id, manager)
  const history = createHistoryPoll(store, name, config, tunnel)
  clusterPoll.histories.set(id, history)
  const newConnections = createNewConnectionPoll(store, name, config, session)
  clusterPoll.newConnections.set(id, newConnections)
  const again = () => void target.poll({ timeoutMs, intervalMs, force: true })
  const target = createPolledTarget({
    description: `${id} (${host}:${port})`,
    read: (signal) => pulseProbe.read({ session, ...(clusterPoll.isRunning ? { again } : {}) }, signal),
    onResult: (outcome) => {
      manager.saw(outcome)
      history.saw(outcome)
      newConnections.saw(outcome)
      store.dispatch({ type: 'database-probed', cluster: name, id, at: Date.now(), outcome })
    },
  })
  clusterPoll.targets.set(`database ${id}`, target)
  const exchange = createExchangePoll(store, clusterPoll, config, session)
  if (exchange) clusterPoll.targets.set(`exchange ${id}`, exchange)
  const backups = createBackupPoll(store, name, config, session, clusterPoll.hostConnections)
  if (backups) clusterPoll.backups.set(id, backups)
  const runsOn = clusterPoll.hostConnections.hosts.find((each) => each.config.id === hostId) ?? null
  const inputs = () => {
    const { opened } = clusterPoll
    const nodeAddresses = nodeAddressesOf(clusterPoll.config)
    return {
      session,
      host: runsOn,
      nodeAddresses,
      ...(opened?.database === id ? { wholeStatementOf: opened.pid } : {}),
    }
  }
  // A query that its host answers needs no SQL.
  const queries = ON_DEMAND_QUERIES.filter(
    (query) => query !== 'hostFiles' || !clusterPoll.hostConnections.leadsTo(hostId),
  )
  clusterPoll.onDemandTargets.set(
    id,
    new Map(queries.map((query) => [query, onDemandTarget(query, inputs, config, name, store)])),
  )
}

function onDemandTarget<Id extends OnDemandQuery>(
  query: Id,
  inputs: () => ProbeInputs['database'],
  { spec: { id, host, port } }: DatabaseConfig,
  cluster: string,
  store: Store,
): PolledTarget {
  const { every } = ON_DEMAND_PROBES[query]
  return createPolledTarget<OnDemandResults[Id]>({
    ...(every === 'interval' ? {} : { everyMs: every.ms }),
    description: `${query} of ${id} (${host}:${port})`,
    read: (signal) => ON_DEMAND_PROBES[query].read(inputs(), signal),
    onResult: (outcome) =>
      store.dispatch({
        type: 'query-completed',
        cluster,
        id,
        at: Date.now(),
        answer: { id: query, outcome } as QueryOutcome,
      }),
  })
}

function addServer(store: Store, clusterPoll: ClusterPoll, server: ServerConfig): void {
  const { id, url, databaseId } = server.spec
  const cluster = clusterPoll.config
  const inputs = () => ({
    server,
    cluster,
    database: databaseId ? (clusterPoll.sessions.get(databaseId) ?? null) : null,
  })
  const about = { cluster: cluster.spec.name, id }
  const target = createPolledTarget({
    description: `${id} (${url})`,
    read: (signal) => healthProbe.read(inputs(), signal),
    onResult: (outcome) => store.dispatch({ type: 'server-probed', ...about, at: Date.now(), outcome }),
  })
  clusterPoll.targets.set(`server ${id}`, target)
  clusterPoll.audits.set(id, auditTargets(store, clusterPoll, server))
  if (!server.sessions) return
  const counted = createPolledTarget({
    description: `the sessions of ${id}`,
    read: (signal) => userSessionsProbe.read(inputs(), signal),
    onResult: (outcome) => store.dispatch({ type: 'sessions-counted', ...about, at: Date.now(), outcome }),
  })
  clusterPoll.targets.set(`sessions ${id}`, counted)
}

function hostTarget(store: Store, cluster: string, host: AccessibleHost): PolledTarget {
  const { id, access } = host.config
  return createPolledTarget({
    everyMs: HOST_INTERVAL_MS,
    description: access.kind === 'ssh' ? `host ${id} (ssh ${access.destination})` : `host ${id}`,
    read: (signal) => configuredHostProbe.read({ host }, signal),
    onResult: (outcome) => store.dispatch({ type: 'host-probed', cluster, id, at: Date.now(), outcome }),
  })
}

/** The query of a mirrored database for its changes that are not exchanged; null for any other database, and without a query. */
function createExchangePoll(
  store: Store,
  { config }: ClusterPoll,
  { spec: { id }, exchange: source }: DatabaseConfig,
  session: DatabaseSession,
): PolledTarget | null {
  if (!source || !mirroredIds(config.spec)?.includes(id)) return null
  const about = { cluster: config.spec.name, id }
  return createPolledTarget({
    everyMs: EXCHANGE_INTERVAL_MS,
    description: `the exchange of ${id}`,
    read: (signal) => exchangeProbe.read({ source, link: session }, signal),
    onResult: (outcome) => store.dispatch({ type: 'exchange-read', ...about, at: Date.now(), outcome }),
  })
}

/** The backup target; null if the configuration has no source of backups. */
function createBackupPoll(
  store: Store,
  cluster: string,
  { spec: { id }, backup: source }: DatabaseConfig,
  session: DatabaseSession,
  hostConnections: HostConnections,
): PolledTarget | null {
  if (!source) return null
  const hostId = source.kind === 'folder' || source.kind === 'tool' ? source.host : null
  const host = hostConnections.hosts.find(({ config }) => config.id === hostId) ?? null
  return createPolledTarget({
    everyMs: source.kind === 'tool' ? BACKUP_TOOL_INTERVAL_MS : BACKUP_INTERVAL_MS,
    ...(source.kind === 'tool' ? { limitMs: BACKUP_TOOL_LIMIT_MS } : {}),
    description: `the backups of ${id}`,
    read: (signal) => backupProbe.read({ source, link: session, host }, signal),
    onResult: (outcome) => store.dispatch({ type: 'backup-checked', cluster, id, at: Date.now(), outcome }),
  })
}
