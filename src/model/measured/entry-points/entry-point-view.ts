// A pooler, a proxy or an address with what follows from its reading: where it leads, and whether that is right.

import type { Fault } from '../../values/fault.ts'
import type {
  AddressReading,
  PooledDatabase,
  PoolerReading,
  ProxiedServer,
  ProxyReading,
} from './entry-point-reading.ts'
import type { AddressSpec, EntryPointRole, PoolerSpec, ProxySpec } from './entry-point-spec.ts'

/**
 * The worst that is known of it. `elsewhere`: it leads to another database than it should. `no-server`: none of its servers is up.
 * `silent`: it does not answer. `paused`, `disabled`, `waiting`: at least one of its databases.
 */
export type EntryPointStatus =
  | 'silent'
  | 'elsewhere'
  | 'no-server'
  | 'paused'
  | 'disabled'
  | 'waiting'
  | 'active'
  | 'unknown'

/** A place that it leads to. */
export interface Destination {
  /** Id of the database of the cluster; null: none that is known. */
  readonly databaseId: string | null
  /** Display name of the database, else the address or the name that the entry point has for it. */
  readonly name: string
  /** Whether that is what it should lead to; null: not known. */
  readonly isExpected: boolean | null
}

interface EntryPointFacts {
  readonly id: string
  readonly name: string
  readonly expects: EntryPointRole
  /** Its address: `host:port`, or where its statistics are. */
  readonly where: string
  readonly status: EntryPointStatus
  /** Where new sessions of the users go, by the last good reading. */
  readonly leadsTo: readonly Destination[]
  /** The same, when it last led anywhere. */
  readonly ledTo: readonly Destination[]
  /** Sessions of users through it; null: not known. */
  readonly sessions: number | null
  /** Clients that wait; null: not known. */
  readonly waiting: number | null
  /** When its status began. */
  readonly since: number | null
  readonly readAt: number | null
  readonly stale: boolean
  readonly problem: (Fault & { readonly since: number }) | null
}

/** One database of a pooler, and where that leads. */
export interface PooledDatabaseView extends PooledDatabase {
  readonly leadsTo: readonly Destination[]
}

/** One server of a proxy, and the database that it is. */
export interface ProxiedServerView extends ProxiedServer {
  /** It gets new sessions of the users now. */
  readonly isUsed: boolean
  readonly destination: Destination
}

export type PoolerView = EntryPointFacts & {
  readonly kind: 'pooler'
  readonly spec: PoolerSpec
  readonly databases: readonly PooledDatabaseView[]
  /** The last good reading. */
  readonly reading: PoolerReading | null
}

export type ProxyView = EntryPointFacts & {
  readonly kind: 'proxy'
  readonly spec: ProxySpec
  readonly servers: readonly ProxiedServerView[]
  readonly reading: ProxyReading | null
}

export type AddressView = EntryPointFacts & {
  readonly kind: 'address'
  readonly spec: AddressSpec
  readonly reading: AddressReading | null
}

export type EntryPointView = PoolerView | ProxyView | AddressView
