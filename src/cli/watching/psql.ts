// `:psql`: runs the user's psql on a watched database, with the connection in its environment. For a database behind
// a host it opens a forwarding that lasts as long as psql runs.

import type { DatabaseConfig, HostConfig } from '../../config/config.ts'
import { unsafeSocketFolder } from '../../io/postgres/connection/login.ts'
import { findPassword } from '../../io/postgres/connection/password.ts'
import type { ConnectionEndpoint } from '../../io/postgres/connection/tunnel.ts'
import { runCommand } from '../../io/process/command.ts'
import { openSshConnection, type SshConnection } from '../../io/ssh/ssh.ts'
import { findProgram, runInForeground } from '../../io/terminal/foreground.ts'
import { isLoopback } from '../../model/values/address.ts'
import {
  AUTH_METHODS,
  type AuthRequirements,
  type ConnectionParameters,
  DEFAULT_AUTH,
} from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { ForegroundProgram } from '../../state/controller.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A runnable psql for this database, or why there is none. */
export function psqlProgram(
  config: DatabaseConfig | undefined,
  env: Environment,
  hosts: readonly HostConfig[] = [],
  ssh?: OpenTunnelSsh,
): ForegroundProgram {
  if (!config) return { reason: 'this database is not watched' }
  const { spec, connection, passwordCommand, via } = config
  const blocked = via === null ? null : noTunnelReason(config, hosts)
  if (blocked !== null) return { reason: blocked }
  const program = findProgram('psql', env.PATH)
  if (program === null) return { reason: 'psql is not installed here, or not on the PATH' }
  const title = `psql on ${clean(spec.id)}`
  return {
    title,
    returnHint: '\\q returns to pgdeck',
    async run() {
      const tunnel =
        via === null ? await straight(connection, passwordCommand) : await inWords(openPsqlTunnel(config, hosts, ssh))
      const isCareful = connection.authRequirements?.isDiscovered !== true || (await obeysRequireAuth(program))
      const variables = psqlEnvironment(tunnel.connection, tunnel.password, env)
      const ending = runInForeground(program, [], isCareful ? variables : withoutPassword(variables))
      const { exitCode, signal } = await ending.finally(tunnel.close)
      if (signal !== null) return `${title} was ended by ${signal}`
      return exitCode === 0 ? null : `${title} ended with ${exitCode}`
    },
  }
}

async function straight(connection: ConnectionParameters, command: readonly string[] | null): Promise<PsqlTunnel> {
  return { connection, password: await passwordFor(connection, command), close: async () => {} }
}

/**
 * Returns the password if libpq would not find it by itself: it is in the dsn, or a program prints it. libpq finds
 * the others, and asks the user last.
 */
async function passwordFor(
  connection: ConnectionParameters,
  command: readonly string[] | null,
): Promise<string | null> {
  if (connection.password === null && command === null) return null
  const { host = '', port = 5432 } = connection.endpoints[0] ?? {}
  return (await inWords(findPassword({ connection, host, port, command }))).value
}

async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof FaultError ? new Error(error.fault.message) : error
  }
}

/** Whether this psql has an option for the password requests that it may answer: from version 16 on. */
async function obeysRequireAuth(program: string): Promise<boolean> {
  const printed = await runCommand([program, '--version'], AbortSignal.timeout(VERSION_LIMIT_MS)).catch(() => null)
  const [, major = '0'] = /\s(\d+)/.exec(printed?.stdout ?? '') ?? []
  return Number(major) >= 16
}

const VERSION_LIMIT_MS = 5_000

/** psql asks the person instead: this one would send a password to whoever listens there. */
function withoutPassword(env: Environment): Environment {
  return { ...env, PGPASSWORD: undefined, PGPASSFILE: '/dev/null' }
}

/** The methods that psql may answer, as libpq's require_auth; null: all. Versions before 16 ignore it. */
function methodsFor({ authRequirements, endpoints, ssl }: ConnectionParameters): string | null {
  const { allowed, explicit, isDiscovered } = authRequirements ?? DEFAULT_AUTH
  if (isDiscovered) return 'none,scram-sha-256'
  if (allowed !== null) return allowed.join(',')
  const isSocket = (each: ConnectionEndpoint) => each.host.startsWith('/') && unsafeSocketFolder(each, false) === null
  const isSafe = ssl.mode === 'verify-full' || endpoints.every(isSocket)
  return isSafe || explicit.includes('password') ? null : '!password'
}

/** Variables of libpq that would lead to another place than the connection, or relax its demands. */
const MISLEADING = [
  'PGSERVICE',
  'PGSERVICEFILE',
  'PGHOSTADDR',
  'PGPASSWORD',
  'PGREQUIRESSL',
  'PGSSLNEGOTIATION',
  'PGOPTIONS',
  'PGREQUIREAUTH',
  'PGSSLCRL',
  'PGSSLCRLDIR',
  'PGSSLMINPROTOCOLVERSION',
  'PGSSLMAXPROTOCOLVERSION',
  'PGSSLCERTMODE',
]

