// Functions and views of our statements that a server may refuse, and what a statement says in their place.

import type { Columns } from './stand-in-columns.ts'
import * as of from './stand-in-columns.ts'

export interface StandIn {
  /** Its name, where the key is another one. */
  readonly name?: string
  /** Arguments with which it is tried; absent: it is a view or a table. */
  readonly args?: string
  /** What it returns, if that is one value. */
  readonly type?: string
  /** Servers of the other role raise an error. */
  readonly on?: 'primary' | 'standby'
  /** What stands for a call, as a value; absent: NULL. `offers` is false for a name that is refused too. */
  readonly value?: string | ((offers: (name: string) => boolean) => string)
  /** For a relation, or a function that returns rows: none. */
  readonly columns?: Columns
  /** The version that has it first; absent: all have it. */
  readonly since?: number
  /** The version that has it no more, or with other columns. */
  readonly until?: number
  /** SQLSTATEs of the error of the trial where all is well, by version. */
  readonly expected?: readonly string[]
  /** How a call begins, as a regular expression, of a function whose name several functions have. */
  readonly begin?: string
  /** A statement tests the privilege before it calls the function, which is looked up only then. */
  readonly isGuarded?: boolean
  /** Most servers do not have it: its privilege is tested by what `to_regprocedure()` finds. */
  readonly mayBeMissing?: boolean
}

const ofType = (type: string, args = ''): StandIn => ({ args, type })
const rowsOf = (columns: Columns, args = ''): StandIn => ({ args, columns })
const relation = (columns: Columns): StandIn => ({ columns })
const guarded = (args = ''): StandIn => ({ args, isGuarded: true })

const LSN_FUNCTIONS = ['pg_current_wal_lsn', 'pg_current_wal_flush_lsn', 'pg_current_wal_insert_lsn'] as const

/** Another position of WAL differs by less than the buffers of WAL. */
const anyLsn = (offers: (name: string) => boolean): string => {
  const other = LSN_FUNCTIONS.find(offers)
  return other === undefined ? 'NULL::pg_catalog.pg_lsn' : `pg_catalog.${other}()`
}

const ROLE_OF = `current_user, 'pg_monitor', 'USAGE'`
const NOBODY = '0'

