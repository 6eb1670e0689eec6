// The figures of the pulse by the function that tells them.

import type { RefusedPart } from '../../../io/postgres/session/refused-parts.ts'
import type { Figures } from '../answers/refused-figures.ts'

export const PULSE_FIGURES: Figures = {
  'pg_control_system()': { what: 'the system identifier', unknown: ['runs'] },
  'pg_control_checkpoint()': { what: 'the timeline of the last checkpoint', on: 'standby' },
  'pg_control_recovery()': { what: 'the timeline at the end of recovery', on: 'standby' },
  'pg_walfile_name()': { what: 'the timeline', on: 'primary' },
  'pg_stat_get_wal_receiver()': { what: 'the WAL receiver: its upstream, timeline and positions', on: 'standby' },
  'pg_stat_get_wal_senders()': { what: 'the WAL senders: their state, positions and lag' },
  'pg_get_replication_slots()': { what: 'the replication slots' },
  'pg_stat_get_activity()': {
    what: 'the sessions: their applications, addresses and statements',
    unknown: [
      'clients',
      'startupProcess',
      'runs',
      'transactions.oldest',
      'transactions.xminSession',
      'longestStatement',
    ],
  },
  'pg_stat_get_db_xact_commit()': { what: 'the committed transactions' },
  'pg_stat_get_db_xact_rollback()': { what: 'the rolled back transactions' },
  'pg_stat_get_db_stat_reset_time()': {
    what: 'when the counters of transactions began: their rates',
    unknown: ['transactionCounters?'],
  },
  'textsend()': { what: 'the longest statement', unknown: ['longestStatement.bytes'] },
  'encode()': { what: 'the longest statement', unknown: ['longestStatement.bytes'] },
  'pg_prepared_xact()': { what: 'the prepared transactions', unknown: ['transactions.prepared'] },
  pg_stat_archiver: { what: 'the archiver' },
  pg_subscription: { what: 'the subscriptions' },
  pg_database: {
    what: 'the databases: ages of their IDs, CONNECTION LIMITs',
    unknown: ['readOnlyDatabases?', 'readOnlyOwn?', 'connectionLimits', 'oldestTransactionAge', 'transactionCounters?'],
  },
  pg_db_role_setting: {
    what: 'the settings of databases and roles',
    unknown: ['readOnlyDatabases?', 'readOnlyRoles?', 'readOnlyForAll?', 'readOnlyOwn?', 'settings.synchronousCommit'],
  },
  pg_roles: {
    what: 'the roles: CONNECTION LIMITs, privileges',
    unknown: ['mayReplicate?', 'readOnlyRoles?', 'readOnlyOwn?', 'connectionLimits'],
  },
  'pg_lock_status()': {
    what: 'how long sessions, and replay, wait for locks, and for whom',
    unknown: ['lockWaits.longest?'],
  },
  'pg_blocking_pids()': { what: 'behind whom sessions wait for locks' },
  pg_settings: { what: 'the settings that wait for a restart', unknown: ['pendingRestart'] },
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
  'aurora_replica_status()': { what: 'the lag of the readers of Aurora' },
  'aurora_db_instance_identifier()': { what: 'which instance of Aurora this is' },
  'ts_stat()': { what: 'the files of WAL, and those that wait to be archived' },
  'array_to_tsvector()': { what: 'the files of WAL, and those that wait to be archived' },
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
  'lockWaits',
  'connectionLimits',
]

/** Returns the paths of the counts of sessions if they are unknown. */
export function uncounted(refused: readonly RefusedPart[]): readonly string[] {
  const names = new Set(refused.map(({ name }) => name))
  return names.has('pg_stat_get_activity()') && COUNTING.some((name) => names.has(name)) ? COUNTS : []
}
