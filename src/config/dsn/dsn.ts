// Connection strings as libpq understands them: what is written, then the service, then the environment, then defaults.

import { isIP } from 'node:net'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { pathExists } from '../../io/files/text-files.ts'
import {
  type ConnectionParameters,
  type SslMode,
  TLS_VERSIONS,
  type TlsVersion,
} from '../../model/values/connection-parameters.ts'
import {
  checkLibpqEnvironment,
  checkParameterNames,
  checkRequirePeer,
  DSN_PARAMETERS,
  type DsnParameterName,
} from './dsn-parameters.ts'
import { DsnError, type DsnParameters, parseDsnText } from './dsn-text.ts'
import { refuseJoinedSecret, refuseJoinedSecrets } from './joined-secrets.ts'
import { loginRules } from './require-auth.ts'
import { readServiceParameters } from './service-file.ts'

export { DsnError } from './dsn-text.ts'

type Environment = Readonly<Record<string, string | undefined>>

const SSL_MODES: readonly SslMode[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']
type TargetSessionAttrs = ConnectionParameters['targetSessionAttrs']
const TARGETS: readonly TargetSessionAttrs[] = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
]

/** A parameter's value and where it was found, for messages; null when it is nowhere. An empty one hides what comes after it. */
type Lookup = (name: DsnParameterName) => { readonly value: string; readonly from: string } | null

/**
 * Resolves a libpq URI or key=value string. Missing parts come from `service`, then `env`, then libpq's defaults
 * (the server's Unix socket where there is one in `socketFolders`, else localhost:5432, the system's user, its name as
 * database). Throws DsnError; no message holds a value of a password.
 */
export function parseDsn(
  text: string,
  env: Environment,
  socketFolders: readonly string[] = SOCKET_FOLDERS,
): ConnectionParameters {
  const written = parseDsnText(text)
  checkParameterNames(written, 'The connection string')
  const service = serviceOf(written, env)
  checkLibpqEnvironment(env, [written, service.parameters])
  const lookup = lookupIn(written, service, env)
  refuseJoinedSecrets(lookup)
  const places = endpoints(lookup, socketFolders)
  checkRequirePeer([written, service.parameters], env, places)
  const given = (name: DsnParameterName) => lookup(name)?.value || null
  const user = userOf(lookup)
  return {
    endpoints: places,
    user,
    database: given('dbname') ?? user,
    password: given('password'),
    ...options(lookup),
    passfile: expand(given('passfile'), env),
    ssl: ssl(lookup, env),
    authRequirements: loginRules(lookup('require_auth'), lookup('channel_binding')),
    applicationName: given('application_name') ?? given('fallback_application_name') ?? 'pgdeck',
    connectTimeoutMs: connectTimeout(lookup),
    targetSessionAttrs: oneOf(lookup, 'target_session_attrs', TARGETS) ?? 'any',
  }
}

interface Service {
  readonly name: string | null
  readonly parameters: DsnParameters
}

function serviceOf(written: DsnParameters, env: Environment): Service {
  const name = written.get('service') ?? env.PGSERVICE
  if (name === undefined) return { name: null, parameters: new Map() }
  const from = written.has('service') ? 'service' : 'PGSERVICE'
  if (name === '') throw new DsnError(`${from} is empty: name one, or remove it`)
  const file = written.get('servicefile') || env.PGSERVICEFILE
  for (const value of [name, file ?? '']) refuseJoinedSecret(value, from)
  const parameters = readServiceParameters(name, { ...env, PGSERVICEFILE: file })
  checkParameterNames(parameters, `Service "${name}"`)
  return { name, parameters }
}

function lookupIn(written: DsnParameters, service: Service, env: Environment): Lookup {
  return (name) => {
    const value = written.get(name)
    if (value !== undefined) return { value, from: name }
    const ofService = service.parameters.get(name)
    if (ofService !== undefined) return { value: ofService, from: `${name} of service "${service.name}"` }
    const variable = DSN_PARAMETERS[name]
    const ofEnvironment = variable ? env[variable] : undefined
    return variable && ofEnvironment !== undefined ? { value: ofEnvironment, from: variable } : null
  }
}

