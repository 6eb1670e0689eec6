// Who has come in to a database server and how: what pg_hba.conf looks at, of the sessions that are there now.

import type { Refusals } from '../values/refused-function.ts'
import type { HbaReading } from './hba-reading.ts'

/** Sessions that are alike in everything that pg_hba.conf looks at. Names are as the server has them, not cleaned. */
export interface ConnectedClient {
  readonly kind: 'client' | 'replication'
  readonly user: string
  /** null for physical replication. */
  readonly database: string | null
  readonly application: string
  /** null: over the Unix socket. */
  readonly address: string | null
  /** `TLSv1.3`; null: not encrypted with TLS. */
  readonly tls: string | null
  readonly gss: boolean
  readonly count: number
  /** Processes of these sessions, of replication only: a row of pg_stat_replication has the same. Absent or null of others. */
  readonly pids?: readonly number[] | null | undefined
}

/** pgdeck's own. A server may refuse to tell how even that is encrypted. */
export interface OwnSession extends ConnectedClient {
  readonly isEncryptionKnown: boolean
}

export interface ConnectedClients {
  /** Without pgdeck's own; null where this role sees its own sessions only. */
  readonly sessions: readonly ConnectedClient[] | null
  /** The session that asked. */
  readonly ownSession: OwnSession
  /** As whom it streams, or would as a standby, passwords left out; null: nothing is set, or it is hidden. */
  readonly receiver: { readonly user: string | null; readonly sslMode: string | null } | null
  /** Whether the roles that were looked up are all there are. */
  readonly rolesComplete: boolean
}

/** What the look at access finds in one database: the rules, and who has come in by them. */
export interface HbaSnapshot extends Refusals {
  readonly reading: HbaReading
  readonly clients: ConnectedClients
}
