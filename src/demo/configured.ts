// The demo as a configuration: what a user would write for these databases and servers, built directly.

import type { ClusterConfig, Config, DatabaseConfig, HostConfig, ServerConfig } from '../config/config.ts'
import { hostSpec } from '../config/host.ts'
import { defaultThresholds } from '../config/thresholds.ts'
import type { ModelId } from '../model/spec.ts'
import type { Station } from './databases.ts'
import type { AppServer } from './server.ts'

const INTERVAL_MS = 1_000
const TIMEOUT_MS = 900

/** The configuration of a running demo. Holds the monitoring role's password. */
export function configured(model: ModelId, stations: readonly Station[], servers: readonly AppServer[]): Config {
  const databases = stations.map(databaseConfig)
  const watched = servers.map(serverConfig)
  const hosts = stations.map(hostConfig)
  const cluster: ClusterConfig = {
    spec: {
      name: 'demo',
      model,
      profile: 'postgres',
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

function databaseConfig({ id, node, slot, replicationUser }: Station): DatabaseConfig {
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
    via: null,
  }
}

function serverConfig(server: AppServer): ServerConfig {
  return {
    spec: {
      id: server.id,
      type: server.type,
      url: server.url,
      dnsName: 'localhost',
      port: server.port,
      databaseId: server.databaseId,
      hostId: server.databaseId,
      healthyStatus: [200, 302],
      clientAddress: null,
      applicationName: server.id,
      countsSessions: true,
    },
    healthPath: '/',
    sessions: { kind: 'json', path: '/api/status', pointer: '/sessions/active' },
    tls: { verify: true, pin: null },
  }
}

function hostConfig({ id, node }: Station): HostConfig {
  return {
    id,
    address: node.host,
    access: { kind: 'local' },
    dataDirectory: node.dataDirectory,
    binDirectory: node.binaries.bin,
    start: null,
    stop: null,
    platform: process.platform === 'darwin' ? 'macos' : 'linux',
    installDirectory: null,
    logs: [node.logFile],
  }
}

/** The same as the text of a configuration file, for a second pgdeck that watches this demo. Holds the password. */
export function describe(model: ModelId, stations: readonly Station[], servers: readonly AppServer[]): string {
  const cluster = {
    name: 'demo',
    model,
    interval: `${INTERVAL_MS}ms`,
    timeout: `${TIMEOUT_MS}ms`,
    hosts: stations.map(({ id, node }) => ({
      name: id,
      local: true,
      dataDirectory: node.dataDirectory,
      binDirectory: node.binaries.bin,
      logs: [node.logFile],
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
      host: server.databaseId,
      applicationName: server.id,
      sessions: { json: '/api/status', pointer: '/sessions/active' },
    })),
  }
  return `${JSON.stringify({ clusters: [cluster] }, null, 2)}\n`
}