/** Where servers have their sockets, as the packages of systems and PostgreSQL's own sources build them; libpq knows one. */
const SOCKET_FOLDERS: readonly string[] = ['/var/run/postgresql', '/run/postgresql', '/tmp']

function endpoints(lookup: Lookup, socketFolders: readonly string[]): ConnectionParameters['endpoints'] {
  const hosts = list(lookup('host')?.value)
  const addresses = list(lookup('hostaddr')?.value)
  const ports = list(lookup('port')?.value)
  const count = Math.max(hosts.length, addresses.length, 1)
  if (hosts.length > 0 && addresses.length > 0 && hosts.length !== addresses.length) {
    throw new DsnError(`host names ${hosts.length} hosts but hostaddr ${addresses.length}: give one address for each`)
  }
  if (ports.length > 1 && ports.length !== count) {
    throw new DsnError(`port names ${ports.length} ports for ${count} hosts: give one for all, or one for each`)
  }
  return Array.from({ length: count }, (_, index) => {
    const address = addresses[index] || null
    if (address !== null && isIP(address) === 0) throw new DsnError('hostaddr takes IP addresses; write names as host')
    if (address === null && addresses.length > 0 && !hosts[index]) {
      throw new DsnError(`hostaddr leaves out address ${index + 1}, and host names none for it`)
    }
    // Everything else here takes such a host for a socket, which is safe without TLS.
    if (address !== null && hosts[index]?.startsWith('/')) {
      throw new DsnError(`host ${index + 1} is the folder of a Unix socket, and hostaddr gives an address for it`)
    }
    const port = portNumber(ports[index] ?? ports[0] ?? '', lookup('port')?.from ?? 'port')
    const host = hosts[index] || address || (socketFolder(port, socketFolders) ?? 'localhost')
    if (host.startsWith('@')) {
      throw new DsnError('host begins with "@": pgdeck does not support sockets in the abstract namespace')
    }
    return address === null ? { host, port } : { host, port, address }
  })
}

function socketFolder(port: number, folders: readonly string[]): string | null {
  return folders.find((folder) => pathExists(join(folder, `.s.PGSQL.${port}`))) ?? null
}

/** Throws DsnError for what would run into the options of the session that follow. */
function options(lookup: Lookup): Pick<ConnectionParameters, 'options'> {
  const found = lookup('options')
  if (!found?.value) return {}
  if (/(?<!\\)(?:\\\\)*\\$/.test(found.value))
    throw new DsnError(`${found.from} ends with a backslash that escapes nothing`)
  return { options: found.value }
}

function list(value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : value.split(',').map((part) => part.replace(/^ +| +$/g, ''))
}

function portNumber(text: string, from: string): number {
  if (text === '') return 5432
  const port = wholeNumber(text) ?? 0
  if (port < 1 || port > 65_535) throw new DsnError(`${from} is not a number from 1 to 65535`)
  return port
}

/** A number as C's strtol reads it, which libpq takes alone; null: none, or beyond 32 bits. */
function wholeNumber(text: string): number | null {
  if (!/^[ \t\n\v\f\r]*[+-]?\d+[ \t\n\v\f\r]*$/.test(text)) return null
  const value = Number(text)
  return Math.abs(value) < 2 ** 31 ? value : null
}

