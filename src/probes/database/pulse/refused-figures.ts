// What is unknown in the pulse where the server refuses a function: those figures are null, in a document of the same
// form.

import type { RefusedPart } from '../../../io/postgres/session/refused-parts.ts'
import type { RefusedFunction } from '../../../model/values/refused-function.ts'
import { clean } from '../../../model/values/text.ts'

interface Figure {
  /** In words. */
  readonly what: string
  /** Figures of the document that need it and do not become NULL by themselves. */
  readonly unknown?: readonly string[]
  /** Servers of the other role have no such figure. */
  readonly on?: 'primary' | 'standby'
}

/** By the name of the part. */
const FIGURES: Readonly<Record<string, Figure>> = {
  'pg_control_system()': { what: 'the system identifier', unknown: ['runs'] },
  'pg_control_checkpoint()': { what: 'the timeline of the last checkpoint', on: 'standby' },
  'pg_control_recovery()': { what: 'the timeline at the end of recovery', on: 'standby' },
  'pg_walfile_name()': { what: 'the timeline', on: 'primary' },
  'pg_stat_get_wal_receiver()': { what: 'the WAL receiver: its upstream, timeline and positions', on: 'standby' },
  'pg_stat_get_wal_senders()': { what: 'the WAL senders: their state, positions and lag' },
  'pg_get_replication_slots()': { what: 'the replication slots' },
  'pg_stat_get_activity()': {
    what: 'the sessions: their applications, addresses and statements',
    unknown: ['clients', 'startupProcess', 'runs', 'transactions.oldest', 'transactions.xminSession'],
  },
  'pg_prepared_xact()': { what: 'the prepared transactions', unknown: ['transactions.prepared'] },
  pg_stat_archiver: { what: 'the archiver' },
  pg_subscription: { what: 'the subscriptions' },
  pg_database: {
    what: 'the databases: ages of their IDs, CONNECTION LIMITs',
    unknown: ['readOnlyDatabases?', 'connectionLimits', 'oldestTransactionAge'],
  },
  pg_db_role_setting: {
    what: 'the settings of databases and roles',
    unknown: ['readOnlyDatabases?', 'settings.synchronousCommit'],
  },
  pg_roles: { what: 'the roles: CONNECTION LIMITs, privileges', unknown: ['mayReplicate?', 'connectionLimits'] },
  pg_locks: { what: 'the runs that hold a lock', unknown: ['runs'] },
  'pg_has_role_of()': { what: 'the runs that hold a lock', unknown: ['runs'] },
  'has_function_privilege_of()': { what: 'the runs that hold a lock', unknown: ['runs'] },
  'pg_has_role()': { what: 'whether this role may see other sessions' },
  'pg_stat_get_progress_info()': { what: 'which sessions run VACUUM', unknown: ['transactions.xminSession'] },
  'pg_get_multixact_stats()': { what: 'the members of MultiXact IDs' },
  'age()': {
    what: 'the ages of transaction IDs',
    unknown: ['transactions.ages.transactions', 'transactions.xminSession'],
  },
  'mxid_age()': { what: 'the ages of MultiXact IDs', unknown: ['transactions.ages.multixacts'] },
  'pg_postmaster_start_time()': { what: 'the start of the server' },
  'pg_conf_load_time()': { what: 'when the configuration was loaded' },
  'pg_current_wal_lsn()': { what: 'the exact position of its WAL', on: 'primary' },
  'pg_current_wal_flush_lsn()': { what: 'the exact position of its flushed WAL', on: 'primary' },
  'pg_last_wal_receive_lsn()': { what: 'the exact position of received WAL', on: 'standby' },
  'pg_last_wal_replay_lsn()': { what: 'the position of replay', on: 'standby' },
  'pg_last_xact_replay_timestamp()': { what: 'when the last replayed transaction was committed', on: 'standby' },
  'pg_get_wal_replay_pause_state()': { what: 'whether replay is paused', on: 'standby' },
  'inet_server_addr()': { what: 'the address of the server' },
  'inet_server_port()': { what: 'the port of the session' },
  'pg_get_userbyid()': { what: 'the names of roles' },
  'host()': { what: 'the addresses of sessions' },
  'pg_ls_waldir()': { what: 'the newest timeline in its WAL', on: 'standby' },
  'pg_ls_archive_statusdir()': { what: 'the WAL files that wait to be archived' },
  'query_to_xml()': { what: 'the files of WAL, and those that wait to be archived' },
  'has_function_privilege()': { what: 'the files of WAL, and those that wait to be archived' },
}

