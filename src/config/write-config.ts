// A config file's text from what is known of a cluster: the opposite of loading. Passwords are never written.

import { PLAIN_PROFILE } from '../model/measured/spec.ts'
import {
  AUTH_METHODS,
  type AuthRequirements,
  type ConnectionParameters,
} from '../model/values/connection-parameters.ts'
import { escapedJson } from '../model/values/text.ts'
import type { AddressConfig, ClusterConfig, DatabaseConfig, PoolerConfig } from './config.ts'
import { DSN_PARAMETERS, type DsnParameterName } from './dsn/dsn-parameters.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The text of a config file with this one cluster; loading it in the environment `env` gives the same databases. */
export function configText(cluster: ClusterConfig, env: Environment): string {
  const { spec } = cluster
  const file = {
    clusters: [
      {
        name: spec.name,
        ...(spec.profile === PLAIN_PROFILE ? {} : { profile: spec.profile }),
        databases: cluster.databases.map((database) => databaseEntry(database, env)),
        ...(cluster.poolers ? { poolers: cluster.poolers.map((each) => poolerEntry(each, env)) } : {}),
        ...(cluster.addresses ? { addresses: cluster.addresses.map((each) => addressEntry(each, env)) } : {}),
      },
    ],
  }
  return `${escapedJson(file, 2)}\n`
}

function databaseEntry(
  { spec, connection, passwordCommand }: DatabaseConfig,
  env: Environment,
): Readonly<Record<string, unknown>> {
  return {
    name: spec.id,
    dsn: connectionUri(connection, env),
    ...(spec.replicationUser === null ? {} : { replicationUser: spec.replicationUser }),
    ...(spec.slot === null ? {} : { slot: spec.slot }),
    ...(passwordCommand === null ? {} : { passwordCommand }),
  }
}

function poolerEntry({ spec, ...access }: PoolerConfig, env: Environment): Readonly<Record<string, unknown>> {
  const { id, database, expects } = spec
  const entry = { name: id, ...accessEntry(access, env) }
  return { ...entry, ...(database === null ? {} : { database }), ...expectsEntry(expects) }
}

function addressEntry({ spec, ...access }: AddressConfig, env: Environment): Readonly<Record<string, unknown>> {
  return { name: spec.id, ...accessEntry(access, env), ...expectsEntry(spec.expects) }
}

function accessEntry(
  { connection, passwordCommand }: Pick<AddressConfig, 'connection' | 'passwordCommand'>,
  env: Environment,
) {
  return { dsn: connectionUri(connection, env), ...(passwordCommand === null ? {} : { passwordCommand }) }
}

/** The primary is expected where nothing is said. */
function expectsEntry(expects: AddressConfig['spec']['expects']) {
  return expects === 'primary' ? {} : { expects }
}

/** What stands before the `?` of a URI, is never written (the password), or is resolved already. */
type OtherParameter =
  | 'host'
  | 'port'
  | 'user'
  | 'dbname'
  | 'password'
  | 'service'
  | 'servicefile'
  | 'fallback_application_name'
type QueryParameter = Exclude<DsnParameterName, OtherParameter>

/** A parameter's value (null: none) and the one that libpq or pgdeck takes where nothing is said. */
type Written = readonly [value: string | null | undefined, usual?: string]

/**
 * The connection as a URI without its password, which parses to the same connection in the environment `env`. A usual
 * value is left out, unless the environment says something else.
 */
export function connectionUri(connection: ConnectionParameters, env: Environment): string {
  const { endpoints, user, database } = connection
  const hosts = endpoints.map(({ host, port }) => `${hostText(host)}:${port}`).join(',')
  const written = Object.entries(queryParameters(connection)).flatMap(([name, [value, usual = '']]) => {
    const isUsual = value == null || value === usual
    if (isUsual && !isInEnvironment(name as QueryParameter, env)) return []
    return [`${name}=${encodeURIComponent(value ?? usual)}`]
  })
  const query = written.length === 0 ? '' : `?${written.join('&')}`
  return `postgresql://${encodeURIComponent(user)}@${hosts}/${encodeURIComponent(database)}${query}`
}

/** The compiler asks for each parameter that is honoured. */
function queryParameters(connection: ConnectionParameters): Readonly<Record<QueryParameter, Written>> {
  const { endpoints, ssl, authRequirements, connectTimeoutMs } = connection
  const named = endpoints.some(({ address }) => address != null)
  return {
    hostaddr: [named ? endpoints.map(({ address }) => address ?? '').join(',') : null],
    options: [connection.options],
    require_auth: [authRequirements ? requireAuthText(authRequirements) : null],
    channel_binding: [authRequirements?.channelBinding, 'prefer'],
    sslmode: [ssl.mode, 'prefer'],
    sslnegotiation: [ssl.isDirect ? 'direct' : null, 'postgres'],
    sslrootcert: [ssl.rootCert],
    sslcert: [ssl.cert],
    sslkey: [ssl.key],
    sslcertmode: [ssl.sendsCert === false ? 'disable' : null, 'allow'],
    sslcrl: [ssl.crl],
    sslcrldir: [ssl.crlFolder],
    ssl_min_protocol_version: [ssl.minVersion],
    ssl_max_protocol_version: [ssl.maxVersion],
    passfile: [connection.passfile],
    application_name: [connection.applicationName, 'pgdeck'],
    connect_timeout: [connectTimeoutMs === null ? null : String(connectTimeoutMs / 1000), '0'],
    target_session_attrs: [connection.targetSessionAttrs, 'any'],
  }
}

/** The methods by name; those that are merely left, by what was excluded. */
function requireAuthText({ allowed, explicit }: AuthRequirements): string | null {
  if (allowed === null) return null
  if (explicit.length > 0) return explicit.join(',')
  const excluded = AUTH_METHODS.filter((method) => !allowed.includes(method))
  // Nothing that pgdeck can do is excluded: one of those that it can't stands for all of them.
  return (excluded.length === 0 ? ['gss'] : excluded).map((method) => `!${method}`).join(',')
}

function isInEnvironment(name: QueryParameter, env: Environment): boolean {
  const variables = [DSN_PARAMETERS[name], 'PGSERVICE', ...(name === 'sslmode' ? ['PGREQUIRESSL'] : [])]
  return variables.some((variable) => env[variable])
}

/** A colon in brackets stands for itself; the zone of an address is encoded. */
function hostText(host: string): string {
  const encoded = encodeURIComponent(host)
  return host.includes(':') ? `[${encoded.replaceAll('%3A', ':')}]` : encoded
}
