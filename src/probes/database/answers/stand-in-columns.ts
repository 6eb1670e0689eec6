// Columns that statements use of functions and views which a server may refuse, with their types.

/** Types by column. Statements use no others. */
export type Columns = Readonly<Record<string, string>>

export const SENDER: Columns = {
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

export const RECEIVER: Columns = {
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

export const SLOT: Columns = {
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

export const ACTIVITY: Columns = {
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
  query: 'text',
}

export const ARCHIVER: Columns = {
  archived_count: 'int8',
  last_archived_wal: 'text',
  last_archived_time: 'timestamptz',
  failed_count: 'int8',
  last_failed_wal: 'text',
  last_failed_time: 'timestamptz',
}

export const PREPARED: Columns = {
  transaction: 'xid',
  gid: 'text',
  prepared: 'timestamptz',
  ownerid: 'oid',
  dbid: 'oid',
}
export const DATABASE: Columns = {
  oid: 'oid',
  datname: 'name',
  datdba: 'oid',
  datfrozenxid: 'xid',
  datminmxid: 'xid',
  datconnlimit: 'int4',
}
export const ROLE: Columns = {
  oid: 'oid',
  rolname: 'name',
  rolsuper: 'bool',
  rolreplication: 'bool',
  rolcanlogin: 'bool',
  rolvaliduntil: 'timestamptz',
  rolconnlimit: 'int4',
}
export const LOCK: Columns = {
  pid: 'int4',
  locktype: 'text',
  mode: 'text',
  granted: 'bool',
  database: 'oid',
  relation: 'oid',
  page: 'int4',
  tuple: 'int2',
  virtualxid: 'text',
  transactionid: 'xid',
  classid: 'oid',
  objid: 'oid',
  objsubid: 'int2',
  virtualtransaction: 'text',
  waitstart: 'timestamptz',
}
export const PREPARED_NAMES: Columns = {
  transaction: 'xid',
  gid: 'text',
  prepared: 'timestamptz',
  owner: 'name',
  database: 'name',
}
export const SETTING: Columns = {
  name: 'text',
  setting: 'text',
  unit: 'text',
  vartype: 'text',
  source: 'text',
  sourcefile: 'text',
  pending_restart: 'bool',
}

export const ALL_LOCKS: Columns = {
  pid: 'int4',
  locktype: 'text',
  granted: 'bool',
  database: 'oid',
  relation: 'oid',
  waitstart: 'timestamptz',
}

export const SESSION: Columns = {
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
export const CHECKPOINTS_16: Columns = {
  checkpoints_timed: 'int8',
  checkpoints_req: 'int8',
  checkpoint_write_time: 'float8',
  checkpoint_sync_time: 'float8',
}
export const CHECKPOINTS_17: Columns = {
  num_timed: 'int8',
  num_requested: 'int8',
  restartpoints_timed: 'int8',
  restartpoints_req: 'int8',
  write_time: 'float8',
  sync_time: 'float8',
}
export const BACKUP: Columns = { pid: 'int4', phase: 'text', backup_total: 'int8', backup_streamed: 'int8' }
export const VACUUM: Columns = {
  pid: 'int4',
  datname: 'name',
  relid: 'oid',
  phase: 'text',
  heap_blks_total: 'int8',
  heap_blks_scanned: 'int8',
}
