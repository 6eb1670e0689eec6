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
import { type OpenSsh, openWays, type Ways } from '../hosts/host-connections.ts'
import { backupTarget } from './backup-poll.ts'
import { type ManagerTarget, managerTarget } from './manager-poll.ts'
import { type Tracked, track } from './polled-target.ts'

export interface Round {
  config: ClusterConfig
  readonly ways: Ways
  readonly links: Map<string, DatabaseSession>
  readonly targets: Map<string, Tracked>
  /** By database, then by look. */
  readonly looks: Map<string, ReadonlyMap<OnDemandQuery, Tracked>>
  readonly hosts: readonly Tracked[]
  /** By database, where the config says how its backups are found. */
  readonly backups: Map<string, Tracked>
  /** By database: what is asked of a manager, after a poll that showed signs of one. */
  readonly managers: Map<string, ManagerTarget>
  looked: readonly OnDemandQuery[]
  timer: NodeJS.Timeout | undefined
  nextAt: number
}

/** Everything of a cluster that may be polled. Nothing is asked yet. */
export function newRound(store: Store, config: ClusterConfig, ssh?: OpenSsh): Round {
  const ways = openWays(config.hosts, ssh)
  const round: Round = {
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
  takeUp(store, round, config)
  return round
}

/** Takes up databases and servers that were added to the cluster, and lets go of those that went. */
export function takeUp(store: Store, round: Round, config: ClusterConfig): void {
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
export function lookedAt(round: Round): readonly Tracked[] {
  return [...round.looks.values()].flatMap((looks) => round.looked.flatMap((id) => looks.get(id) ?? []))
}

/** Closes every session, then the ways they went. */
export async function closeRound(round: Round): Promise<void> {
  await Promise.all([...round.links.values()].map((link) => link.close()))
  await round.ways.close()
}

function addDatabase(store: Store, round: Round, config: DatabaseConfig): void {
  const { id, host, port, hostId } = config.spec
  const { name, timeoutMs } = round.config.spec
  const { connection, passwordCommand, via } = config
  const link = openDatabaseSession({ connection, passwordCommand, timeoutMs, route: round.ways.routeVia(via) })
  round.links.set(id, link)
  const manager = managerTarget(store, name, config, link)
  round.managers.set(id, manager)
  const target = track({
    what: `${id} (${host}:${port})`,
    read: (signal) => pulseProbe.read({ link }, signal),
    told: (outcome) => {
      manager.saw(outcome)
      store.dispatch({ type: 'database-probed', cluster: name, id, at: Date.now(), outcome })
    },
  })
  round.targets.set(`database ${id}`, target)
  const backups = backupTarget(store, name, config, link, round.ways)
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
): Tracked {
  const { every } = ON_DEMAND_PROBES[look]
  return track<OnDemandResults[Id]>({
    ...(every === 'interval' ? {} : { everyMs: every.ms }),
    what: `${look} of ${id} (${host}:${port})`,
    read: (signal) => ON_DEMAND_PROBES[look].read(links, signal),
    told: (outcome) =>
      store.dispatch({ type: 'looked', cluster, id, at: Date.now(), look: { id: look, outcome } as QueryOutcome }),
  })
}

function addServer(store: Store, round: Round, server: ServerConfig): void {
  const { id, url, databaseId } = server.spec
  const cluster = round.config
  const links = () => ({ server, cluster, database: databaseId ? (round.links.get(databaseId) ?? null) : null })
  const about = { cluster: cluster.spec.name, id }
  const target = track({
    what: `${id} (${url})`,
    read: (signal) => healthProbe.read(links(), signal),
    told: (outcome) => store.dispatch({ type: 'server-probed', ...about, at: Date.now(), outcome }),
  })
  round.targets.set(`server ${id}`, target)
  if (!server.sessions) return
  const counted = track({
    what: `the sessions of ${id}`,
    read: (signal) => userSessionsProbe.read(links(), signal),
    told: (outcome) => store.dispatch({ type: 'sessions-counted', ...about, at: Date.now(), outcome }),
  })
  round.targets.set(`sessions ${id}`, counted)
}

function hostTarget(store: Store, cluster: string, host: AccessibleHost): Tracked {
  const { id, access } = host.config
  return track({
    everyMs: HOST_INTERVAL_MS,
    what: access.kind === 'ssh' ? `host ${id} (ssh ${access.destination})` : `host ${id}`,
    read: (signal) => configuredHostProbe.read({ host }, signal),
    told: (outcome) => store.dispatch({ type: 'machine-probed', cluster, id, at: Date.now(), outcome }),
  })
}
