// What is known of one node's pg_hba.conf: its rules, how they were read, and whether the server goes by them now.

import type { IdentMaps } from '../hba/ident/ident-maps.ts'
import type { IpNetwork } from '../hba/syntax/ip-address.ts'
import type { HbaRules } from '../hba/syntax/record.ts'
import type { MissingPrivilege } from './pulse.ts'

/**
 * - `file-by-sql`, `file-by-host`: the file itself, so that quotes count.
 * - `rules-view`: pg_hba_file_rules, which shows a quoted `"all"` like the keyword.
 */
export type HbaSource = 'file-by-sql' | 'file-by-host' | 'rules-view'

/**
 * - `in-force`: the server goes by what was read.
 * - `edited`: the file was changed since the server last read it; its old rules hold until a reload.
 * - `broken`: the server refuses the file as it is; the rules of before stay in force.
 * - `unknown`: it can't be told, see `why`.
 */
export type HbaReloadState = 'in-force' | 'edited' | 'broken' | 'unknown'

/** What beside the file decides, or explains the decision. Times in milliseconds since the epoch, by the server's clock. */
export interface HbaServer {
  /** null: the server refuses to tell. */
  readonly systemIdentifier: string | null
  /** 180004 for 18.4. */
  readonly versionNumber: number
  readonly major: number
  /** False: `hostssl` lines can't match. */
  readonly ssl: boolean
  readonly port: number
  readonly listenAddresses: string
  /** What passwords are stored as when they are set now. */
  readonly passwordEncryption: string
  /** null is hidden from this role. */
  readonly hbaFile: string | null
  readonly dataDirectory: string | null
  /** Of the postmaster; null: the server refuses to tell. */
  readonly startedAt: number | null
  /** The configuration was last read between these two; advances also when the reload of pg_hba.conf failed. */
  readonly loaded: { readonly from: number; readonly to: number }
  readonly clock: number
  /** Its own addresses with their networks, for `samehost` and `samenet`, as far as known. */
  readonly interfaces: readonly IpNetwork[]
  /** False: it may have more, so an address outside of these may still be its own. */
  readonly interfacesComplete: boolean
  /** The address of this session's client as the server sees it; null over a Unix socket. */
  readonly clientAddress: string | null
}

/** A role as far as pg_hba.conf and passwords are concerned. */
export interface HbaRole {
  readonly name: string
  /** False: no such role; then nothing else here counts, and it is a member of nothing, itself included. */
  readonly exists: boolean
  readonly canLogin: boolean
  /** Counts for no `+role` line. */
  readonly superuser: boolean
  readonly replication: boolean
  /** Directly or not, itself not listed. */
  readonly memberOf: readonly string[]
  /** How its password is stored; `none`: it has none; null is hidden from this role (only who may read pg_authid sees it). */
  readonly password: 'scram-sha-256' | 'md5' | 'none' | null
  /** Whether VALID UNTIL has passed: then no password is taken any more. */
  readonly passwordExpired?: boolean
}

export interface ReadableHba {
  readonly known: true
  readonly source: HbaSource
  /** Of the main file as the server names it; of `rules-view` where hidden: `pg_hba.conf`. */
  readonly path: string
  /** All files that were read, the main one first. */
  readonly files: readonly string[]
  /** As in the file now. If `force` is `edited` or `broken`, other rules are in force. */
  readonly rules: HbaRules
  /** False if quoted names could not be distinguished from keywords. */
  readonly exact: boolean
  readonly reloadState: HbaReloadState
  /** One sentence: how that is known, or what is missing. */
  readonly why: string
  /** When the newest of the files was last changed; null: unknown. */
  readonly changedAt: number | null
  /** Hash of all files' names and contents; null for `rules-view`. */
  readonly hash: string | null
  /** By this machine's clock. */
  readonly readAt: number
  readonly server: HbaServer
  /** The requested roles, by name. */
  readonly roles: ReadonlyMap<string, HbaRole>
  /** The maps of pg_ident.conf; absent or null: no line names one. */
  readonly identMaps?: IdentMaps | null
  /** Absent or null: no line names a host. */
  readonly hostNames?: HostNames | null
  /** What this role may not read, with the exact grants. */
  readonly missing: readonly MissingPrivilege[]
}

/** Look-ups on this machine of the host names in the lines, and of the client addresses. */
export interface HostNames {
  /** Addresses of each name in lower case, without suffixes such as `.example.com`; null: the look-up failed. */
  readonly addresses: ReadonlyMap<string, readonly string[] | null>
  /**
   * The name of an address that leads back to it; null: it has none. An absent address was not looked up, or its
   * look-up failed.
   */
  readonly names: ReadonlyMap<string, string | null>
}

/** The rules could not be read. A server that can't be reached is a FaultError instead. */
export interface UnreadableHba {
  readonly known: false
  /** The reason in one sentence. */
  readonly why: string
  readonly readAt: number
  readonly server: HbaServer
  readonly roles: ReadonlyMap<string, HbaRole>
  /** Each of these grants would suffice, see `what`. */
  readonly missing: readonly MissingPrivilege[]
}

export type HbaReading = ReadableHba | UnreadableHba
