// Functions and views of our statements that a server may refuse, and what a statement says in their place.

import type { StatementParts } from '../../../io/postgres/session/refused-parts.ts'

/** Types by column. Statements use no others. */
type Columns = Readonly<Record<string, string>>

interface StandIn {
  /** Its name, where the key is another one. */
  readonly name?: string
  /** Arguments with which it is tried; absent: it is a view or a table. */
  readonly args?: string
  /** What stands for a call, as a value. `others` is false for a name that is refused too. */
  readonly value?: string | ((offers: (name: string) => boolean) => string)
  /** For a relation, or a function that returns rows: none. */
  readonly columns?: Columns
  /** The version that has it first; absent: all have it. */
  readonly since?: number
  /** How a call begins, of a function whose name several functions have. */
  readonly begin?: string
  /** A statement tests the privilege before it calls the function, which is looked up only then. */
  readonly isGuarded?: boolean
}

const ofType = (type: string, args = ''): StandIn => ({ args, value: `NULL::pg_catalog.${type}` })
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

const ROLE_OF = `current_user, 'pg_monitor', 'USAGE'`
const NOBODY = '0'

/** By name. Names without a stand-in are needed: a server without them can't be read. */
const STAND_INS = {
  age: ofType('int4', `'3'::pg_catalog.xid`),
  mxid_age: ofType('int4', `'1'::pg_catalog.xid`),
  host: ofType('text', `'127.0.0.1'::pg_catalog.inet`),
  inet_server_addr: ofType('inet'),
  inet_server_port: ofType('int4'),
  pg_get_userbyid: ofType('name', '10'),
  pg_is_in_recovery: { args: '', value: `(pg_catalog.current_setting('in_hot_standby') = 'on')` },
  pg_has_role: { args: ROLE_OF, begin: 'current_user', value: 'false' },
  // Tests what others may do, of the few whose sessions are named as a run.
  pg_has_role_of: { name: 'pg_has_role', args: `10, 10, 'MEMBER'`, begin: 'a.usesysid', value: 'false' },
  pg_conf_load_time: ofType('timestamptz'),
  pg_postmaster_start_time: ofType('timestamptz'),
  clock_timestamp: { args: '', value: 'pg_catalog.statement_timestamp()' },
  pg_current_wal_lsn: { args: '', value: anyLsn },
  pg_current_wal_flush_lsn: { args: '', value: anyLsn },
  pg_current_wal_insert_lsn: { args: '', value: anyLsn },
  pg_walfile_name: ofType('text', `'0/1'`),
  pg_last_wal_receive_lsn: {
    args: '',
    // What the walreceiver has flushed.
    value: (offers) =>
      offers('pg_stat_get_wal_receiver')
        ? '(SELECT flushed_lsn FROM pg_catalog.pg_stat_get_wal_receiver())'
        : 'NULL::pg_catalog.pg_lsn',
  },
  pg_last_wal_replay_lsn: ofType('pg_lsn'),
  pg_last_xact_replay_timestamp: ofType('timestamptz'),
  pg_get_wal_replay_pause_state: ofType('text'),
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
  pg_control_checkpoint: rowsOf({ timeline_id: 'int4' }),
  pg_control_recovery: rowsOf({ min_recovery_end_timeline: 'int4' }),
  pg_stat_get_activity: rowsOf(ACTIVITY, 'pg_catalog.pg_backend_pid()'),
  pg_stat_get_wal_receiver: rowsOf(RECEIVER),
  pg_stat_get_wal_senders: rowsOf(SENDER),
  pg_get_replication_slots: rowsOf(SLOT),
  pg_prepared_xact: rowsOf(PREPARED),
  pg_stat_get_progress_info: rowsOf({ pid: 'int4' }, `'VACUUM'`),
  pg_get_multixact_stats: { ...rowsOf({ num_members: 'int8' }), since: 190_000 },
  pg_stat_archiver: relation(ARCHIVER),
  pg_subscription: relation({ subname: 'name', subslotname: 'name', subenabled: 'bool' }),
  pg_database: relation(DATABASE),
  pg_db_role_setting: relation({ setdatabase: 'oid', setrole: 'oid', setconfig: '_text' }),
  pg_roles: relation(ROLE),
  pg_locks: relation(LOCK),
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

const ALL: ReadonlyMap<string, StandIn> = new Map(Object.entries(STAND_INS))

/** The name as messages have it: functions with parentheses. */
function nameOf(name: string, { args }: StandIn): string {
  return args === undefined ? name : `${name}()`
}

/** The functions and views that statements can do without. */
export const STATEMENT_PARTS: StatementParts = {
  trials(versionNumber) {
    const known = [...ALL].filter(([, { since = 0 }]) => since <= versionNumber)
    return new Map(known.map(([key, standIn]) => [nameOf(key, standIn), trialOf(standIn.name ?? key, standIn)]))
  },
  without(text, refused) {
    const offers = (name: string) => !refused.has(`${name}()`)
    let left = text
    for (const [name, standIn] of ALL)
      if (refused.has(nameOf(name, standIn))) left = withoutOne(left, standIn.name ?? name, standIn, offers)
    return left
  },
}

/** SQL that fails if the server refuses the part. Nothing that it returns is used. */
function trialOf(name: string, { args, columns, isGuarded }: StandIn): string {
  const wanted = columns ? Object.keys(columns).join(', ') : '1'
  if (args === undefined) return `SELECT ${wanted} FROM pg_catalog.${name} LIMIT 1`
  const call = `pg_catalog.${name}(${args})`
  if (isGuarded) {
    // Where this role lacks the privilege, statements do not call it.
    const query = `SELECT pg_catalog.count(*) AS f FROM ${call}`
    return `SELECT CASE WHEN pg_catalog.has_function_privilege(current_user, '${call}', 'EXECUTE') THEN pg_catalog.query_to_xml('${query}', false, true, '') END`
  }
  return columns ? `SELECT ${wanted} FROM ${call} LIMIT 1` : `SELECT ${call}`
}

function withoutOne(text: string, name: string, standIn: StandIn, offers: (name: string) => boolean): string {
  const { args, columns, value, isGuarded, begin = '' } = standIn
  if (isGuarded) {
    const test = new RegExp(
      `pg_catalog\\.has_function_privilege\\((?:current_user, )?'pg_catalog\\.${name}\\(\\)', 'EXECUTE'\\)`,
      'g',
    )
    return text.replace(test, 'false')
  }
  const put = columns ? noRows(columns) : typeof value === 'function' ? value(offers) : (value ?? 'NULL')
  const start = new RegExp(`pg_catalog\\.${name}${args === undefined ? '(?![\\w(])' : `\\((?=${begin})`}`, 'g')
  let left = ''
  let from = 0
  for (const found of text.matchAll(start)) {
    if (found.index < from) continue
    const end = args === undefined ? found.index + found[0].length : endOfCall(text, found.index + found[0].length)
    left += text.slice(from, found.index) + put
    // A relation in parentheses needs an alias, which our statements write in lower case.
    if (columns && !/^\s+(?:AS\s+)?[a-z]\w*/.test(text.slice(end))) left += ` AS ${name}`
    from = end
  }
  return left + text.slice(from)
}

function noRows(columns: Columns): string {
  const typed = Object.entries(columns).map(([column, type]) => `NULL::pg_catalog.${type} AS ${column}`)
  return `(SELECT ${typed.join(', ')} WHERE false)`
}

/** Where a call ends whose first argument begins at `from`. */
function endOfCall(text: string, from: number): number {
  let depth = 1
  let at = from
  while (depth > 0 && at < text.length) {
    const char = text[at]
    if (char === '(') depth++
    if (char === ')') depth--
    at++
  }
  return at
}
