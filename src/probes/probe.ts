// What a probe is: one measurement of one target. What it needs to reach the target comes as a link.

import type { BackupSource, ClusterConfig, HostConfig, ServerConfig } from '../config/config.ts'
import type { DatabaseSession } from '../io/postgres/database-session.ts'
import type { SshConnection } from '../io/ssh/ssh.ts'

/** A host of the config and the way to it. Kept as one object for as long as the host is watched: rates need two samples. */
export interface AccessibleHost {
  readonly config: HostConfig
  /** null unless the config gives it `ssh`. */
  readonly ssh: SshConnection | null
}

/** What a probe may use, by where it measures. */
export interface ProbeInputs {
  /** The host that the database runs on comes along where something leads into it. */
  readonly database: { readonly session: DatabaseSession; readonly host?: AccessibleHost | null }
  readonly server: {
    readonly server: ServerConfig
    /** The link to the database the server uses, where it is watched. Shared with the database's own probes. */
    readonly database: DatabaseSession | null
    readonly cluster: ClusterConfig
  }
  readonly backup: {
    readonly source: BackupSource
    /** The link to the database that the backups are of. */
    readonly link: DatabaseSession
    /** The host with the folder; null where nothing leads into it, or none is meant. */
    readonly host: AccessibleHost | null
  }
  readonly manager: {
    readonly link: DatabaseSession
    /** Tables of managers that may be read, e.g. `repmgr.nodes`. */
    readonly tables: readonly string[]
    /** Address of Patroni's REST; null where it is not to be asked. */
    readonly patroni: string | null
    /** Milliseconds that all of it may take. */
    readonly limitMs: number
    readonly wantsTraces: boolean
  }
  /** Without one, the host that pgdeck runs on. */
  readonly host: { readonly host?: AccessibleHost }
}

export type ProbeScope = keyof ProbeInputs

/**
 * One measurement. `read` answers with a value or throws a FaultError; anything else thrown is a programmer's error.
 * The signal is aborted when the probe's limit has passed; an answer after that counts as no answer.
 */
export interface Probe<At extends ProbeScope, Value> {
  readonly id: string
  readonly scope: At
  readonly title: string
  /** What is read and from where, for docs/probes.md. */
  readonly source: string
  readonly runs: 'always' | 'when-viewed'
  /** Every poll, or at most this often. */
  readonly every: 'interval' | { readonly ms: number }
  /** Privileges beyond LOGIN that give the whole value, for docs/probes.md. */
  readonly needs: readonly string[]
  read(links: ProbeInputs[At], signal: AbortSignal): Promise<Value>
}
