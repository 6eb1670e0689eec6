// Maps an error of the database driver to a fault: its code in the status document, and a message with target, role and
// next step.

import { type Fault, FaultError, messageOf } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { errorCodeOf, networkFault } from '../../network/network-fault.ts'
import { channelBindingFault, loginFault, unbindableCertificateFault } from './login-fault.ts'

/** Who asked whom, for messages. */
export interface FaultContext {
  /** As targetName() gives it. */
  readonly target: string
  readonly user: string
  readonly database: string
  /** 180004 and the like; null while no session was ever open. */
  readonly versionNumber: number | null
  /** Description of the password's source; null if none was asked for. */
  readonly passwordSource: string | null
}

/** An endpoint as messages name it: `db-1:5432`, `[::1]:5432`, `/var/run/postgresql:5432`. */
export function endpointName({ host, port }: { readonly host: string; readonly port: number }): string {
  return clean(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
}

/** An error of the server: SQLSTATE and texts. */
interface ServerError {
  readonly code: string
  readonly message: string
  readonly detail: string
  readonly hint: string
}

/** The server refused TLS. */
export const NO_TLS = 'The server does not support SSL connections'
/** The server answered with something else. A server that can't start a process for the session does so. */
const TLS_REFUSED = 'There was an error establishing an SSL connection'

/** Bytes that no PostgreSQL server sends. pgdeck wrote the reason, so it is safe to show. */
export class ForeignProtocolError extends Error {}

/** Returns the fault for an error of the driver, of the socket or of TLS. Texts of the server are cleaned. */
export function databaseFault(error: unknown, party: FaultContext): Fault {
  if (error instanceof FaultError) return error.fault
  const target = clean(party.target)
  const text = messageOf(error)
  if (text.startsWith('SASL') || text.startsWith('Unknown authenticationOk')) return loginFault(target, text)
  if (error instanceof ForeignProtocolError) return foreign(target, text)
  const sent = serverError(error)
  if (sent) return serverFault(sent, party)
  if (text === NO_TLS || text === TLS_REFUSED) return tlsOff(target, text === NO_TLS)
  if (text.startsWith('Connection terminated') || text.includes('not queryable')) return closed(target)
  if (/^received (invalid|unexpected)/i.test(text)) return foreign(target, 'unexpected protocol message')
  return socketFault(error, party, target)
}

/** True if the session can't be used after this error of the server. */
export function endsSession(error: unknown): boolean {
  const code = serverError(error)?.code
  // Ended by the administrator, by a crash of another process, at the start, by an idle limit; or a connection
  // exception.
  return code !== undefined && (/^(57P0[1235]|25P0[34]|08)/.test(code) || LOST_STATEMENT.has(code))
}

/** The server (or a pooler) has dropped our prepared statement, or its result type changed. */
const LOST_STATEMENT: ReadonlySet<string> = new Set(['26000', '42P05', '0A000'])

/** The SQLSTATE from the server; null for any other error. */
export function sqlStateOf(error: unknown): string | null {
  return serverError(error)?.code ?? null
}

/** True if the peer accepts no start-up options, as poolers do. */
export function refusesStartupOptions(error: unknown): boolean {
  const sent = serverError(error)
  return sent?.code === '08P01' && /\bunsupported startup parameter\b/i.test(sent.message)
}

/** The setting because of which a server refused a session: unknown, or not allowed for the role; else null. */
export function refusedSetting(error: unknown): string | null {
  const sent = serverError(error)
  const isOfSetting = sent?.code === '42704' || sent?.code === '42501'
  return isOfSetting ? (/"([\w.]+)"/.exec(sent.message)?.[1] ?? null) : null
}

function serverError(error: unknown): ServerError | null {
  if (!(error instanceof Error) || !('severity' in error) || !/^[0-9A-Z]{5}$/.test(errorCodeOf(error))) return null
  const text = (name: 'detail' | 'hint') => {
    const value: unknown = name in error ? error[name as keyof Error] : ''
    return typeof value === 'string' ? clean(value) : ''
  }
  return {
    code: errorCodeOf(error),
    message: clean(error.message).slice(0, 500),
    detail: text('detail'),
    hint: text('hint'),
  }
}

function serverFault(sent: ServerError, party: FaultContext): Fault {
  const target = clean(party.target)
  const role = quoted(party.user)
  switch (sent.code) {
    case '28P01':
      return {
        code: 'auth',
        message: `${target} does not accept the password of role ${role}`,
        hint: `Correct the password${party.passwordSource === null ? '' : ` in ${party.passwordSource}`}, or set it with ALTER ROLE ${role} PASSWORD.`,
      }
    case '28000':
      if (sent.message.includes('channel binding')) return channelBindingFault(sent.message, target)
      return sent.message.includes('pg_hba.conf') ? hba(sent, target, party) : notLoggedIn(sent, target, role)
    case '3D000':
      return fault('auth', `${target} has no such database: ${sent.message}`, 'Correct the database name in the dsn.')
    case '42501':
      return fault('auth', `${target} denies role ${role} this: ${sent.message}`, grantHint(sent.message, role))
    case '53300':
      return tooMany(sent, target, role, party.versionNumber)
    case '57P01':
    case '57P02':
    case '57P03':
      return starting(sent, target)
    case '57014':
      return fault('slow', `${target} did not finish the query in time: ${sent.message}`, SLOW_HINT)
    case '55P03':
      return fault(
        'slow',
        `${target} waited for a lock too long: ${sent.message}`,
        'Find the session that holds the lock (pg_blocking_pids, pg_locks).',
      )
    case '40001':
      return fault(
        'slow',
        `${target} canceled the query for its WAL replay (recovery conflict): ${sent.message}`,
        'pgdeck repeats it with the next poll; max_standby_streaming_delay gives queries more time.',
      )
    case 'XX000':
      if (/could not (find digest for NID|determine server certificate signature)/.test(sent.message))
        return unbindableCertificateFault(target)
      return otherError(sent, target)
    default:
      return otherError(sent, target)
  }
}

function otherError(sent: ServerError, target: string): Fault {
  return fault(
    'protocol',
    `${target} answered with an error: ${sent.message} (SQLSTATE ${sent.code})`,
    sent.hint || poolerHint(sent.message),
  )
}

/**
 * A pooler has one SQLSTATE for all its own problems and those of the server behind it. Its message distinguishes them.
 */
function poolerHint(message: string): string | null {
  if (/max_client_conn|no more connections allowed/i.test(message))
    return 'A pooler without a free connection answered: raise its max_client_conn, or put the server’s own host and port into the dsn.'
  const isOutage =
    /query_wait_timeout|server[ _]login|server conn|connect to server|login failed: FATAL|bouncer|pooler|backend (node|connection)/i
  return isOutage.test(message)
    ? 'A pooler answered, the server behind it did not: check that server and the pooler’s log; put the server’s own host and port into the dsn.'
    : null
}

const SLOW_HINT = 'Check what the server is busy with; a longer `timeout` of the cluster gives it more time.'

function fault(code: Fault['code'], message: string, hint: string | null): Fault {
  return { code, message, hint }
}

function quoted(name: string): string {
  return `"${clean(name).replaceAll('"', '""')}"`
}

function notLoggedIn(sent: ServerError, target: string, role: string): Fault {
  const hint = sent.message.includes('not permitted to log in')
    ? `Run ALTER ROLE ${role} LOGIN.`
    : sent.message.includes('does not exist')
      ? `Correct the user in the dsn, or create the role: CREATE ROLE ${role} LOGIN; GRANT pg_monitor TO ${role}.`
      : sent.message.includes('certificate')
        ? 'Give a client certificate the server trusts with sslcert and sslkey.'
        : sent.hint || 'Read the server log for the reason.'
  return fault('auth', `${target} refuses role ${role}: ${sent.message}`, hint)
}

function hba(sent: ServerError, target: string, party: FaultContext): Fault {
  const address = /host "([^"]+)"/.exec(sent.message)?.[1]
  const hint = sent.message.includes('rejects')
    ? 'A line of pg_hba.conf with "reject" matches first: put a line that allows this connection above it, then reload.'
    : `Add "${hbaLine(address, party)}" to pg_hba.conf, then reload${sent.message.includes('no encryption') ? '; if it only allows TLS, use sslmode=require or stronger' : ''}.`
  return fault('hba', `${target}: ${sent.message}`, hint)
}