/** Without any of these, sessions can't be counted where `pg_stat_get_activity()` is refused too. */
const COUNTING = [
  'pg_stat_get_backend_idset()',
  'pg_stat_get_backend_pid()',
  'pg_stat_get_backend_dbid()',
  'pg_stat_get_backend_userid()',
  'pg_stat_get_backend_wait_event()',
  'pg_stat_get_backend_xact_start()',
]
const COUNTS = [
  'sessions.total',
  'sessions.active',
  'sessions.idleInTransaction',
  'sessions.waiting',
  'unreadSessions?',
  'commitWaits',
  'connectionLimits',
]

/** Needed only where there are many sessions, or by the trials. The figures are read in another way then. */
const REPLACED = /^pg_stat_get_backend_|^clock_timestamp|^pg_is_in_recovery|^pg_current_wal_insert_lsn/

/** Returns the document with null, or nothing, for each figure that the refused parts would have told. */
export function withoutRefusedFigures(document: unknown, refused: readonly RefusedPart[]): unknown {
  if (refused.length === 0) return document
  const copy = structuredClone(document)
  for (const path of unknownFigures(new Set(refused.map(({ name }) => name)))) forget(copy, path)
  return copy
}

function unknownFigures(names: ReadonlySet<string>): readonly string[] {
  const uncounted = names.has('pg_stat_get_activity()') && COUNTING.some((name) => names.has(name))
  return [...[...names].flatMap((name) => FIGURES[name]?.unknown ?? []), ...(uncounted ? COUNTS : [])]
}

/** A figure that the schema allows to be absent ends in `?`. */
function forget(document: unknown, path: string): void {
  const names = path.replace('?', '').split('.')
  let at = document
  for (const name of names.slice(0, -1)) at = isRecord(at) ? at[name] : null
  const last = names.at(-1)
  if (!isRecord(at) || last === undefined || !(last in at)) return
  if (path.endsWith('?')) delete at[last]
  else at[last] = null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Functions of one name with several arguments: the one that is meant. */
const SIGNATURES: Readonly<Record<string, string>> = {
  'age()': 'age(xid)',
  'pg_has_role()': 'pg_has_role(name, text, text)',
  'has_function_privilege()': 'has_function_privilege(name, text, text)',
  'pg_has_role_of()': 'pg_has_role(oid, oid, text)',
  'has_function_privilege_of()': 'has_function_privilege(oid, text, text)',
}

/** What is unknown, in words. `role` is the role of the session. */
export function refusedFunctions(
  refused: readonly RefusedPart[],
  { role, isStandby }: { readonly role: string; readonly isStandby: boolean },
): readonly RefusedFunction[] {
  const names = new Set(refused.map(({ name }) => name))
  // Files are listed by these only.
  const listsNothing = names.has('query_to_xml()') || names.has('has_function_privilege()')
  return refused.flatMap((part): readonly RefusedFunction[] => {
    const { what = 'a figure', on } = FIGURES[part.name] ?? {}
    const isOfOtherRole = on !== undefined && (on === 'standby') !== isStandby
    if (REPLACED.test(part.name) || isOfOtherRole || (listsNothing && part.name.startsWith('pg_ls_'))) return []
    const grant = part.code === '42501' ? grantOf(part, role) : null
    return [{ name: part.name.replace('_of()', '()'), what, why: whyText(part.code), grant }]
  })
}

function whyText(code: string): string {
  switch (code) {
    case '42501':
      return 'not permitted'
    case '42883':
    case '42P01':
      return 'missing'
    case '57014':
      return 'too slow'
    default:
      return 'not offered by this server'
  }
}

function grantOf({ name, message }: RefusedPart, role: string): string {
  const grantee = `TO "${clean(role).replaceAll('"', '""')}"`
  if (name.endsWith(')')) {
    const routine = SIGNATURES[name] ?? name.slice(0, -2)
    return `GRANT EXECUTE ON FUNCTION pg_catalog.${routine} ${grantee}`
  }
  // A view calls functions with the privileges of its reader. The server names what it denies, in every language.
  const denied = /\bpg_\w+/.exec(message)?.[0] ?? name
  return denied === name
    ? `GRANT SELECT ON pg_catalog.${name} ${grantee}`
    : `GRANT EXECUTE ON FUNCTION pg_catalog.${denied} ${grantee}`
}