/** By name. Names without a stand-in are needed: a server without them can't be read. */
export const STAND_INS = {
  age: ofType('int4', `'3'::pg_catalog.xid`),
  mxid_age: ofType('int4', `'1'::pg_catalog.xid`),
  host: ofType('text', `'127.0.0.1'::pg_catalog.inet`),
  inet_server_addr: ofType('inet'),
  inet_server_port: ofType('int4'),
  pg_get_userbyid: ofType('name', '10'),
  pg_is_in_recovery: { ...ofType('bool'), value: `(pg_catalog.current_setting('in_hot_standby') = 'on')` },
  pg_has_role: { ...ofType('bool', ROLE_OF), begin: 'current_user', value: 'false' },
  // Tests what others may do, of the few whose sessions are named as a run.
  pg_has_role_of: { name: 'pg_has_role', args: `10, 10, 'MEMBER'`, begin: 'a.usesysid', value: 'false' },
  pg_conf_load_time: ofType('timestamptz'),
  pg_postmaster_start_time: ofType('timestamptz'),
  clock_timestamp: { ...ofType('timestamptz'), value: 'pg_catalog.statement_timestamp()' },
  pg_current_wal_lsn: { ...ofType('pg_lsn'), on: 'primary', value: anyLsn },
  pg_current_wal_flush_lsn: { ...ofType('pg_lsn'), on: 'primary', value: anyLsn },
  pg_current_wal_insert_lsn: { ...ofType('pg_lsn'), on: 'primary', value: anyLsn },
  pg_walfile_name: { ...ofType('text', `'0/1'`), on: 'primary' },
  pg_last_wal_receive_lsn: {
    ...ofType('pg_lsn'),
    // What the walreceiver has flushed.
    value: (offers) =>
      offers('pg_stat_get_wal_receiver')
        ? '(SELECT flushed_lsn FROM pg_catalog.pg_stat_get_wal_receiver())'
        : 'NULL::pg_catalog.pg_lsn',
  },
  pg_last_wal_replay_lsn: ofType('pg_lsn'),
  pg_last_xact_replay_timestamp: ofType('timestamptz'),
  pg_get_wal_replay_pause_state: { ...ofType('text'), on: 'standby' },
  pg_stat_get_backend_pid: ofType('int4', NOBODY),
  pg_stat_get_backend_dbid: ofType('oid', NOBODY),
  pg_stat_get_backend_userid: ofType('oid', NOBODY),
  pg_stat_get_backend_client_port: ofType('int4', NOBODY),
  pg_stat_get_backend_wait_event: ofType('text', NOBODY),
  pg_stat_get_backend_wait_event_type: ofType('text', NOBODY),
  pg_stat_get_backend_xact_start: ofType('timestamptz', NOBODY),
  pg_stat_get_backend_activity_start: ofType('timestamptz', NOBODY),
  // The column has the name of the alias.
  pg_stat_get_backend_idset: { args: '', value: 'pg_catalog.generate_series(1, 0)' },
  pg_control_system: rowsOf({ system_identifier: 'int8' }),
  pg_control_checkpoint: rowsOf({ timeline_id: 'int4', checkpoint_time: 'timestamptz', redo_lsn: 'pg_lsn' }),
  pg_control_recovery: rowsOf({ min_recovery_end_timeline: 'int4' }),
  pg_stat_get_db_xact_commit: ofType('int8', NOBODY),
  pg_stat_get_db_xact_rollback: ofType('int8', NOBODY),
  pg_stat_get_db_stat_reset_time: ofType('timestamptz', NOBODY),
  pg_stat_get_activity: rowsOf(of.ACTIVITY, 'pg_catalog.pg_backend_pid()'),
  pg_stat_get_wal_receiver: rowsOf(of.RECEIVER),
  pg_stat_get_wal_senders: rowsOf(of.SENDER),
  pg_get_replication_slots: rowsOf(of.SLOT),
  pg_prepared_xact: rowsOf(of.PREPARED),
  pg_stat_get_progress_info: rowsOf({ pid: 'int4' }, `'VACUUM'`),
  pg_get_multixact_stats: { ...rowsOf({ num_members: 'int8' }), since: 190_000 },
  pg_stat_activity: relation(of.SESSION),
  pg_stat_archiver: relation(of.ARCHIVER),
  pg_stat_bgwriter: { ...relation(of.CHECKPOINTS_16), until: 170_000 },
  pg_stat_checkpointer: { ...relation(of.CHECKPOINTS_17), since: 170_000 },
  pg_stat_progress_basebackup: relation(of.BACKUP),
  pg_stat_progress_vacuum: relation(of.VACUUM),
  has_database_privilege: { args: `1::pg_catalog.oid, 'CONNECT'`, begin: 'oid', value: 'NULL::pg_catalog.bool' },
  // There is no database of that number: this costs nothing.
  pg_database_size: { ...ofType('int8', NOBODY), expected: ['3D000', '42704'] },
  pg_subscription: relation({ subname: 'name', subslotname: 'name', subenabled: 'bool' }),
  pg_blocking_pids: ofType('_int4', NOBODY),
  pg_prepared_xacts: relation(of.PREPARED_NAMES),
  pg_settings: relation(of.SETTING),
  pg_stat_ssl: relation({ pid: 'int4', version: 'text' }),
  pg_stat_gssapi: relation({ pid: 'int4', encrypted: 'bool' }),
  pg_stat_wal_receiver: relation({ conninfo: 'text' }),
  pg_auth_members: relation({ roleid: 'oid', member: 'oid' }),
  pg_extension: relation({ extname: 'name', extversion: 'text', extowner: 'oid' }),
  pg_available_extensions: relation({ name: 'name', default_version: 'text' }),
  pg_database_collation_actual_version: {
    ...ofType('text', NOBODY),
    since: 150_000,
    expected: ['XX000', '42704', '3D000'],
  },
  inet_client_addr: ofType('inet'),
  version: ofType('text'),
  getdatabaseencoding: { ...ofType('name'), value: `pg_catalog.current_setting('server_encoding')` },
  octet_length: ofType('int4', `'a'::pg_catalog.text`),
  textsend: ofType('bytea', `'a'::pg_catalog.text`),
  encode: ofType('text', `'a'::pg_catalog.bytea, 'base64'`),
  isfinite: { ...ofType('bool', `pg_catalog.statement_timestamp()`), value: 'false' },
  has_table_privilege: { ...ofType('bool', `current_user, 'pg_catalog.pg_roles', 'SELECT'`), value: 'false' },
  to_regclass: ofType('regclass', `'pg_catalog.pg_roles'`),
  to_regprocedure: ofType('regprocedure', `'pg_catalog.version()'`),
  pg_database: relation(of.DATABASE),
  pg_db_role_setting: relation({ setdatabase: 'oid', setrole: 'oid', setconfig: '_text' }),
  pg_roles: relation(of.ROLE),
  pg_locks: relation(of.LOCK),
  pg_lock_status: rowsOf(of.ALL_LOCKS),
  pg_proc: relation({ proname: 'name', pronamespace: 'oid', pronargs: 'int2', proowner: 'oid' }),
  pg_namespace: relation({ oid: 'oid', nspname: 'name' }),
  pg_class: relation({ oid: 'oid', relname: 'name', relnamespace: 'oid', relkind: '"char"', relowner: 'oid' }),
  ts_stat: rowsOf({ word: 'text' }, `'SELECT NULL::pg_catalog.tsvector'`),
  array_to_tsvector: ofType('tsvector', `'{a}'::pg_catalog.text[]`),
  query_to_xml: ofType('xml', `'SELECT 1', false, true, ''`),
  has_function_privilege: {
    args: `current_user, 'pg_catalog.version()', 'EXECUTE'`,
    begin: 'current_user',
    value: 'false',
  },
  has_function_privilege_by_oid: {
    name: 'has_function_privilege',
    args: `current_user, pg_catalog.to_regprocedure('pg_catalog.version()'), 'EXECUTE'`,
    begin: '\\s*current_user, pg_catalog\\.to_regprocedure',
    value: 'false',
  },
  has_table_privilege_by_oid: {
    name: 'has_table_privilege',
    args: `current_user, pg_catalog.to_regclass('pg_catalog.pg_roles'), 'SELECT'`,
    begin: '\\s*current_user,\\s*pg_catalog\\.to_regclass',
    value: 'false',
  },
  has_function_privilege_of_this_role: {
    name: 'has_function_privilege',
    args: `'pg_catalog.version()', 'EXECUTE'`,
    begin: `'`,
    value: 'false',
  },
  has_function_privilege_of: {
    name: 'has_function_privilege',
    args: `10, 'pg_catalog.version()', 'EXECUTE'`,
    begin: 'r.oid',
    value: 'false',
  },
  pg_ls_waldir: guarded(),
  pg_ls_archive_statusdir: guarded(),
  aurora_replica_status: { ...guarded(), mayBeMissing: true },
  aurora_db_instance_identifier: { ...guarded(), mayBeMissing: true },
} satisfies Readonly<Record<string, StandIn>>