/** The environment in which psql without arguments connects there. A list of processes does not show it. */
export function psqlEnvironment(
  connection: ConnectionParameters,
  password: string | null,
  env: Environment,
): Readonly<Record<string, string | undefined>> {
  const { endpoints, user, database, passfile, ssl, connectTimeoutMs, targetSessionAttrs } = connection
  const kept = Object.entries(env).filter(
    ([name]) => !MISLEADING.includes(name) || (name === 'PGPASSWORD' && !password),
  )
  const addresses = endpoints.map(({ address }) => address ?? '')
  const wanted: Environment = {
    PGHOST: endpoints.map(({ host }) => host).join(','),
    PGHOSTADDR: addresses.some((address) => address !== '') ? addresses.join(',') : undefined,
    PGPORT: endpoints.map(({ port }) => port).join(','),
    PGUSER: user,
    PGDATABASE: database,
    PGPASSWORD: password ?? undefined,
    PGPASSFILE: passfile ?? undefined,
    PGOPTIONS: connection.options,
    PGSSLMODE: ssl.mode,
    PGSSLNEGOTIATION: ssl.isDirect ? 'direct' : undefined,
    PGSSLROOTCERT: ssl.rootCert ?? undefined,
    PGSSLCERT: ssl.cert ?? undefined,
    PGSSLKEY: ssl.key ?? undefined,
    PGSSLCRL: ssl.crl,
    PGSSLCRLDIR: ssl.crlFolder,
    PGSSLMINPROTOCOLVERSION: ssl.minVersion,
    PGSSLMAXPROTOCOLVERSION: ssl.maxVersion,
    PGSSLCERTMODE: ssl.sendsCert === false ? 'disable' : undefined,
    PGREQUIREAUTH: methodsFor(connection) ?? undefined,
    PGCHANNELBINDING: connection.authRequirements?.channelBinding,
    PGCONNECT_TIMEOUT: connectTimeoutMs === null ? undefined : String(Math.max(1, Math.ceil(connectTimeoutMs / 1_000))),
    PGTARGETSESSIONATTRS: targetSessionAttrs,
    PGAPPNAME: 'psql',
  }
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
  return Object.fromEntries([...kept, ...given])
}

type OpenTunnelSsh = (destination: string) => SshConnection

/** The connection as psql reaches it from here, with its password if known. */
interface PsqlTunnel {
  readonly connection: ConnectionParameters
  readonly password: string | null
  close(): Promise<void>
}

/** A connection over ssh may take this long. */
const TUNNEL_LIMIT_MS = 20_000
const ENCRYPTED = ['require', 'verify-ca', 'verify-full']

/** Why psql can't connect there; null if it can. libpq does no TLS over a Unix socket in any case. */
function noTunnelReason(config: DatabaseConfig, hosts: readonly HostConfig[]): string | null {
  const { spec, connection, via } = config
  const host = hosts.find(({ id }) => id === via)
  const name = clean(spec.id)
  if (host?.access.kind !== 'ssh') return `${name} is reached through host ${clean(via ?? '')}, which has no "ssh"`
  const staysThere =
    spec.hostId === via || connection.endpoints.every(({ host }) => host.startsWith('/') || isLoopback(host))
  if (staysThere || !ENCRYPTED.includes(connection.ssl.mode)) return null
  const demanded = `sslmode=${connection.ssl.mode}`
  return `${name} demands TLS (${demanded}) beyond ${clean(host.id)}, which psql cannot do through a forwarded port: run psql on that host`
}

/** Opens the forwarding. Throws FaultError. */
async function openPsqlTunnel(
  config: DatabaseConfig,
  hosts: readonly HostConfig[],
  open: OpenTunnelSsh = (destination) => openSshConnection({ destination }),
): Promise<PsqlTunnel> {
  const access = hosts.find(({ id }) => id === config.via)?.access
  const ssh = open(access?.kind === 'ssh' ? access.destination : '')
  const signal = AbortSignal.timeout(TUNNEL_LIMIT_MS)
  try {
    // In sequence: the first has to establish the connection.
    const endpoints: { host: string; port: number }[] = []
    for (const { host, address, port } of config.connection.endpoints) {
      const { folder, port: forwarded } = await ssh.openForward(address ?? host, port, signal)
      endpoints.push({ host: folder, port: forwarded })
    }
    const connection: ConnectionParameters = {
      ...config.connection,
      endpoints,
      ssl: NO_TLS,
      authRequirements: loginBeyond(config),
    }
    return { connection, password: await passwordOf(config), close: () => ssh.close() }
  } catch (error) {
    await ssh.close()
    throw error
  }
}

/** psql will see Unix sockets, which are safe for a password in clear text. The network beyond the forwarding may not be. */
function loginBeyond({ connection }: DatabaseConfig): AuthRequirements {
  const rules = connection.authRequirements ?? DEFAULT_AUTH
  const areSockets = connection.endpoints.every(
    (each) => each.host.startsWith('/') && unsafeSocketFolder(each, true) === null,
  )
  if (areSockets || rules.explicit.includes('password')) return rules
  return { ...rules, allowed: (rules.allowed ?? AUTH_METHODS).filter((method) => method !== 'password') }
}

const NO_TLS: ConnectionParameters['ssl'] = { mode: 'disable', rootCert: null, cert: null, key: null }

/** Looked up here: a password file names the host, and libpq will see a folder instead. */
async function passwordOf({ connection, passwordCommand }: DatabaseConfig): Promise<string | null> {
  const { host = '', port = 5432 } = connection.endpoints[0] ?? {}
  try {
    return (await findPassword({ connection, host, port, command: passwordCommand })).value
  } catch (error) {
    // The server may need none; psql asks if it does.
    if (error instanceof FaultError && passwordCommand === null) return null
    throw error
  }
}
