// A configuration without a file: from the connection strings of the command line.

import { PLAIN_PROFILE } from '../model/measured/spec.ts'
import type { ConnectionParameters } from '../model/values/connection-parameters.ts'
import type { Config, DatabaseConfig } from './config.ts'
import { DEFAULT_INTERVAL_MS, DEFAULT_TIMEOUT_MS, defaultThresholds } from './defaults.ts'
import { DsnError, parseDsn } from './dsn/dsn.ts'
import type { Environment } from './environment.ts'
import { ConfigError } from './problems/config-error.ts'

const USUAL_PORT = 5432

type Endpoint = ConnectionParameters['endpoints'][number]

/**
 * One cluster of the databases that the connection strings name; each of several hosts in one string is a database of its
 * own, because all of them are watched. Throws ConfigError (kind `dsn`) that says which argument is wrong.
 */
export function configFromDsns(dsns: readonly string[], env: Environment): Config {
  const connections = dsns.flatMap((dsn, index) => parsed(dsn, index, env)).flatMap(perEndpoint)
  const databases = named(distinct(connections))
  const spec = {
    name: clusterName(databases),
    model: 'databases',
    profile: PLAIN_PROFILE,
    intervalMs: DEFAULT_INTERVAL_MS,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    databases: databases.map((database) => database.spec),
    servers: [],
    hosts: [],
    thresholds: defaultThresholds(),
  } as const
  return {
    file: null,
    clusters: [{ spec, databases, servers: [], hosts: [] }],
    notify: [],
    ui: { theme: 'auto', bell: true, mouse: false, keys: {} },
    warnings: [],
  }
}

function parsed(dsn: string, index: number, env: Environment): readonly ConnectionParameters[] {
  try {
    return [parseDsn(dsn, { ...env })]
  } catch (error) {
    if (!(error instanceof DsnError)) throw error
    const problem = { path: `connection string ${index + 1}`, line: null, column: null, message: error.message }
    throw new ConfigError('dsn', null, [problem])
  }
}

function perEndpoint(connection: ConnectionParameters): readonly ConnectionParameters[] {
  // Each node is watched whatever it is; asking for a primary would refuse the standbys of the same string.
  if (connection.endpoints.length <= 1) return [connection]
  return connection.endpoints.map((endpoint) => ({ ...connection, endpoints: [endpoint], targetSessionAttrs: 'any' }))
}

function endpointOf(connection: ConnectionParameters): Endpoint {
  return connection.endpoints[0] ?? { host: 'localhost', port: 5432 }
}

function distinct(connections: readonly ConnectionParameters[]): readonly ConnectionParameters[] {
  const byEndpoint = new Map<string, ConnectionParameters>()
  for (const connection of connections) {
    const { host, port } = endpointOf(connection)
    if (!byEndpoint.has(`${host}:${port}`)) byEndpoint.set(`${host}:${port}`, connection)
  }
  return [...byEndpoint.values()]
}

function placeOf(connection: ConnectionParameters): string {
  const { host } = endpointOf(connection)
  return host.startsWith('/') ? 'local' : host
}

function named(connections: readonly ConnectionParameters[]): readonly DatabaseConfig[] {
  return connections.map((connection) => {
    const { host, port } = endpointOf(connection)
    const place = placeOf(connection)
    const alone = connections.filter((other) => placeOf(other) === place).length === 1
    return {
      spec: {
        // Several servers often share a machine, and discovery may find the others later: only the usual port goes unsaid.
        id: alone && port === USUAL_PORT ? place : `${place}:${port}`,
        host,
        port,
        hostId: null,
        replicationUser: null,
        slot: null,
        configured: true,
      },
      connection,
      passwordCommand: null,
      via: null,
      backup: null,
    }
  })
}

function clusterName(databases: readonly DatabaseConfig[]): string {
  const host = databases[0]?.spec.host ?? ''
  return host === '' || host.startsWith('/') ? 'cluster' : host
}
