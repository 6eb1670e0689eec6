// What one cluster has polled: its databases and what is looked at of them, its servers, its hosts, its newest
// backup, each tracked alone.

import type { ClusterConfig, DatabaseConfig, ServerConfig } from '../../config/config.ts'
import { type DatabaseSession, openDatabaseSession } from '../../io/postgres/database-session.ts'
import { BACKUP_INTERVAL_MS } from '../../model/measured/backup.ts'
import { HOST_INTERVAL_MS } from '../../model/measured/host.ts'
import { ON_DEMAND_QUERIES, type OnDemandQuery, type OnDemandResults } from '../../model/measured/on-demand.ts'
import { backupProbe, ON_DEMAND_PROBES, pulseProbe } from '../../probes/database/index.ts'
import { configuredHostProbe } from '../../probes/host/index.ts'
import type { AccessibleHost, ProbeInputs } from '../../probes/probe.ts'
import { healthProbe, userSessionsProbe } from '../../probes/server/index.ts'
import type { QueryOutcome } from '../../state/event.ts'
import type { Store } from '../../state/store.ts'
import { type HostConnections, openHostConnections, type SshOpener } from '../hosts/host-connections.ts'
import { createManagerPoll, type ManagerPoll } from './manager-poll.ts'
import { createPolledTarget, type PolledTarget } from './polled-target.ts'

export interface ClusterPoll {
  config: ClusterConfig
  readonly hostConnections: HostConnections
  readonly sessions: Map<string, DatabaseSession>
  readonly targets: Map<string, PolledTarget>
  /** By database, then by look. */
  readonly onDemandTargets: Map<string, ReadonlyMap<OnDemandQuery, PolledTarget>>
  readonly hosts: readonly PolledTarget[]
  /** By database, where the config says how its backups are found. */
  readonly backups: Map<string, PolledTarget>
  /** By database: what is asked of a manager, after a poll that showed signs of one. */
  readonly managers: Map<string, ManagerPoll>
  activeQueries: readonly OnDemandQuery[]
  timer: NodeJS.Timeout | undefined
  nextAt: number
}

/** Everything of a cluster that may be polled. Nothing is asked yet. */
export function createClusterPoll(store: Store, config: ClusterConfig, ssh?: SshOpener): ClusterPoll {
  const ways = openHostConnections(config.hosts, ssh)
  const round: ClusterPoll = {
    config,
    hostConnections: ways,
    sessions: new Map(),
    targets: new Map(),
    onDemandTargets: new Map(),
    hosts: ways.hosts.map((host) => hostTarget(store, config.spec.name, host)),
    backups: new Map(),
    managers: new Map(),
    activeQueries: [],
    timer: undefined,
    nextAt: 0,
  }
  syncTargets(store, round, config)
  return round
}

/** Takes up databases and servers that were added to the cluster, and lets go of those that went. */
export function syncTargets(store: Store, round: ClusterPoll, config: ClusterConfig): void {
  round.config = config
  for (const database of config.databases) {
    if (!round.sessions.has(database.spec.id)) addDatabase(store, round, database)
  }
  for (const server of config.servers) {
    if (!round.targets.has(`server ${server.spec.id}`)) addServer(store, round, server)
  }
  const wanted = new Set(config.databases.map((database) => database.spec.id))
  for (const [id, link] of round.sessions) {
    if (wanted.has(id)) continue
    round.sessions.delete(id)
    round.targets.delete(`database ${id}`)
    round.onDemandTargets.delete(id)
    round.backups.delete(id)
    round.managers.delete(id)
    void link.close()
  }
}

/** What the open view looks at, of every database. */
export function activeQueryTargets(round: ClusterPoll): readonly PolledTarget[] {
  return [...round.onDemandTargets.values()].flatMap((looks) =>
    round.activeQueries.flatMap((id) => looks.get(id) ?? []),
  )
}

/** Closes every session, then the ways they went. */
export async function closeClusterPoll(round: ClusterPoll): Promise<void> {
  await Promise.all([...round.sessions.values()].map((link) => link.close()))
  await round.hostConnections.close()
}

