// The settings that every session of ours begins with. Sent as start-up options, which outrank ALTER ROLE and ALTER DATABASE.

/**
 * What a session is for. Only `act` may write; `backup` speaks the replication protocol and takes no SQL. Only `watch` may
 * lead through a connection pooler: what the others rest on, or hold, has to be the server itself.
 */
export type SessionPurpose = 'watch' | 'plan' | 'lock' | 'act' | 'backup'

export type SessionSettings = Readonly<Record<string, string>>

/**
 * What whoever owns a role or a database could use to change what our statements mean, or to have them fail. All are
 * settings that every role may set and that PostgreSQL 13 to 19 know: one that a server does not know, or that this role
 * may not set, would refuse the session. Left alone: what only costs time (planner, memory), and `synchronous_commit`,
 * which the pulse reads and which nothing of ours depends on.
 */
const FIXED: SessionSettings = {
  // `public`, even last, loses to a function whose argument types fit a call better than those of pg_catalog.
  search_path: 'pg_catalog,pg_temp',
  // ALTER ROLE … SET role makes every session of a role another's.
  role: 'none',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  array_nulls: 'on',
  quote_all_identifiers: 'off',
  row_security: 'on',
  client_encoding: 'UTF8',
  DateStyle: 'ISO,MDY',
  IntervalStyle: 'postgres',
  // The one zone that a server knows without files of its system.
  TimeZone: 'GMT',
  bytea_output: 'hex',
  extra_float_digits: '1',
  client_min_messages: 'warning',
  // Else the first error ends the session.
  exit_on_error: 'off',
  // A library that is not there would refuse the session.
  local_preload_libraries: '',
  // Compiling costs more than it can save in statements of a millisecond, and workers are for the users.
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  // Nothing of ours stays open between statements; what does so all the same holds up nobody for longer.
  idle_in_transaction_session_timeout: '30000',
  idle_session_timeout: '0',
}

/** The server soon notices that this host is gone, so that nothing of ours takes a connection for hours. */
const KEEPALIVES: SessionSettings = { tcp_keepalives_idle: '5', tcp_keepalives_interval: '3' }

/**
 * What may hold something is gone within 20 s. Servers on some systems know neither and write a line for each session that
 * asks, so the rest has their defaults; a copy also may be taken slower than it is sent, which says nothing of this host.
 */
const GIVES_UP: SessionSettings = { tcp_keepalives_count: '4', tcp_user_timeout: '15000' }
const TAKES_TIME: SessionSettings = { tcp_keepalives_count: '0', tcp_user_timeout: '0' }

/** In milliseconds; 0: none. */
export interface SessionTimeouts {
  readonly statementMs: number
  readonly lockMs: number
  /** The server ends the session when it was asked nothing for so long. Absent: never. */
  readonly idleMs?: number
}

/** All that goes into the start-up message of a session. */
export function startupSettings(
  purpose: SessionPurpose,
  { statementMs, lockMs, idleMs }: SessionTimeouts,
): SessionSettings {
  return {
    default_transaction_read_only: purpose === 'act' ? 'off' : 'on',
    ...FIXED,
    statement_timeout: String(statementMs),
    lock_timeout: String(lockMs),
    ...(idleMs === undefined ? {} : { idle_session_timeout: String(idleMs) }),
    ...KEEPALIVES,
    ...(purpose === 'act' || purpose === 'lock' ? GIVES_UP : TAKES_TIME),
  }
}

/** What can't be set for one transaction, or is the pooler's own matter. */
const NOT_LOCAL: ReadonlySet<string> = new Set([
  'default_transaction_isolation',
  'default_transaction_deferrable',
  'standard_conforming_strings',
  'client_encoding',
  'local_preload_libraries',
  'idle_session_timeout',
])

/**
 * The statements that begin a read-only transaction with the same settings, for that transaction alone: on a session that
 * others use too. `versionNumber` as 180004 for 18.4.
 */
export function beginReadOnlySql({ statementMs, lockMs }: SessionTimeouts, versionNumber: number): string {
  const all = Object.entries({ ...FIXED, statement_timeout: String(statementMs), lock_timeout: String(lockMs) })
  const words = (name: string, value: string) => (name === 'search_path' ? value : `'${value}'`)
  const settings = all.filter(([name]) => !NOT_LOCAL.has(name))
  return [
    'BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY, NOT DEFERRABLE',
    ...(versionNumber >= 170_000 ? ['SET LOCAL transaction_timeout TO 0'] : []),
    ...settings.map(([name, value]) => `SET LOCAL ${name} TO ${words(name, value)}`),
  ].join('; ')
}

/** The value of libpq's `options`: blanks and backslashes are escaped. */
export function startupOptions(settings: SessionSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, '\\$&')}`)
    .join(' ')
}
