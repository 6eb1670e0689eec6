// What applications connect to in place of a database, as configured. No secrets: this is in the state and on the screen.

/** The kind of database that an entry point should lead to. */
export type EntryPointRole = 'primary' | 'standby'

/** A PgBouncer. `id` is its name in the configuration. */
export interface PoolerSpec {
  readonly id: string
  /** Of its admin console. A folder for a Unix socket. */
  readonly host: string
  readonly port: number
  /** The host through whose ssh it is reached; absent: directly. */
  readonly via?: string
  /** The database of the pooler that is watched; null: all that it has. */
  readonly database: string | null
  readonly expects: EntryPointRole
}

/** An HAProxy. */
export interface ProxySpec {
  readonly id: string
  /** Where its statistics are, as configured. */
  readonly stats: string
  readonly backend: string
  readonly expects: EntryPointRole
}

/** An address that should lead to the primary, or to a standby. */
export interface AddressSpec {
  readonly id: string
  readonly host: string
  readonly port: number
  /** Of its dsn; absent in recordings of earlier versions. */
  readonly database?: string
  /** The host through whose ssh it is reached; absent: directly. */
  readonly via?: string
  readonly expects: EntryPointRole
}