function addDatabase(store: Store, round: ClusterPoll, config: DatabaseConfig): void {
  const { id, host, port, hostId } = config.spec
  const { name, timeoutMs } = round.config.spec
  const { connection, passwordCommand, via } = config
  const link = openDatabaseSession({
    connection,
    passwordCommand,
    timeoutMs,
    tunnel: round.hostConnections.tunnelVia(via),
  })
  round.sessions.set(id, link)
  const manager = createManagerPoll(store, name, config, link)
  round.managers.set(id, manager)
  const target = createPolledTarget({
    description: `${id} (${host}:${port})`,
    read: (signal) => pulseProbe.read({ session: link }, signal),
    onResult: (outcome) => {
      manager.saw(outcome)
      store.dispatch({ type: 'database-probed', cluster: name, id, at: Date.now(), outcome })
    },
  })
  round.targets.set(`database ${id}`, target)
  const backups = createBackupPoll(store, name, config, link, round.hostConnections)
  if (backups) round.backups.set(id, backups)
  const runsOn = round.hostConnections.hosts.find((each) => each.config.id === hostId) ?? null
  // What its host tells itself needs no detour.
  const looks = ON_DEMAND_QUERIES.filter((look) => look !== 'hostFiles' || !round.hostConnections.leadsTo(hostId))
  round.onDemandTargets.set(
    id,
    new Map(looks.map((look) => [look, lookAt(look, { session: link, host: runsOn }, config, name, store)])),
  )
}

function lookAt<Id extends OnDemandQuery>(
  look: Id,
  links: ProbeInputs['database'],
  { spec: { id, host, port } }: DatabaseConfig,
  cluster: string,
  store: Store,
): PolledTarget {
  const { every } = ON_DEMAND_PROBES[look]
  return createPolledTarget<OnDemandResults[Id]>({
    ...(every === 'interval' ? {} : { everyMs: every.ms }),
    description: `${look} of ${id} (${host}:${port})`,
    read: (signal) => ON_DEMAND_PROBES[look].read(links, signal),
    onResult: (outcome) =>
      store.dispatch({
        type: 'query-completed',
        cluster,
        id,
        at: Date.now(),
        look: { id: look, outcome } as QueryOutcome,
      }),
  })
}

function addServer(store: Store, round: ClusterPoll, server: ServerConfig): void {
  const { id, url, databaseId } = server.spec
  const cluster = round.config
  const links = () => ({ server, cluster, database: databaseId ? (round.sessions.get(databaseId) ?? null) : null })
  const about = { cluster: cluster.spec.name, id }
  const target = createPolledTarget({
    description: `${id} (${url})`,
    read: (signal) => healthProbe.read(links(), signal),
    onResult: (outcome) => store.dispatch({ type: 'server-probed', ...about, at: Date.now(), outcome }),
  })
  round.targets.set(`server ${id}`, target)
  if (!server.sessions) return
  const counted = createPolledTarget({
    description: `the sessions of ${id}`,
    read: (signal) => userSessionsProbe.read(links(), signal),
    onResult: (outcome) => store.dispatch({ type: 'sessions-counted', ...about, at: Date.now(), outcome }),
  })
  round.targets.set(`sessions ${id}`, counted)
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

/** What is to be polled; null where the config does not say how backups are found. */
function createBackupPoll(
  store: Store,
  cluster: string,
  { spec: { id }, backup: source }: DatabaseConfig,
  link: DatabaseSession,
  ways: HostConnections,
): PolledTarget | null {
  if (!source) return null
  const hostId = source.kind === 'folder' ? source.host : null
  const host = ways.hosts.find(({ config }) => config.id === hostId) ?? null
  return createPolledTarget({
    everyMs: BACKUP_INTERVAL_MS,
    description: `the backups of ${id}`,
    read: (signal) => backupProbe.read({ source, link, host }, signal),
    onResult: (outcome) => store.dispatch({ type: 'backup-checked', cluster, id, at: Date.now(), outcome }),
  })
}
