// What one poll of a pooler, a proxy or an address tells. null means unknown.

import type { Reading } from '../../values/reading.ts'
import type { AddressSpec, PoolerSpec, ProxySpec } from './entry-point-spec.ts'

/** One database of a PgBouncer, with the sums of its pools of all users. */
export interface PooledDatabase {
  readonly name: string
  /** Where it connects to, as its configuration says; null: a Unix socket. It may list several hosts. */
  readonly host: string | null
  readonly port: number
  readonly paused: boolean
  readonly disabled: boolean
  readonly clientsActive: number
  readonly clientsWaiting: number
  /** How long the client that waits longest has waited, in seconds; 0 without one. */
  readonly longestWaitSeconds: number
  readonly serversActive: number
  readonly serversIdle: number
  /** The addresses of its open connections, each once. */
  readonly connectedTo: readonly { readonly host: string; readonly port: number }[]
}

export interface PoolerReading {
  readonly kind: 'pooler'
  /** `1.18.0`. */
  readonly version: string
  /** Whether the whole pooler is paused; null: this version does not tell. */
  readonly isPaused: boolean | null
  readonly databases: readonly PooledDatabase[]
}

/** `up`: it gets new connections. `draining`: it keeps those that it has. `maintenance`: taken out by its administrator. */
export type ProxiedState = 'up' | 'down' | 'draining' | 'maintenance' | 'unknown'

/** One server of a backend of HAProxy. */
export interface ProxiedServer {
  readonly name: string
  readonly state: ProxiedState
  /** As HAProxy shows it: `UP 1/2`, `no check`. */
  readonly status: string
  /** It is used only while no other is up. */
  readonly isBackup: boolean
  readonly sessions: number
  /** Seconds since its state changed last; null: not told. */
  readonly sinceSeconds: number | null
  /** What the last check found; null: none is made. */
  readonly check: string | null
  /** null: not told. */
  readonly address: { readonly host: string; readonly port: number } | null
}

export interface ProxyReading {
  readonly kind: 'proxy'
  /** Clients that wait for a server. */
  readonly queued: number
  /** Empty: the backend has none. */
  readonly servers: readonly ProxiedServer[]
}

export interface AddressReading {
  readonly kind: 'address'
  /** The running server that answered, as `ServerIdentity`; null: this role may not read it. */
  readonly identity: {
    readonly systemIdentifier: string
    readonly postmasterStart: string
    readonly port: number
  } | null
  readonly systemIdentifier: string | null
  /** As the server itself sees the connection; null: a Unix socket. */
  readonly serverAddress: string | null
  readonly port: number
  readonly isInRecovery: boolean
  /** Why it seems to lead through a pooler; null: to the server itself. */
  readonly pooler: string | null
  /** From the first packet of a new session to its answer. */
  readonly latencyMs: number
  /** The server writes a line to its log for each connection. */
  readonly logsConnections: boolean
}

export type EntryPointReading = PoolerReading | ProxyReading | AddressReading

/** A configured entry point with what is known of it. */
export type EntryPointRecord =
  | { readonly kind: 'pooler'; readonly spec: PoolerSpec; readonly reading: Reading<PoolerReading> }
  | { readonly kind: 'proxy'; readonly spec: ProxySpec; readonly reading: Reading<ProxyReading> }
  | { readonly kind: 'address'; readonly spec: AddressSpec; readonly reading: Reading<AddressReading> }
