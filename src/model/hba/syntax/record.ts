// What a line of pg_hba.conf says, once it is understood.

import type { CompiledRegex } from '../regex/regex.ts'
import type { IpAddress, IpNetwork } from './ip-address.ts'
import type { HbaToken } from './tokens.ts'

export const HBA_RECORD_TYPES = ['local', 'host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'] as const
export type HbaRecordType = (typeof HBA_RECORD_TYPES)[number]

/** One of the names in a database or user field. */
export interface HbaNameRule extends HbaToken {
  /** Of a word that begins with `/`, from version 16 on. */
  readonly pattern: CompiledRegex | null
}

export type HbaAddressRule =
  | { readonly kind: 'all' }
  | { readonly kind: 'same-host' }
  | { readonly kind: 'same-net' }
  | { readonly kind: 'network'; readonly network: IpNetwork }
  /** A host name, or with a leading dot the end of one. */
  | { readonly kind: 'name'; readonly name: string }

export interface HbaOption {
  readonly name: string
  readonly value: string
}

export interface HbaRecord {
  readonly file: string
  readonly line: number
  /** As written, continuations joined, secrets of options masked. */
  readonly rule: string
  readonly type: HbaRecordType
  readonly databases: readonly HbaNameRule[]
  readonly users: readonly HbaNameRule[]
  /** null for `local`. */
  readonly address: HbaAddressRule | null
  /** `ident` of a local record is `peer`, as it is to the server. */
  readonly method: string
  readonly options: readonly HbaOption[]
}

/** Why the server would refuse to load the file. */
export interface HbaProblem {
  readonly file: string
  /** null: of the file as a whole. */
  readonly line: number | null
  readonly rule: string | null
  readonly error: string
}

/** A file as the server would load it, or everything that keeps it from doing so (then its old rules stay in force). */
export interface HbaRules {
  readonly records: readonly HbaRecord[]
  readonly problems: readonly HbaProblem[]
}

/** The word is this keyword: quotes take that meaning away. */
export function isHbaKeyword(token: HbaToken, word: string): boolean {
  return !token.quoted && token.text === word
}

/** The server's own addresses with their networks. */
export interface ServerNetworks {
  readonly interfaces: readonly IpNetwork[]
  /** False: there may be more of them. */
  readonly complete: boolean
}

export interface HbaConnection {
  readonly type: 'local' | 'host'
  readonly ssl: boolean
  /** Encrypted by GSSAPI. */
  readonly gss: boolean
  readonly database: string
  readonly user: string
  /** null for `local`. */
  readonly address: IpAddress | null
  /** The client's name by reverse look-up, where the name leads back to its address; null when there is none. */
  readonly clientName: string | null
  /** Whether a host name in a line may be the client's though that is not known; absent: `clientName` tells all. */
  readonly mayBeNamed?: (pattern: string) => boolean
  /** Physical replication. Logical replication is a connection to its database like any other. */
  readonly replication: boolean
  /**
   * Roles that the user is a member of, directly or not. Being a superuser makes nobody a member of anything here.
   */
  readonly memberOf: readonly string[]
  /** False: there is no such role, which is a member of nothing, not even of itself. */
  readonly roleExists?: boolean
}
