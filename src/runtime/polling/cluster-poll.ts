// What one cluster has polled: its databases and what is looked at of them, its servers, its hosts, each tracked alone.

import type { ClusterConfig, DatabaseConfig, ServerConfig } from '../../config/config.ts'
import { type DatabaseSession, openDatabaseSession } from '../../io/postgres/database-session.ts'
import { HOST_INTERVAL_MS } from '../../model/measured/host.ts'
import { ON_DEMAND_QUERIES, type OnDemandQuery, type OnDemandResults } from '../../model/measured/on-demand.ts'
import { ON_DEMAND_PROBES, pulseProbe } from '../../probes/database/index.ts'
import { configuredHostProbe } from '../../probes/host/index.ts'
import type { AccessibleHost, ProbeInputs } from '../../probes/probe.ts'
import { healthProbe, userSessionsProbe } from '../../probes/server/index.ts'
import type { QueryOutcome } from '../../state/event.ts'
import type { Store } from '../../state/store.ts'
import { type HostConnections, openHostConnections, type SshOpener } from '../hosts/host-connections.ts'
import { createBackupPoll } from './backup-poll.ts'
import { createManagerPoll, type ManagerPoll } from './manager-poll.ts'
import { createPolledTarget, type PolledTarget } from './polled-target.ts'

export interface ClusterPoll {
  config: ClusterConfig
  readonly ways: HostConnections
  readonly links: Map<string, DatabaseSession>
  readonly targets: Map<string, PolledTarget>
  /** By database, then by look. */
  readonly looks: Map<string, ReadonlyMap<OnDemandQuery, PolledTarget>>
  readonly hosts: readonly PolledTarget[]
  /** By database, where the config says how its backups are found. */
  readonly backups: Map<string, PolledTarget>
  /** By database: what is asked of a manager, after a poll that showed signs of one. */
  readonly managers: Map<string, ManagerPoll>
  looked: readonly OnDemandQuery[]
  timer: NodeJS.Timeout | undefined
  nextAt: number
}

/** Everything of a cluster that may be polled. Nothing is asked yet. */
export function createClusterPoll(store: Store, config: ClusterConfig, ssh?: SshOpener): ClusterPoll {
  const ways = openHostConnections(config.hosts, ssh)
  const round: ClusterPoll = {
    config,
    ways,
    links: new Map(),
    targets: new Map(),
    looks: new Map(),
    hosts: ways.hosts.map((host) => hostTarget(store, config.spec.name, host)),
    backups: new Map(),
    managers: new Map(),
    looked: [],
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
    if (!round.links.has(database.spec.id)) addDatabase(store, round, database)
  }
  for (const server of config.servers) {
    if (!round.targets.has(`server ${server.spec.id}`)) addServer(store, round, server)
  }
  const wanted = new Set(config.databases.map((database) => database.spec.id))
  for (const [id, link] of round.links) {
    if (wanted.has(id)) continue
    round.links.delete(id)
    round.targets.delete(`database ${id}`)
    round.looks.delete(id)
    round.backups.delete(id)
    round.managers.delete(id)
    void link.close()
  }
}

/** What the open view looks at, of every database. */
export function activeQueryTargets(round: ClusterPoll): readonly PolledTarget[] {
  return [...round.looks.values()].flatMap((looks) => round.looked.flatMap((id) => looks.get(id) ?? []))
}

/** Closes every session, then the ways they went. */
export async function closeClusterPoll(round: ClusterPoll): Promise<void> {
  await Promise.all([...round.links.values()].map((link) => link.close()))
  await round.ways.close()
}

function addDatabase(store: Store, round: ClusterPoll, config: DatabaseConfig): void {
  const { id, host, port, hostId } = config.spec
  const { name, timeoutMs } = round.config.spec
  const { connection, passwordCommand, via } = config
  const link = openDatabaseSession({ connection, passwordCommand, timeoutMs, route: round.ways.routeVia(via) })
  round.links.set(id, link)
  const manager = createManagerPoll(store, name, config, link)
  round.managers.set(id, manager)
  const target = createPolledTarget({
    what: `${id} (${host}:${port})`,
    read: (signal) => pulseProbe.read({ link }, signal),
    told: (outcome) => {
      manager.saw(outcome)
      store.dispatch({ type: 'database-probed', cluster: name, id, at: Date.now(), outcome })
    },
  })
  round.targets.set(`database ${id}`, target)
  const backups = createBackupPoll(store, name, config, link, round.ways)
  if (backups) round.backups.set(id, backups)
  const runsOn = round.ways.hosts.find((each) => each.config.id === hostId) ?? null
  // What its host tells itself needs no detour.
  const looks = ON_DEMAND_QUERIES.filter((look) => look !== 'hostFiles' || !round.ways.leadsTo(hostId))
  round.looks.set(id, new Map(looks.map((look) => [look, lookAt(look, { link, host: runsOn }, config, name, store)])))
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
    what: `${look} of ${id} (${host}:${port})`,
    read: (signal) => ON_DEMAND_PROBES[look].read(links, signal),
    told: (outcome) =>
      store.dispatch({ type: 'looked', cluster, id, at: Date.now(), look: { id: look, outcome } as QueryOutcome }),
  })
}

function addServer(store: Store, round: ClusterPoll, server: ServerConfig): void {
  const { id, url, databaseId } = server.spec
  const cluster = round.config
  const links = () => ({ server, cluster, database: databaseId ? (round.links.get(databaseId) ?? null) : null })
  const about = { cluster: cluster.spec.name, id }
  const target = createPolledTarget({
    what: `${id} (${url})`,
    read: (signal) => healthProbe.read(links(), signal),
    told: (outcome) => store.dispatch({ type: 'server-probed', ...about, at: Date.now(), outcome }),
  })
  round.targets.set(`server ${id}`, target)
  if (!server.sessions) return
  const counted = createPolledTarget({
    what: `the sessions of ${id}`,
    read: (signal) => userSessionsProbe.read(links(), signal),
    told: (outcome) => store.dispatch({ type: 'sessions-counted', ...about, at: Date.now(), outcome }),
  })
  round.targets.set(`sessions ${id}`, counted)
}

function hostTarget(store: Store, cluster: string, host: AccessibleHost): PolledTarget {
  const { id, access } = host.config
  return createPolledTarget({
    everyMs: HOST_INTERVAL_MS,
    what: access.kind === 'ssh' ? `host ${id} (ssh ${access.destination})` : `host ${id}`,
    read: (signal) => configuredHostProbe.read({ host }, signal),
    told: (outcome) => store.dispatch({ type: 'machine-probed', cluster, id, at: Date.now(), outcome }),
  })
}
