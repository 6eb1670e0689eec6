// A config file's text from what is known of a cluster: the opposite of loading. Passwords are never written.

import { PLAIN_PROFILE } from '../model/measured/spec.ts'
import type { ConnectionParameters } from '../model/values/connection-parameters.ts'
import { escapedJson } from '../model/values/text.ts'
import type { ClusterConfig, DatabaseConfig } from './config.ts'

/** The text of a config file with this one cluster; loading it gives the same databases. */
export function configText(cluster: ClusterConfig): string {
  const { spec } = cluster
  const file = {
    clusters: [
      {
        name: spec.name,
        ...(spec.profile === PLAIN_PROFILE ? {} : { profile: spec.profile }),
        databases: cluster.databases.map(databaseEntry),
      },
    ],
  }
  return `${escapedJson(file, 2)}\n`
}

function databaseEntry({ spec, connection, passwordCommand }: DatabaseConfig): Readonly<Record<string, unknown>> {
  return {
    name: spec.id,
    dsn: connectionUri(connection),
    ...(spec.replicationUser === null ? {} : { replicationUser: spec.replicationUser }),
    ...(spec.slot === null ? {} : { slot: spec.slot }),
    ...(passwordCommand === null ? {} : { passwordCommand }),
  }
}

/** The connection as a URI without its password; what is libpq's or pgdeck's own default is left out. */
export function connectionUri(connection: ConnectionParameters): string {
  const { endpoints, user, database, ssl } = connection
  const hosts = endpoints.map(({ host, port }) => `${hostText(host)}:${port}`).join(',')
  const addresses = endpoints.map(({ host, address }) => address ?? host)
  const named = endpoints.some(({ address }) => address != null)
  const parameters: readonly (readonly [string, string | null | undefined, string?])[] = [
    ['hostaddr', named ? addresses.join(',') : null],
    ['options', connection.options],
    ['sslmode', ssl.mode, 'prefer'],
    ['sslnegotiation', ssl.isDirect ? 'direct' : null],
    ['sslrootcert', ssl.rootCert],
    ['sslcert', ssl.cert],
    ['sslkey', ssl.key],
    ['passfile', connection.passfile],
    ['application_name', connection.applicationName, 'pgdeck'],
    ['connect_timeout', connection.connectTimeoutMs === null ? null : String(connection.connectTimeoutMs / 1000)],
    ['target_session_attrs', connection.targetSessionAttrs, 'any'],
  ]
  const written = parameters.flatMap(([name, value, usual]) =>
    value == null || value === usual ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  const query = written.length === 0 ? '' : `?${written.join('&')}`
  return `postgresql://${encodeURIComponent(user)}@${hosts}/${encodeURIComponent(database)}${query}`
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : encodeURIComponent(host)
}
