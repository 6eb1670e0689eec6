// What is watched, as the user named it. Specs hold no secrets: they live in the state and reach the screen.

export const MODEL_IDS = [
  'shared-database-with-read-only',
  'primary-with-read-only',
  'shared-database',
  'mirrored',
  'databases',
] as const
export type ModelId = (typeof MODEL_IDS)[number]

/** Id of a profile of src/profiles/facts.ts: what is installed around the databases. */
export type ProfileId = string

/** The profile of databases with no product around them, and of a cluster that names none. */
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
  readonly transactionAgeSeconds: Limits
  readonly preparedTransactionAgeSeconds: Limits
  readonly xminHorizonAge: Limits
  readonly transactionIdAge: Limits
  readonly multixactIdAge: Limits
  readonly commitWaitSeconds: Limits
  readonly archiverStalledSeconds: Limits
  readonly replayStalledSeconds: Limits
}

/** A database that is watched. `id` is its name in the config and never changes; the display name is kept elsewhere. */
export interface DatabaseSpec {
  readonly id: string
  /** Host and port as the user reaches it; of several the one that answered last, else the first. A folder for a Unix socket. */
  readonly host: string
  readonly port: number
  /** All that the dsn names, where it names several. */
  readonly endpoints?: readonly { readonly host: string; readonly port: number }[]
  /** Name of the `hosts[]` entry it runs on. */
  readonly hostId: string | null
  readonly replicationUser: string | null
  readonly slot: string | null
  /** False for a node that pgdeck found by itself. */
  readonly configured: boolean
  /** Where its backups are looked for, in words; absent where the config does not say. */
  readonly backup?: string
  /** Where its Patroni's REST answers; absent where the config names none. */
  readonly patroni?: string
}

/** An application server that is watched. */
export interface ServerSpec {
  readonly id: string
  readonly type: ServerType
  readonly url: string
  readonly dnsName: string
  readonly port: number
  /** Id of the database it uses. */
  readonly databaseId: string | null
  readonly hostId: string | null
  /** HTTP status codes that mean "answers as it should". */
  readonly healthyStatus: readonly number[]
  /** How its database sees it; null fields are not compared. Addresses are resolved by the server probe when not given. */
  readonly clientAddress: string | null
  readonly applicationName: string | null
  /** True when the config says how its sessions are counted. */
  readonly countsSessions: boolean
}

/** A machine that databases or application servers run on. */
export interface HostSpec {
  readonly id: string
  readonly address: string | null
  /** How its figures are read; the destination is ssh's own, an alias or `user@host`. */
  readonly access:
    | { readonly kind: 'local' }
    | { readonly kind: 'ssh'; readonly destination: string }
    | { readonly kind: 'none' }
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
  /** True where nothing may be changed, whoever asks. */
  readonly readOnly?: boolean
  /** Acts of the user's own, as menus name them. */
  readonly actions?: readonly { readonly name: string; readonly title: string; readonly danger: Danger }[]
}

/** How much an act may hurt; each asks for another confirmation. */
export const DANGERS = ['routine', 'disruptive', 'outage', 'data-loss'] as const
export type Danger = (typeof DANGERS)[number]
