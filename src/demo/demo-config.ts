// The demo as a configuration: what a user would write for these databases and servers, built directly.

import { auditSourceText } from '../config/audit.ts'
import type { AuditSource, ClusterConfig, Config, DatabaseConfig, HostConfig, ServerConfig } from '../config/config.ts'
import { defaultThresholds } from '../config/defaults.ts'
import { hostSpec } from '../config/host.ts'
import type { RecordForm } from '../model/application-audit/parse-records.ts'
import { type ModelId, PLAIN_PROFILE } from '../model/measured/spec.ts'
import type { AppServer } from './app-server/app-server.ts'
import { auditFileOf } from './app-server/audit-file.ts'
import { type DemoHost, demoHosts } from './demo-hosts.ts'
import type { DemoProfile } from './demo-profile.ts'
import type { DemoDatabase } from './postgres/demo-databases.ts'

const INTERVAL_MS = 1_000
const TIMEOUT_MS = 900

/** The configuration of a running demo. Holds the monitoring role's password. */
export function demoConfig(
  model: ModelId,
  stations: readonly DemoDatabase[],
  servers: readonly AppServer[],
  demoProfile: DemoProfile | null = null,
): Config {
  const databases = stations.map(databaseConfig)
  const places = demoHosts(stations, demoProfile)
  const watched = servers.map((server) => serverConfig(server, places, auditOf(server, stations)))
  const hosts = places.map(hostConfig)
  const cluster: ClusterConfig = {
    spec: {
      name: 'demo',
      model,
      profile: demoProfile?.profile ?? PLAIN_PROFILE,
      intervalMs: INTERVAL_MS,
      timeoutMs: TIMEOUT_MS,
      databases: databases.map((database) => database.spec),
      servers: watched.map((server) => server.spec),
      hosts: hosts.map(hostSpec),
      thresholds: defaultThresholds(),
    },
    databases,
    servers: watched,
    hosts,
  }
  return {
    file: null,
    clusters: [cluster],
    notify: [],
    ui: { theme: 'auto', bell: false, mouse: false, keys: {} },
    warnings: [],
  }
}

function databaseConfig({ id, node, slot, replicationUser }: DemoDatabase): DatabaseConfig {
  return {
    spec: { id, host: node.host, port: node.port, hostId: id, replicationUser, slot, configured: true },
    connection: {
      endpoints: [{ host: node.host, port: node.port }],
      user: 'pgdeck',
      database: 'postgres',
      password: node.password,
      ssl: { mode: 'disable', rootCert: null, cert: null, key: null },
      applicationName: 'pgdeck',
      connectTimeoutMs: null,
      targetSessionAttrs: 'any',
    },
    passwordCommand: null,
    backup: null,
    via: null,
  }
}

/** The commands of its own installation start and stop it; those of its database's host don't. */
function serverConfig(server: AppServer, places: readonly DemoHost[], file: string): ServerConfig {
  const { start = null, stop = null } = places.find(({ servers }) => servers.includes(server.id)) ?? {}
  const hostId = hostOf(server, places)
  const audit: AuditSource = { kind: 'file', file, host: hostId ?? '', form: JSON_LINES }
  return {
    spec: {
      id: server.id,
      type: server.type,
      url: server.url,
      dnsName: 'localhost',
      port: server.port,
      databaseId: server.databaseId,
      hostId,
      healthyStatus: [200, 302],
      clientAddress: null,
      applicationName: server.id,
      countsSessions: true,
      ...(start === null ? {} : { canStart: true }),
      ...(stop === null ? {} : { canStop: true }),
      auditSources: [auditSourceText(audit)],
    },
    healthPath: '/',
    sessions: { kind: 'json', path: '/api/status', pointer: '/sessions/active' },
    audit: [audit],
    tls: { verify: true, pin: null },
    start,
    stop,
  }
}

const JSON_LINES: RecordForm = {
  format: {
    kind: 'json',
    fields: { time: 'time', who: 'who', category: 'category', what: 'what', from: 'from', result: 'result' },
  },
  timeZone: null,
  category: null,
}

/** The file of its audit: all data directories are in the folder of the demo. */
function auditOf({ id, databaseId }: AppServer, stations: readonly DemoDatabase[]): string {
  const station = stations.find((each) => each.id === databaseId)
  return auditFileOf(id, station?.node.dataDirectory ?? '')
}

/** Its own host where the product gives it one; else that of its database. */
function hostOf({ id, databaseId }: AppServer, places: readonly DemoHost[]): string | null {
  return places.find(({ servers }) => servers.includes(id))?.id ?? databaseId
}

function hostConfig(place: DemoHost): HostConfig {
  return {
    id: place.id,
    address: place.address,
    access: { kind: 'local' },
    dataDirectory: place.dataDirectory,
    binDirectory: place.binDirectory,
    start: place.start,
    stop: place.stop,
    platform: process.platform === 'darwin' ? 'macos' : 'linux',
    installDirectory: place.installDirectory,
    logs: place.logs,
  }
}

/** The same as the text of a configuration file, for a second pgdeck that watches this demo. Holds the password. */
export function demoConfigText(
  model: ModelId,
  stations: readonly DemoDatabase[],
  servers: readonly AppServer[],
  demoProfile: DemoProfile | null = null,
): string {
  const places = demoHosts(stations, demoProfile)
  const cluster = {
    name: 'demo',
    model,
    ...(demoProfile ? { profile: demoProfile.profile } : {}),
    interval: `${INTERVAL_MS}ms`,
    timeout: `${TIMEOUT_MS}ms`,
    hosts: places.map(({ id, servers: _, address, ...rest }) => ({
      name: id,
      local: true,
      ...(demoProfile ? { address } : {}),
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)),
    })),
    databases: stations.map(({ id, node, slot, replicationUser }) => ({
      name: id,
      host: id,
      dsn: `${node.dsn('pgdeck')}?sslmode=disable`,
      ...(slot === null ? {} : { slot }),
      ...(replicationUser === null ? {} : { replicationUser }),
    })),
    servers: servers.map((server) => ({
      name: server.id,
      type: server.type,
      url: server.url,
      database: server.databaseId,
      host: hostOf(server, places),
      applicationName: server.id,
      sessions: { json: '/api/status', pointer: '/sessions/active' },
      audit: { file: auditOf(server, stations) },
    })),
  }
  return `${JSON.stringify({ clusters: [cluster] }, null, 2)}\n`
}
