// How pgdeck reaches a database: every parameter of libpq's connection strings that it honours. This holds secrets:
// it is never part of the state.

/** How to verify the server's certificate, as libpq's sslmode defines it. */
export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
export type TlsVersion = (typeof TLS_VERSIONS)[number]

/**
 * A method of authentication, by libpq's name in require_auth. `none`: the server asks for nothing (trust, peer, a
 * client certificate).
 */
export const AUTH_METHODS = ['none', 'password', 'md5', 'scram-sha-256'] as const
export type AuthMethod = (typeof AUTH_METHODS)[number]

export type ChannelBinding = 'disable' | 'prefer' | 'require'

/** Which methods of authentication are accepted, and how far the server must prove itself. */
export interface AuthRequirements {
  /** The methods that require_auth leaves; null if it is not set. */
  readonly allowed: readonly AuthMethod[] | null
  /**
   * The methods that require_auth names, beyond those it leaves. A named `password` permits a password in clear text.
   */
  readonly explicit: readonly AuthMethod[]
  readonly channelBinding: ChannelBinding
  /** No user named this server: a watched one led to it. It gets a proof by SCRAM at most. */
  readonly isDiscovered?: boolean
}

/** How the server authenticated a session. */
export interface SessionAuth {
  readonly method: AuthMethod
  /** The proof was bound to the certificate of TLS: nobody in between can have relayed it. */
  readonly isBound: boolean
  /** A password was sent in clear text over an open network, as require_auth permits. */
  readonly isExposed: boolean
}

/** The defaults of libpq. */
export const DEFAULT_AUTH: AuthRequirements = { allowed: null, explicit: [], channelBinding: 'prefer' }

/** One resolved connection string: every parameter of libpq's URI that pgdeck honours. */
export interface ConnectionParameters {
  /** pgdeck tries them in order. A host that begins with `/` is the folder of a Unix socket. */
  readonly endpoints: readonly {
    readonly host: string
    readonly port: number
    /** libpq's hostaddr: the address to connect to. Certificates are still checked against `host`. */
    readonly address?: string | null
  }[]
  readonly user: string
  readonly database: string
  /** libpq's options: switches for the server process. pgdeck's own switches follow them and take precedence. */
  readonly options?: string
  /** From the dsn; else null: then .pgpass, PGPASSWORD or passwordCommand apply. */
  readonly password: string | null
  /** The password file named by `passfile` or PGPASSFILE; else ~/.pgpass. */
  readonly passfile?: string | null
  readonly ssl: {
    readonly mode: SslMode
    readonly rootCert: string | null
    readonly cert: string | null
    readonly key: string | null
    /** Lists of revoked certificates: a file, or a folder that `openssl rehash` made; else ~/.postgresql/root.crl. */
    readonly crl?: string
    readonly crlFolder?: string
    readonly minVersion?: TlsVersion
    readonly maxVersion?: TlsVersion
    /** False (sslcertmode=disable): no client certificate is sent, even if one exists. */
    readonly sendsCert?: false
    /** True (sslnegotiation=direct): TLS begins with the first byte, without a request. */
    readonly isDirect?: true
  }
  /** Absent: USUAL_LOGIN. */
  readonly authRequirements?: AuthRequirements
  readonly applicationName: string
  readonly connectTimeoutMs: number | null
  readonly targetSessionAttrs: 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby'
}
