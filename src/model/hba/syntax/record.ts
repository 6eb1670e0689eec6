// What a line of pg_hba.conf says, once it is understood.

import type { NamePattern } from '../regex/match-regex.ts'
import type { Network } from './ip-address.ts'
import type { Token } from './tokens.ts'

export const RECORD_TYPES = ['local', 'host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'] as const
export type RecordType = (typeof RECORD_TYPES)[number]

/** One of the names in a database or user field. */
export interface NameRule extends Token {
  /** Of a word that begins with `/`, from version 16 on. */
  readonly pattern: NamePattern | null
}

export type AddressRule =
  | { readonly kind: 'all' }
  | { readonly kind: 'same-host' }
  | { readonly kind: 'same-net' }
  | { readonly kind: 'network'; readonly network: Network }
  /** A host name, or with a leading dot the end of one. */
  | { readonly kind: 'name'; readonly name: string }

export interface HbaRecord {
  readonly file: string
  readonly line: number
  /** As written, continuations joined, secrets of options masked. */
  readonly rule: string
  readonly type: RecordType
  readonly databases: readonly NameRule[]
  readonly users: readonly NameRule[]
  /** null for `local`. */
  readonly address: AddressRule | null
  readonly method: string
  readonly options: readonly { readonly name: string; readonly value: string }[]
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
export function isKeyword(token: Token, word: string): boolean {
  return !token.quoted && token.text === word
}
