// Signs of managers on a database server: names, their owners, and settings.

/** Managers that pgdeck can ask come first. Of the others only signs are known. */
export const MANAGER_KINDS = [
  'patroni',
  'pg_auto_failover',
  'repmgr',
  'cloudnativepg',
  'stolon',
  'pacemaker',
  'efm',
  'pgpool',
  'aurora',
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
  aurora: 'Amazon Aurora',
  rds: 'Amazon RDS',
  cloudsql: 'Google Cloud SQL',
  alloydb: 'Google AlloyDB',
  azure: 'Azure Database for PostgreSQL',
  hosted: 'a hosting provider',
}

/** A name that indicates a manager. */
export interface ManagerSign {
  readonly name: string
  /** True if only a superuser or a role with REPLICATION can have made it; any user can fake the rest. */
  readonly isPrivileged: boolean
}

/** Read with each poll. */
export interface ManagerSigns {
  /** Sessions by application name (`Patroni` for all that begin so), separately by whether their role is privileged. */
  readonly sessions: readonly (ManagerSign & { readonly count: number })[]
  /** shared_preload_libraries; null if this role may not read it. */
  readonly libraries: string | null
  /** Existing roles that managers create. */
  readonly roles: readonly ManagerSign[]
  /** Existing databases that managers create; privileged if a superuser owns it. */
  readonly databases: readonly ManagerSign[]
  /** Their tables in the connected database, e.g. `repmgr.nodes`; privileged if the owner is a superuser. */
  readonly tables: readonly ManagerSign[]
  /** Functions in `pg_catalog` that only a hosting service has; privileged if the owner is a superuser. Absent: not read. */
  readonly functions?: readonly ManagerSign[] | undefined
}

/** Read only now and then, because it costs more than a poll may. */
export interface ManagerTraces {
  /** How many of Patroni's command line settings were given on the command line. */
  readonly commandLineSettings: number
  /** Settings that only certain products have, such as `cnpg.config_sha256` or `rds.extensions`. */
  readonly settings: readonly ManagerSign[]
  /** Files with settings; null if hidden from this role. */
  readonly files: readonly string[] | null
  /** Extensions of managers in the connected database. */
  readonly extensions: readonly ManagerSign[]
  /** Whether its files say that Patroni writes them; null if this role may not read them. */
  readonly writtenByPatroni: boolean | null
}

/**
 * The settings that any version of Patroni gives on the command line. Address and port do not count, because others
 * give them too.
 */
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
