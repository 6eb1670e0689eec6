// Functions and views of our statements that a server may refuse, and what a statement says in their place.

/** Types by column. Statements use no others. */
export type Columns = Readonly<Record<string, string>>

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
  /** How a call begins, of a function whose name several functions have. */
  readonly begin?: string
  /** A statement tests the privilege before it calls the function, which is looked up only then. */
  readonly isGuarded?: boolean
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

const SENDER: Columns = {
  pid: 'int4',
  state: 'text',
  sent_lsn: 'pg_lsn',
  write_lsn: 'pg_lsn',
  flush_lsn: 'pg_lsn',
  replay_lsn: 'pg_lsn',
  write_lag: 'interval',
  flush_lag: 'interval',
  replay_lag: 'interval',
  sync_priority: 'int4',
  sync_state: 'text',
  reply_time: 'timestamptz',
}

const RECEIVER: Columns = {
  pid: 'int4',
  status: 'text',
  slot_name: 'text',
  sender_host: 'text',
  sender_port: 'int4',
  received_tli: 'int4',
  flushed_lsn: 'pg_lsn',
  latest_end_lsn: 'pg_lsn',
  latest_end_time: 'timestamptz',
  last_msg_receipt_time: 'timestamptz',
}

const SLOT: Columns = {
  slot_name: 'name',
  slot_type: 'text',
  active: 'bool',
  active_pid: 'int4',
  temporary: 'bool',
  restart_lsn: 'pg_lsn',
  confirmed_flush_lsn: 'pg_lsn',
  wal_status: 'text',
  safe_wal_size: 'int8',
  xmin: 'xid',
  catalog_xmin: 'xid',
}

const ACTIVITY: Columns = {
  pid: 'int4',
  datid: 'oid',
  usesysid: 'oid',
  application_name: 'text',
  client_addr: 'inet',
  client_port: 'int4',
  backend_start: 'timestamptz',
  xact_start: 'timestamptz',
  state: 'text',
  state_change: 'timestamptz',
  wait_event_type: 'text',
  wait_event: 'text',
  backend_type: 'text',
  backend_xid: 'xid',
  backend_xmin: 'xid',
  leader_pid: 'int4',
}

const ARCHIVER: Columns = {
  archived_count: 'int8',
  last_archived_wal: 'text',
  last_archived_time: 'timestamptz',
  failed_count: 'int8',
  last_failed_wal: 'text',
  last_failed_time: 'timestamptz',
}

const PREPARED: Columns = { transaction: 'xid', gid: 'text', prepared: 'timestamptz', ownerid: 'oid', dbid: 'oid' }
const DATABASE: Columns = {
  oid: 'oid',
  datname: 'name',
  datdba: 'oid',
  datfrozenxid: 'xid',
  datminmxid: 'xid',
  datconnlimit: 'int4',
}
const ROLE: Columns = { oid: 'oid', rolname: 'name', rolsuper: 'bool', rolreplication: 'bool', rolconnlimit: 'int4' }
const LOCK: Columns = {
  locktype: 'text',
  classid: 'oid',
  objid: 'oid',
  objsubid: 'int2',
  pid: 'int4',
  granted: 'bool',
}

const ALL_LOCKS: Columns = { pid: 'int4', locktype: 'text', granted: 'bool', database: 'oid', relation: 'oid' }

const SESSION: Columns = {
  pid: 'int4',
  datid: 'oid',
  datname: 'name',
  usesysid: 'oid',
  usename: 'name',
  application_name: 'text',
  client_addr: 'inet',
  backend_start: 'timestamptz',
  xact_start: 'timestamptz',
  query_start: 'timestamptz',
  state_change: 'timestamptz',
  wait_event_type: 'text',
  wait_event: 'text',
  state: 'text',
  query: 'text',
  backend_type: 'text',
  leader_pid: 'int4',
}
const CHECKPOINTS_16: Columns = {
  checkpoints_timed: 'int8',
  checkpoints_req: 'int8',
  checkpoint_write_time: 'float8',
  checkpoint_sync_time: 'float8',
}
const CHECKPOINTS_17: Columns = {
  num_timed: 'int8',
  num_requested: 'int8',
  restartpoints_timed: 'int8',
  restartpoints_req: 'int8',
  write_time: 'float8',
  sync_time: 'float8',
}
const BACKUP: Columns = { pid: 'int4', phase: 'text', backup_total: 'int8', backup_streamed: 'int8' }
const VACUUM: Columns = {
  pid: 'int4',
  datname: 'name',
  relid: 'oid',
  phase: 'text',
  heap_blks_total: 'int8',
  heap_blks_scanned: 'int8',
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
  pg_stat_get_activity: rowsOf(ACTIVITY, 'pg_catalog.pg_backend_pid()'),
  pg_stat_get_wal_receiver: rowsOf(RECEIVER),
  pg_stat_get_wal_senders: rowsOf(SENDER),
  pg_get_replication_slots: rowsOf(SLOT),
  pg_prepared_xact: rowsOf(PREPARED),
  pg_stat_get_progress_info: rowsOf({ pid: 'int4' }, `'VACUUM'`),
  pg_get_multixact_stats: { ...rowsOf({ num_members: 'int8' }), since: 190_000 },
  pg_stat_activity: relation(SESSION),
  pg_stat_archiver: relation(ARCHIVER),
  pg_stat_bgwriter: { ...relation(CHECKPOINTS_16), until: 170_000 },
  pg_stat_checkpointer: { ...relation(CHECKPOINTS_17), since: 170_000 },
  pg_stat_progress_basebackup: relation(BACKUP),
  pg_stat_progress_vacuum: relation(VACUUM),
  has_database_privilege: { args: `1::pg_catalog.oid, 'CONNECT'`, begin: 'oid', value: 'NULL::pg_catalog.bool' },
  // There is no database of that number: this costs nothing.
  pg_database_size: { ...ofType('int8', NOBODY), expected: ['3D000', '42704'] },
  pg_subscription: relation({ subname: 'name', subslotname: 'name', subenabled: 'bool' }),
  pg_database: relation(DATABASE),
  pg_db_role_setting: relation({ setdatabase: 'oid', setrole: 'oid', setconfig: '_text' }),
  pg_roles: relation(ROLE),
  pg_locks: relation(LOCK),
  pg_lock_status: rowsOf(ALL_LOCKS),
  pg_namespace: relation({ oid: 'oid', nspname: 'name' }),
  pg_class: relation({ oid: 'oid', relname: 'name', relnamespace: 'oid', relkind: '"char"', relowner: 'oid' }),
  query_to_xml: ofType('xml', `'SELECT 1', false, true, ''`),
  has_function_privilege: {
    args: `current_user, 'pg_catalog.version()', 'EXECUTE'`,
    begin: 'current_user',
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
} satisfies Readonly<Record<string, StandIn>>
