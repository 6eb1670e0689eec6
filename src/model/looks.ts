// What is only asked of a database while somebody looks at it: sessions, locks, storage. Units as in facts.ts.

import type { Lsn } from './lsn.ts'
import type { Reading } from './reading.ts'

/** One row of pg_stat_activity. Text is cleaned; null means hidden from this role or not applicable. */
export interface SessionRow {
  readonly pid: number
  /** With the pid it names this session and no later one with the same pid. */
  readonly startedAt: number | null
  readonly database: string | null
  readonly user: string | null
  readonly application: string
  /** Address, or null for a Unix socket. */
  readonly client: string | null
  readonly kind: string
  readonly state: 'active' | 'idle' | 'idle in transaction' | 'idle in transaction (aborted)' | 'fastpath' | null
  readonly waitType: string | null
  readonly wait: string | null
  readonly transactionSeconds: number | null
  readonly querySeconds: number | null
  readonly stateSeconds: number | null
  /** The statement running, or the last one; cut at the server's track_activity_query_size. */
  readonly query: string | null
  /** Pid of the leader of a parallel worker. */
  readonly leader: number | null
}

export interface Activity {
  /** Our own sessions are left out. */
  readonly sessions: readonly SessionRow[]
  /** False when this role sees only its own sessions' details. */
  readonly seesAll: boolean
}

/** One session that waits for others, or that others wait for. */
export interface LockNode extends SessionRow {
  /** Pids it waits for; 0 stands for a prepared transaction. Empty for a root. */
  readonly blockers: readonly number[]
  /** What it waits for: lock type, mode and, where it is a relation of this database, its name. */
  readonly waitsFor: { readonly type: string; readonly mode: string; readonly relation: string | null } | null
  readonly waitSeconds: number | null
}

export interface PreparedTransaction {
  readonly gid: string
  readonly owner: string
  readonly database: string
  readonly preparedAt: number
  readonly ageSeconds: number
}

export interface Locks {
  /** Every session that blocks or is blocked. */
  readonly nodes: readonly LockNode[]
  readonly prepared: readonly PreparedTransaction[]
  /** Sessions that wait for a synchronous standby (wait event SyncRep). */
  readonly syncRepWaits: readonly SessionRow[]
  readonly synchronousStandbyNames: string
}

export interface DatabaseSize {
  readonly name: string
  /** null where this role may not connect to it. */
  readonly bytes: number | null
  readonly transactionAge: number
}

export interface BackupProgress {
  readonly pid: number
  readonly phase: string
  readonly totalBytes: number | null
  readonly sentBytes: number
}

export interface VacuumProgress {
  readonly pid: number
  readonly database: string
  /** Name where it is of the connected database, else its OID. */
  readonly relation: string
  readonly phase: string
  readonly blocksTotal: number
  readonly blocksScanned: number
  readonly isAutovacuum: boolean
  readonly seconds: number | null
}

export interface Storage {
  /** pg_ls_waldir(), with pg_monitor only. */
  readonly walDirectoryBytes: number | null
  readonly walFiles: number | null
  readonly maxWalBytes: number
  readonly archiveReady: number | null
  readonly archiver: {
    readonly mode: string
    readonly archivedCount: number
    readonly failedCount: number
    readonly lastArchivedWal: string | null
    readonly lastArchivedAt: number | null
    readonly lastFailedWal: string | null
    readonly lastFailedAt: number | null
  } | null
  readonly checkpoints: {
    readonly timed: number
    readonly requested: number
    readonly writeMs: number
    readonly syncMs: number
    readonly lastAt: number | null
    readonly redoLsn: Lsn | null
    readonly bytesSince: number | null
    readonly timeoutSeconds: number
  }
  readonly databases: readonly DatabaseSize[]
  /** autovacuum_freeze_max_age: from this age on PostgreSQL vacuums against wraparound by itself. */
  readonly freezeMaxAge: number
  readonly backups: readonly BackupProgress[]
  readonly vacuums: readonly VacuumProgress[]
  readonly missing: readonly { readonly what: string; readonly grant: string }[]
}

/** The looks of one database, by the id of the probe that takes each. */
export interface Looks {
  readonly activity: Activity
  readonly locks: Locks
  readonly storage: Storage
}

export type LookId = keyof Looks
export const LOOK_IDS: readonly LookId[] = ['activity', 'locks', 'storage']

/** What was last seen of each; an id is absent while it was never looked at. */
export type LookReadings = { readonly [Id in LookId]?: Reading<Looks[Id]> }
