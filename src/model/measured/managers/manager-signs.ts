// What a database server itself shows of managers: names, who made them, and what is left in its settings.

/** Those whose own view can be asked for come first; of the others only signs are known. */
export const MANAGER_KINDS = [
  'patroni',
  'pg_auto_failover',
  'repmgr',
  'cloudnativepg',
  'stolon',
  'pacemaker',
  'efm',
  'pgpool',
  'rds',
  'cloudsql',
  'alloydb',
  'azure',
  'hosted',
] as const
export type ManagerKind = (typeof MANAGER_KINDS)[number]

export const MANAGER_TITLES: Readonly<Record<ManagerKind, string>> = {
  patroni: 'Patroni',
  pg_auto_failover: 'pg_auto_failover',
  repmgr: 'repmgr',
  cloudnativepg: 'CloudNativePG',
  stolon: 'Stolon',
  pacemaker: 'Pacemaker',
  efm: 'EDB Failover Manager',
  pgpool: 'Pgpool-II',
  rds: 'Amazon RDS or Aurora',
  cloudsql: 'Google Cloud SQL',
  alloydb: 'Google AlloyDB',
  azure: 'Azure Database for PostgreSQL',
  hosted: 'a hosting provider',
}

/** A name that speaks of a manager. */
export interface ManagerSign {
  readonly name: string
  /** True where only a superuser, or a role that may replicate, can have brought it about; any user can fake the rest. */
  readonly isPrivileged: boolean
}

/** Read with each poll. */
export interface ManagerSigns {
  /** Sessions by what they call themselves (`Patroni` for all that begin so), apart by whether their role is privileged. */
  readonly sessions: readonly (ManagerSign & { readonly count: number })[]
  /** shared_preload_libraries; null where this role may not read it. */
  readonly libraries: string | null
  /** Those of the roles that managers make. */
  readonly roles: readonly ManagerSign[]
  /** Those of the databases that managers make; privileged where a superuser owns it. */
  readonly databases: readonly ManagerSign[]
  /** Their tables in the database of this connection, e.g. `repmgr.nodes`; privileged where it is a superuser's table. */
  readonly tables: readonly ManagerSign[]
}

/** What is asked only now and then, as it costs more than a poll may. */
export interface ManagerTraces {
  /** How many of the settings that Patroni gives on the command line of PostgreSQL were given there. */
  readonly commandLineSettings: number
  /** Settings that only products have, such as `cnpg.config_sha256` or `rds.extensions`. */
  readonly settings: readonly ManagerSign[]
  /** Files that settings come from; null where this role may not know them. */
  readonly files: readonly string[] | null
  /** Extensions of managers in the database of this connection. */
  readonly extensions: readonly ManagerSign[]
  /** Whether its files say that Patroni writes them; null where this role may not read them. */
  readonly writtenByPatroni: boolean | null
}

/** The settings that Patroni gives on the command line, of all its versions; address and port are given by others too. */
export const PATRONI_COMMAND_LINE_SETTINGS = [
  'cluster_name',
  'hot_standby',
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_replication_slots',
  'max_wal_senders',
  'max_worker_processes',
  'track_commit_timestamp',
  'wal_level',
  'wal_log_hints',
] as const