function ssl(lookup: Lookup, env: Environment): ConnectionParameters['ssl'] {
  const file = (name: DsnParameterName) => expand(lookup(name)?.value || null, env)
  const rootCert = file('sslrootcert')
  // As libpq: an old variable, which counts where nobody says anything newer.
  const oldMode = env.PGREQUIRESSL?.startsWith('1') ? 'require' : 'prefer'
  const mode = oneOf(lookup, 'sslmode', SSL_MODES) ?? (rootCert === 'system' ? 'verify-full' : oldMode)
  if (rootCert === 'system' && mode !== 'verify-full') {
    throw new DsnError(
      `sslmode=${mode} is too weak for sslrootcert=system: anybody can get a certificate from those authorities; use verify-full`,
    )
  }
  const negotiation = oneOf(lookup, 'sslnegotiation', ['postgres', 'direct'])
  if (negotiation === 'direct' && !['require', 'verify-ca', 'verify-full'].includes(mode)) {
    const { from = '' } = lookup('sslnegotiation') ?? {}
    throw new DsnError(`${from}=direct needs sslmode=require, verify-ca or verify-full: sslmode=${mode} is too weak`)
  }
  const crl = file('sslcrl')
  const crlFolder = file('sslcrldir')
  return {
    mode,
    rootCert,
    cert: file('sslcert'),
    key: file('sslkey'),
    ...(crl === null ? {} : { crl }),
    ...(crlFolder === null ? {} : { crlFolder }),
    ...(negotiation === 'direct' ? { isDirect: true as const } : {}),
    ...versions(lookup),
    // `require` would have to know whether the server asked for one, which TLS here does not tell.
    ...(oneOf(lookup, 'sslcertmode', ['disable', 'allow']) === 'disable' ? { sendsCert: false } : {}),
  }
}

function versions(lookup: Lookup): Pick<ConnectionParameters['ssl'], 'minVersion' | 'maxVersion'> {
  const version = (name: DsnParameterName): TlsVersion | null => {
    const found = lookup(name)
    if (!found?.value) return null
    // libpq takes any case here.
    const known = TLS_VERSIONS.find((candidate) => candidate.toLowerCase() === found.value.toLowerCase())
    if (!known) throw new DsnError(`${found.from} is unknown; allowed are ${TLS_VERSIONS.join(', ')}`)
    return known
  }
  const minVersion = version('ssl_min_protocol_version')
  const maxVersion = version('ssl_max_protocol_version')
  const least = TLS_VERSIONS.indexOf(minVersion ?? 'TLSv1.2')
  if (maxVersion !== null && TLS_VERSIONS.indexOf(maxVersion) < least) {
    throw new DsnError(
      `${lookup('ssl_max_protocol_version')?.from} is below ssl_min_protocol_version: no version is left`,
    )
  }
  return { ...(minVersion === null ? {} : { minVersion }), ...(maxVersion === null ? {} : { maxVersion }) }
}

/** libpq leaves `~` to the shell, which doesn't see into a config file. */
function expand(path: string | null, env: Environment): string | null {
  return path?.startsWith('~/') ? join(env.HOME || homedir(), path.slice(2)) : path
}

function oneOf<Value extends string>(lookup: Lookup, name: DsnParameterName, allowed: readonly Value[]): Value | null {
  const found = lookup(name)
  if (!found) return null
  const value = allowed.find((candidate) => candidate === found.value)
  if (value !== undefined) return value
  // More than a word may be a piece of what a missing blank or quote has joined to it.
  const what = /^[\w-]{1,20}$/.test(found.value) ? `${found.from}=${found.value}` : `the value of ${found.from}`
  throw new DsnError(`${what} is unknown; allowed are ${allowed.join(', ')}`)
}

function connectTimeout(lookup: Lookup): number | null {
  const found = lookup('connect_timeout')
  if (!found) return null
  const seconds = wholeNumber(found.value)
  if (seconds === null) throw new DsnError(`${found.from} is not a whole number of seconds`)
  return seconds > 0 ? seconds * 1000 : null
}

/** An empty name is none that a server takes, and libpq sends it; the system's user would be another one. */
function userOf(lookup: Lookup): string {
  const found = lookup('user')
  if (found?.value === '') throw new DsnError(`${found.from} is empty: name one, or remove it`)
  return found?.value ?? systemUser()
}

function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    throw new DsnError('No user is given, and the system has no name for the user of pgdeck: add user=NAME')
  }
}
