// How a database is reached: everything of libpq's connection strings that is honoured. Holds secrets: never in the state.

/** How to verify the server's certificate, as libpq's sslmode defines it. */
export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
export type TlsVersion = (typeof TLS_VERSIONS)[number]

/** A way in, by libpq's name in require_auth. `none`: nothing is asked for (trust, peer, a client certificate). */
export const AUTH_METHODS = ['none', 'password', 'md5', 'scram-sha-256'] as const
export type AuthMethod = (typeof AUTH_METHODS)[number]

export type ChannelBinding = 'disable' | 'prefer' | 'require'

/** Which ways in are taken, and how far the server has to prove itself. */
export interface AuthRequirements {
  /** Of require_auth: the methods it leaves; null where it says nothing. */
  readonly allowed: readonly AuthMethod[] | null
  /** Those that it names, and does not merely leave: a person's word that a password may go out in the clear. */
  readonly explicit: readonly AuthMethod[]
  readonly channelBinding: ChannelBinding
  /** Nobody named this server: a watched one led there. It never gets more than a proof by SCRAM. */
  readonly isDiscovered?: boolean
}

/** How a session was let in. */
export interface SessionAuth {
  readonly method: AuthMethod
  /** The proof was bound to the certificate of TLS: nobody in between can have passed it on. */
  readonly isBound: boolean
  /** A password in clear text went where others may read it, as require_auth allows. */
  readonly isExposed: boolean
}

/** Where nothing is said; as libpq's own defaults. */
export const DEFAULT_AUTH: AuthRequirements = { allowed: null, explicit: [], channelBinding: 'prefer' }

/** One resolved connection string: everything of libpq's URI that pgdeck honours. */
export interface ConnectionParameters {
  /** Tried in order; a host that begins with `/` is the folder of a Unix socket. */
  readonly endpoints: readonly {
    readonly host: string
    readonly port: number
    /** libpq's hostaddr: where to connect, while `host` stays the name that certificates are checked against. */
    readonly address?: string | null
  }[]
  readonly user: string
  readonly database: string
  /** libpq's options: switches for the server process, before those of every session of ours, which win. */
  readonly options?: string
  /** From the dsn; else null, and .pgpass, PGPASSWORD or passwordCommand apply. */
  readonly password: string | null
  /** The password file named by `passfile` or PGPASSFILE; else ~/.pgpass. */
  readonly passfile?: string | null
  readonly ssl: {
    readonly mode: SslMode
    readonly rootCert: string | null
    readonly cert: string | null
    readonly key: string | null
    /** Lists of revoked certificates: a file, a folder as `openssl rehash` leaves it; else ~/.postgresql/root.crl. */
    readonly crl?: string
    readonly crlFolder?: string
    readonly minVersion?: TlsVersion
    readonly maxVersion?: TlsVersion
    /** False (sslcertmode=disable): no client certificate is sent, even where one is there. */
    readonly sendsCert?: false
    /** True (sslnegotiation=direct): TLS begins with the first byte, without the request for it. */
    readonly isDirect?: true
  }
  /** Absent: USUAL_LOGIN. */
  readonly authRequirements?: AuthRequirements
  readonly applicationName: string
  readonly connectTimeoutMs: number | null
  readonly targetSessionAttrs: 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby'
}
