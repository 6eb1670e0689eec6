// The way of `:psql` to a database behind a host: a forwarding of its own, which stands while psql runs.

import type { DatabaseConfig, HostConfig } from '../../config/config.ts'
import { unsafeSocketFolder } from '../../io/postgres/connection/login.ts'
import { findPassword } from '../../io/postgres/connection/password.ts'
import { openSshConnection, type SshConnection } from '../../io/ssh/ssh.ts'
import {
  AUTH_METHODS,
  type AuthRequirements,
  type ConnectionParameters,
  DEFAULT_AUTH,
} from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

export type OpenTunnelSsh = (destination: string) => SshConnection

/** The connection as psql finds it here, with its password where one is known. */
export interface PsqlTunnel {
  readonly connection: ConnectionParameters
  readonly password: string | null
  close(): Promise<void>
}

/** Connecting over ssh may take that long. */
const LIMIT_MS = 20_000
const ENCRYPTED = ['require', 'verify-ca', 'verify-full']

/** Why psql can't be led there; null when it can. libpq does no TLS over a Unix socket, whatever is asked of it. */
export function noTunnelReason(config: DatabaseConfig, hosts: readonly HostConfig[]): string | null {
  const { spec, connection, via } = config
  const host = hosts.find(({ id }) => id === via)
  const name = clean(spec.id)
  if (host?.access.kind !== 'ssh') return `${name} is reached through the ssh of ${clean(via ?? '')}, which has none`
  const staysThere = spec.hostId === via || connection.endpoints.every(({ host }) => isLoopback(host))
  if (staysThere || !ENCRYPTED.includes(connection.ssl.mode)) return null
  const demanded = `sslmode=${connection.ssl.mode}`
  return `${name} demands TLS (${demanded}) beyond ${clean(host.id)}, which psql does not do over a forwarding: run psql there`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.') || host.startsWith('/')
}

/** Opens the way. Throws FaultError. */
export async function openPsqlTunnel(
  config: DatabaseConfig,
  hosts: readonly HostConfig[],
  open: OpenTunnelSsh = (destination) => openSshConnection({ destination }),
): Promise<PsqlTunnel> {
  const access = hosts.find(({ id }) => id === config.via)?.access
  const ssh = open(access?.kind === 'ssh' ? access.destination : '')
  const signal = AbortSignal.timeout(LIMIT_MS)
  try {
    // One after the other: the first has to make the connection.
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

/** psql will see Unix sockets, which are safe for a password in the clear; what is beyond the forwarding may not be. */
function loginBeyond({ connection }: DatabaseConfig): AuthRequirements {
  const rules = connection.authRequirements ?? DEFAULT_AUTH
  const areSockets = connection.endpoints.every(
    (each) => each.host.startsWith('/') && unsafeSocketFolder(each, true) === null,
  )
  if (areSockets || rules.explicit.includes('password')) return rules
  return { ...rules, allowed: (rules.allowed ?? AUTH_METHODS).filter((method) => method !== 'password') }
}

const NO_TLS: ConnectionParameters['ssl'] = { mode: 'disable', rootCert: null, cert: null, key: null }

/** Found here: a password file names the host, and libpq will see a folder instead. */
async function passwordOf({ connection, passwordCommand }: DatabaseConfig): Promise<string | null> {
  const { host = '', port = 5432 } = connection.endpoints[0] ?? {}
  try {
    return (await findPassword({ connection, host, port, command: passwordCommand })).value
  } catch (error) {
    // None may be needed; psql asks where one is.
    if (error instanceof FaultError && passwordCommand === null) return null
    throw error
  }
}