function hbaLine(address: string | undefined, party: FaultContext): string {
  const word = (name: string) => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoted(name))
  const who = `${word(party.database)} ${word(party.user)}`
  if (address === undefined || address === '[local]') return `local ${who} scram-sha-256`
  return `host ${who} ${address}/${address.includes(':') ? 128 : 32} scram-sha-256`
}

function tooMany(sent: ServerError, target: string, role: string, versionNumber: number | null): Fault {
  const grant = `GRANT pg_use_reserved_connections TO ${role}`
  // From 16 on, messages name "roles with" an attribute or privileges.
  const reserved = /reserved for roles with/.test(sent.message) || (versionNumber ?? 0) >= 160_000
  const hint = /too many connections for (role|database)/.test(sent.message)
    ? 'Raise its CONNECTION LIMIT, or close sessions.'
    : reserved
      ? `Close sessions. ${grant}, with reserved_connections above 0, reserves a connection for pgdeck.`
      : versionNumber === null && !sent.message.includes('non-replication')
        ? `Close sessions. On PostgreSQL 16 and newer ${grant}, with reserved_connections above 0, reserves a connection.`
        : 'Close sessions, raise max_connections, or use a pooler.'
  return fault('too-many-connections', `${target} has no free connection for role ${role}: ${sent.message}`, hint)
}

