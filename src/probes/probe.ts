// A probe: one measurement of one target. The caller gives it the connection to the target.

import type {
  AuditSource,
  BackupSource,
  ClusterConfig,
  ExchangeSource,
  HostConfig,
  ServerConfig,
} from '../config/config.ts'
import type { HaproxyStats } from '../io/entry-points/haproxy-stats.ts'
import type { NewSessions } from '../io/entry-points/new-session.ts'
import type { PoolerConsole } from '../io/entry-points/pooler-console.ts'
import type { HttpTrust } from '../io/http/http-trust.ts'
import type { DatabaseSession } from '../io/postgres/database-session.ts'
import type { SshConnection } from '../io/ssh/ssh.ts'
import type { AuditPosition } from '../model/application-audit/entry.ts'
import type { ManagerEvent, ManagerSettings } from '../model/measured/managers/manager-report.ts'

/**
 * A configured host with its host connection. It is one object as long as the host is watched, because rates need two
 * samples.
 */
export interface AccessibleHost {
  readonly config: HostConfig
  /** null unless the configuration has `ssh` for the host. */
  readonly ssh: SshConnection | null
}

/** Answers of Patroni that rarely change, kept from one reading to the next. */
export interface PatroniSettings {
  readonly settings: ManagerSettings | null
  readonly lastEvent: ManagerEvent | null
}

/** Where to ask Patroni, and what need not be asked. */
export interface PatroniAddress {
  /** A URL. */
  readonly address: string
  /** Absent: authorities that this host trusts, and no client certificate. */
  readonly trust?: HttpTrust
  /** Answers of `/config` and `/history` that are new enough; null: they are asked for. */
  readonly known: PatroniSettings | null
}

/** What a probe may use, by the kind of its target. */
export interface ProbeInputs {
  /** The host of the database is set if pgdeck has access to it. */
  readonly database: {
    readonly session: DatabaseSession
    readonly host?: AccessibleHost | null
    /** Addresses and names of the nodes of the cluster, from the config. */
    readonly nodeAddresses?: readonly string[]
    /** Pid of the session whose whole statement is needed; absent: none. */
    readonly wholeStatementOf?: number
    /** Reads once more at once. Absent: no other reading follows, so this one waits for all that it can report. */
    readonly again?: () => void
  }
  readonly server: {
    readonly server: ServerConfig
    /**
     * The session with the database that the server uses, if pgdeck watches it. The probes of the database share it.
     */
    readonly database: DatabaseSession | null
    readonly cluster: ClusterConfig
  }
  readonly backup: {
    readonly source: BackupSource
    /** The session with the database that the backups are of. */
    readonly link: DatabaseSession
    /** The host with the folder; null if none is configured, or if pgdeck has no access to it. */
    readonly host: AccessibleHost | null
  }
  readonly exchange: {
    readonly source: ExchangeSource
    /** The session with the mirrored database whose changes are counted. */
    readonly link: DatabaseSession
  }
  readonly newConnection: {
    /** The session with the server that is tested. */
    readonly session: DatabaseSession
    readonly wantsCertificate: boolean
  }
  readonly login: {
    /** The session that is renewed. */
    readonly session: DatabaseSession
  }
  readonly audit: {
    readonly source: AuditSource
    /** The session with the database of the source; null if it has none, or it is not watched. */
    readonly session: DatabaseSession | null
    /** The host of the source; null if it has none, or pgdeck has no access to it. */
    readonly host: AccessibleHost | null
    /** Where the last reading ended; null: this is the first one. */
    readonly position: AuditPosition | null
  }
  readonly manager: {
    readonly link: DatabaseSession
    /** Tables of managers that this role may read, e.g. `repmgr.nodes`. */
    readonly tables: readonly string[]
    /** Patroni's REST API with what is known of it; null if it is not to be asked. */
    readonly patroni: PatroniAddress | null
    /** Time limit of the whole probe in milliseconds. */
    readonly limitMs: number
    readonly wantsTraces: boolean
  }
  readonly pooler: {
    /** Its console. */
    readonly admin: PoolerConsole
    /** The database of the pooler that is watched; null: all. */
    readonly database: string | null
    readonly limitMs: number
  }
  readonly proxy: {
    readonly stats: HaproxyStats
    readonly backend: string
  }
  readonly address: {
    readonly sessions: NewSessions
  }
  /** Default: the host that pgdeck runs on. */
  readonly host: { readonly host?: AccessibleHost }
}

export type ProbeScope = keyof ProbeInputs

/**
 * One measurement. `read` resolves to a value or throws FaultError; any other error is a defect of pgdeck. The signal
 * is aborted at the probe's time limit. A later answer does not count.
 */
export interface Probe<At extends ProbeScope, Value> {
  readonly id: string
  readonly scope: At
  readonly title: string
  /** What is read and from where: the text for docs/probes.md. */
  readonly source: string
  readonly runs: 'always' | 'when-viewed'
  /** At every poll, or at most this often. */
  readonly every: 'interval' | { readonly ms: number }
  /** Privileges beyond LOGIN that the whole value needs: the text for docs/probes.md. */
  readonly needs: readonly string[]
  read(links: ProbeInputs[At], signal: AbortSignal): Promise<Value>
}
