// The settings of every session of pgdeck. They are start-up options, which override ALTER ROLE and ALTER DATABASE.

/**
 * The purpose of a session. Only `act` may write; `backup` uses the replication protocol and takes no SQL. Only `watch`
 * may lead through a connection pooler: the others need the server itself. `console` is the admin console of a pooler.
 */
export type SessionPurpose = 'watch' | 'plan' | 'lock' | 'act' | 'backup' | 'console'

export type SessionSettings = Readonly<Record<string, string>>

/**
 * Settings with which the owner of a role or database could change what our statements mean, or make them fail. Every
 * role may set them, and PostgreSQL 14 to 19 have them: a setting that a server does not know, or that this role may
 * not set, would refuse the session. Not set: what only costs time (planner, memory), and `synchronous_commit`, which
 * the pulse reads and no statement of ours depends on.
 */
const FIXED: SessionSettings = {
  // `public`, even last in the path, wins over pg_catalog with a function whose argument types match better.
  search_path: 'pg_catalog,pg_temp',
  // ALTER ROLE … SET role would run every session of a role as another one.
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
  // The one zone that a server has without time zone files.
  TimeZone: 'GMT',
  bytea_output: 'hex',
  extra_float_digits: '1',
  // Otherwise the first error ends the session.
  exit_on_error: 'off',
  // pgdeck leaves no transaction open between statements. If one stays open all the same, it ends after this time.
  idle_in_transaction_session_timeout: '30000',
}

/** A session goes on with another value of these. */
const FIXED_BUT_HARMLESS: SessionSettings = {
  client_min_messages: 'warning',
  // A missing library would refuse the session.
  local_preload_libraries: '',
  // Compiling costs more than it saves in statements of a millisecond, and workers are for the users.
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  idle_session_timeout: '0',
}

/** The server soon notices that this host is gone, so that no session of ours holds a connection slot for hours. */
const KEEPALIVES: SessionSettings = { tcp_keepalives_idle: '5', tcp_keepalives_interval: '3' }

/**
 * A session that may hold a lock is gone within 20 s. Servers on some systems know neither setting and log a line for
 * each session that sets it, so other sessions keep the defaults. A copy may also be read slower than it is sent, which
 * says nothing of this host.
 */
const GIVES_UP: SessionSettings = { tcp_keepalives_count: '4', tcp_user_timeout: '15000' }
const TAKES_TIME: SessionSettings = { tcp_keepalives_count: '0', tcp_user_timeout: '0' }

/** In milliseconds; 0: none. */
export interface SessionTimeouts {
  readonly statementMs: number
  readonly lockMs: number
  /** The server ends the session after this idle time. Absent: never. */
  readonly idleMs?: number
}

/** All options of the start-up message of a session. */
export function startupSettings(
  purpose: SessionPurpose,
  { statementMs, lockMs, idleMs }: SessionTimeouts,
): SessionSettings {
  return {
    default_transaction_read_only: purpose === 'act' ? 'off' : 'on',
    ...FIXED,
    ...FIXED_BUT_HARMLESS,
    statement_timeout: String(statementMs),
    lock_timeout: String(lockMs),
    ...(idleMs === undefined ? {} : { idle_session_timeout: String(idleMs) }),
    ...KEEPALIVES,
    ...(purpose === 'act' || purpose === 'lock' ? GIVES_UP : TAKES_TIME),
  }
}

/** What decides what a statement means, whether it may write, and how long it may take. */
export const DECISIVE_SETTINGS: readonly string[] = [
  'default_transaction_read_only',
  ...Object.keys(FIXED),
  'statement_timeout',
  'lock_timeout',
]

/** Settings that can't be set for one transaction, or that belong to the pooler. */
const NOT_LOCAL: ReadonlySet<string> = new Set([
  'default_transaction_isolation',
  'default_transaction_deferrable',
  'standard_conforming_strings',
  'client_encoding',
  'local_preload_libraries',
  'idle_session_timeout',
])

/**
 * Returns the statements that begin a read-only transaction with the same settings, for that transaction only: for a
 * session that others use too. `versionNumber` as 180004 for 18.4.
 */
export function beginReadOnlySql({ statementMs, lockMs }: SessionTimeouts, versionNumber: number): string {
  const limits = { statement_timeout: String(statementMs), lock_timeout: String(lockMs) }
  const all = Object.entries({ ...FIXED, ...FIXED_BUT_HARMLESS, ...limits })
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