function starting(sent: ServerError, target: string): Fault {
  const what = `${sent.message}${sent.detail === '' ? '' : ` (${sent.detail})`}`
  const hint = /hot standby mode is disabled/i.test(sent.detail)
    ? 'It is up and replays, but hot_standby is off: turn it on to see its figures.'
    : /shutting down|terminating/.test(sent.message)
      ? 'It is being stopped or restarted: wait, or start it when it has stopped.'
      : 'It is up and replays its WAL: wait; the server log shows its progress.'
  return fault('starting', `${target}: ${what}`, hint)
}

function grantHint(message: string, role: string): string {
  const [, kind, name] =
    /permission denied for (table|view|relation|function|schema|database) (.+)$/.exec(message) ?? []
  // A missing name is either PostgreSQL's own, reported without its schema, or one in the user's own query.
  const own = name?.startsWith('pg_') ? `pg_catalog.${name}` : name
  switch (kind) {
    case 'function':
      return `GRANT EXECUTE ON FUNCTION ${own} TO ${role}`
    case 'schema':
      return `GRANT USAGE ON SCHEMA ${name} TO ${role}`
    case 'database':
      return `GRANT CONNECT ON DATABASE ${name} TO ${role}`
    case undefined:
      return `GRANT pg_monitor TO ${role}`
    default:
      return `GRANT SELECT ON ${own} TO ${role}`
  }
}

function foreign(target: string, why: string): Fault {
  return fault(
    'protocol',
    `${target} does not speak PostgreSQL: ${clean(why)}`,
    'Check host and port: another service listens there.',
  )
}

function closed(target: string): Fault {
  return fault(
    'unreachable',
    `${target} closed the connection`,
    'It may be stopping or restarting: check its log, and proxies and firewalls in between.',
  )
}

function tlsOff(target: string, saidNo: boolean): Fault {
  const message = saidNo ? `${target} offers no TLS, and sslmode requires it` : `${target} refused to begin TLS`
  return fault('tls', message, 'Set ssl = on at the server, or use sslmode=prefer where the network is trusted.')
}

const TLS_HINTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Renew the certificate of the server.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use the host name that is in the certificate, or sslmode=verify-ca.',
}

/** Node's advice for people who start it themselves. */
const NODE_ADVICE = /; if the root CA is installed locally, try running Node\.js with --use-system-ca/

function socketFault(error: unknown, party: FaultContext, target: string): Fault {
  const found = networkFault(error, party.target)
  switch (found.code) {
    case 'refused':
      return { ...found, hint: 'Check that PostgreSQL runs there, and its port and listen_addresses.' }
    case 'tls': {
      const reason = clean(error instanceof Error ? error.message : '')
        .replace(NODE_ADVICE, '')
        .slice(0, 200)
      const hint =
        TLS_HINTS[errorCodeOf(error)] ??
        'Check sslrootcert (the authority of the server’s certificate), sslcert and sslkey.'
      return fault('tls', `${target}: TLS failed: ${reason}`, hint)
    }
    default:
      return found
  }
}
