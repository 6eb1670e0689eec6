// What is watched, as configured. Specs hold no secrets, because they are in the state and on the screen.

import type { AddressSpec, PoolerSpec, ProxySpec } from './entry-points/entry-point-spec.ts'

export const MODEL_IDS = [
  'shared-database-with-read-only',
  'primary-with-read-only',
  'shared-database',
  'mirrored',
  'databases',
] as const
export type ModelId = (typeof MODEL_IDS)[number]

/** Id of a profile of src/profiles/facts.ts: the product around the databases. */
export type ProfileId = string

/** The profile without a product, and of a cluster that names none. */
export const PLAIN_PROFILE = 'postgres'

export const SERVER_TYPES = ['primary', 'secondary', 'read-only'] as const
export type ServerType = (typeof SERVER_TYPES)[number]

/** Two limits of one figure; the unit is in the name of the field that holds them. */
export interface Limits {
  readonly warning: number
  readonly critical: number
}

/** Alert thresholds of a cluster (`alerts` in the config). */
export interface Thresholds {
  readonly replicationLagBytes: Limits
  readonly replicationLagSeconds: Limits
  readonly sessionsPercent: Limits
  readonly slotRetainedBytes: Limits
  readonly certificateDays: Limits
  readonly diskFreePercent: Limits
  readonly backupAgeSeconds: Limits
  readonly idleInTransactionSeconds: Limits
  readonly lockWaitsSeconds: Limits
  readonly transactionAgeSeconds: Limits
  readonly preparedTransactionAgeSeconds: Limits
  readonly xminHorizonAge: Limits
  readonly transactionIdAge: Limits
  readonly multixactIdAge: Limits
  readonly commitWaitSeconds: Limits
  readonly archiverStalledSeconds: Limits
  readonly replayStalledSeconds: Limits
  /** How long a client waits in a pooler. */
  readonly poolerWaitSeconds: Limits
}

/** A watched database. `id` is its name in the configuration and never changes; the display name is stored elsewhere. */
export interface DatabaseSpec {
  readonly id: string
  /** Host and port as configured; of several the one that answered last, else the first. A folder for a Unix socket. */
  readonly host: string
  readonly port: number
  /** All addresses of the DSN, if it has several. */
  readonly endpoints?: readonly { readonly host: string; readonly port: number }[]
  /** Name of its `hosts[]` entry. */
  readonly hostId: string | null
  readonly replicationUser: string | null
  readonly slot: string | null
  /** False for a discovered database. */
  readonly configured: boolean
  /** Description of the source of its backups; absent if it is not configured. */
  readonly backup?: string
  /** Id of the host through whose ssh it is reached; absent: directly. */
  readonly via?: string
  /** Address of its Patroni's REST API; absent if it is not configured. */
  readonly patroni?: string
}

/** A watched application server. */
export interface ServerSpec {
  readonly id: string
  readonly type: ServerType
  readonly url: string
  readonly dnsName: string
  readonly port: number
  /** Id of the database it uses. */
  readonly databaseId: string | null
  readonly hostId: string | null
  /** HTTP status codes of a healthy server. */
  readonly healthyStatus: readonly number[]
  /**
   * Its client address in its database; null fields are not compared. If it is not configured, the server probe
   * resolves it.
   */
  readonly clientAddress: string | null
  readonly applicationName: string | null
  /** True if the configuration says how its sessions are counted. */
  readonly countsSessions: boolean
  /** Present if the configuration has a command that starts it, and one that stops it. */
  readonly canStart?: true
  readonly canStop?: true
  /** The sources of its own audit, in words; absent: none is configured. */
  readonly auditSources?: readonly string[]
}

/** A machine that databases or application servers run on. */
export interface HostSpec {
  readonly id: string
  readonly address: string | null
  /** How its figures are read. The destination is ssh's own: an alias or `user@host`. */
  readonly access:
    | { readonly kind: 'local' }
    | { readonly kind: 'ssh'; readonly destination: string }
    | { readonly kind: 'none' }
  /** The user as whom pgdeck reads and runs what belongs to PostgreSQL there. Absent: the account itself. */
  readonly as?: string
}

/** One cluster as configured or discovered. */
export interface ClusterSpec {
  readonly name: string
  readonly model: ModelId
  readonly profile: ProfileId
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly databases: readonly DatabaseSpec[]
  readonly servers: readonly ServerSpec[]
  readonly hosts: readonly HostSpec[]
  readonly thresholds: Thresholds
  /** A configured query counts the changes that two mirrored databases have not exchanged. Absent: none is configured. */
  readonly exchange?: {
    /** The exchange is cut when nothing has been taken over for so long, in milliseconds. */
    readonly cutAfterMs: number
  }
  /** Where the declared manager is asked for the cluster as a whole; absent: nowhere. */
  readonly managerSources?: readonly {
    readonly kind: 'patroni' | 'repmgr' | 'pg_auto_failover' | 'cloudnativepg'
    readonly address: string
    /** repmgr's configuration file on the hosts. */
    readonly configFile?: string
  }[]
  /** What applications connect to in place of a database; absent: none is configured. */
  readonly poolers?: readonly PoolerSpec[]
  readonly proxies?: readonly ProxySpec[]
  readonly addresses?: readonly AddressSpec[]
  /** True if the declared manager may be asked to carry out actions. */
  readonly managerActs?: true
  /** True if all actions are refused. */
  readonly readOnly?: boolean
  /** The user's own actions, as menus show them. */
  readonly actions?: readonly { readonly name: string; readonly title: string; readonly danger: Danger }[]
}

/** How much an action may hurt. Each level asks for another confirmation. */
export const DANGERS = ['routine', 'disruptive', 'outage', 'data-loss'] as const
export type Danger = (typeof DANGERS)[number]
