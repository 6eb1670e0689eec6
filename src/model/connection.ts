// How a database is reached: everything of libpq's connection strings that is honoured. Holds secrets: never in the state.

/** How to verify the server's certificate, as libpq's sslmode defines it. */
export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

/** One resolved connection string: everything of libpq's URI that pgdeck honours. */
export interface Connection {
  /** Tried in order; a host that begins with `/` is the folder of a Unix socket. */
  readonly endpoints: readonly {
    readonly host: string
    readonly port: number
    /** libpq's hostaddr: where to connect, while `host` stays the name that certificates are checked against. */
    readonly address?: string | null
  }[]
  readonly user: string
  readonly database: string
  /** From the dsn; else null, and .pgpass, PGPASSWORD or passwordCommand apply. */
  readonly password: string | null
  /** The password file named by `passfile` or PGPASSFILE; else ~/.pgpass. */
  readonly passfile?: string | null
  readonly ssl: {
    readonly mode: SslMode
    readonly rootCert: string | null
    readonly cert: string | null
    readonly key: string | null
  }
  readonly applicationName: string
  readonly connectTimeoutMs: number | null
  readonly targetSessionAttrs: 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby'
}
