// What is only asked of a database while somebody looks at it: sessions, locks, storage. Units as in pulse.ts.

import type { Lsn } from '../values/lsn.ts'
import type { Reading } from '../values/reading.ts'
import type { HbaSnapshot } from './connected-clients.ts'
import type { MissingPrivilege } from './pulse.ts'

/**
 * One row of pg_stat_activity. Text is cleaned; null means hidden from this role or not applicable. Of a session that
 * this role may not look into, `startedAt` is null and little more than pid, user, database and application is known.
 */
export interface SessionRow {
  readonly pid: number
  /** With the pid it names this session and no later one with the same pid. */
  readonly startedAt: number | null
  readonly database: string | null
  readonly user: string | null
  readonly application: string
  /** Address, or null for a Unix socket. */
  readonly client: string | null
  /** backend_type, e.g. `client backend`, `walsender`, `autovacuum worker`. */
  readonly kind: string | null
  readonly state: 'active' | 'idle' | 'idle in transaction' | 'idle in transaction (aborted)' | 'fastpath' | null
  readonly waitType: string | null
  readonly wait: string | null
  readonly transactionSeconds: number | null
  readonly querySeconds: number | null
  readonly stateSeconds: number | null
  /** The statement running, or the last one; cut by the server's track_activity_query_size and, then with `…`, at 10 kB. */
  readonly query: string | null
  /** Pid of the leader of a parallel worker. */
  readonly leader: number | null
}

export interface SessionActivity {
  /** Our own sessions are left out. */
  readonly sessions: readonly SessionRow[]
  /** False when this role sees only its own sessions' details. */
  readonly seesAll: boolean
  readonly missing: readonly MissingPrivilege[]
}

/** One session that waits for others, or that others wait for. */
export interface LockSession extends SessionRow {
  /** Pids it waits for, at most 50, in the order in which they asked for the lock; 0 stands for prepared transactions. Empty for a root. */
  readonly blockers: readonly number[]
  /** Names (gid) of the prepared transactions among the blockers. */
  readonly preparedBlockers: readonly string[]
  /** What it waits for: lock type, mode and the relation: its name in the connected database, else its OID. */
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

export interface LockWaits {
  /** Every session that blocks or is blocked. */
  readonly nodes: readonly LockSession[]
  readonly prepared: readonly PreparedTransaction[]
  /** Sessions that wait for a synchronous standby (wait event SyncRep). */
  readonly syncRepWaits: readonly SessionRow[]
  readonly synchronousStandbyNames: string
  /** False when this role sees who waits for whom, but not what other users' sessions do. */
  readonly seesAll: boolean
  readonly missing: readonly MissingPrivilege[]
}

export interface DatabaseSize {
  readonly name: string
  /** null where this role may not connect to it, or where measuring all would have taken too long. */
  readonly bytes: number | null
  readonly transactionAge: number
}

/** A running base backup; null is hidden from this role. */
export interface BackupProgress {
  readonly pid: number
  readonly application: string
  readonly client: string | null
  readonly phase: string | null
  /** An estimate; null when the client asked for none. */
  readonly totalBytes: number | null
  readonly sentBytes: number | null
  readonly seconds: number | null
}

/** A running VACUUM; null is hidden from this role. */
export interface VacuumProgress {
  readonly pid: number
  readonly database: string
  /** Name where it is of the connected database, else its OID. */
  readonly relation: string | null
  readonly phase: string | null
  readonly blocksTotal: number | null
  readonly blocksScanned: number | null
  readonly isAutovacuum: boolean | null
  readonly seconds: number | null
}

export interface StorageFacts {
  /** pg_ls_waldir(), with pg_monitor only. */
  readonly walDirectoryBytes: number | null
  /** Segments, full ones and recycled ones. */
  readonly walFiles: number | null
  readonly walSegmentBytes: number
  readonly maxWalBytes: number
  /** Files that wait to be archived; with pg_monitor only. */
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
  /** Counted since the server's statistics began; restartpoints on a standby. */
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
  readonly missing: readonly MissingPrivilege[]
}

/** Figures of a database's host as its server's own files tell them: where nothing else leads there. */
export interface HostFileFacts {
  /** The database that was asked: EXECUTE on a function is granted in each by itself. */
  readonly database: string
  readonly cpus: number | null
  readonly load: readonly [number, number, number] | null
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number } | null
  readonly swap: { readonly totalBytes: number; readonly usedBytes: number } | null
  readonly uptimeSeconds: number | null
  readonly missing: readonly { readonly what: string; readonly grant: string }[]
}

/** The looks of one database, by the id of the probe that takes each. */
export interface OnDemandResults {
  readonly activity: SessionActivity
  readonly locks: LockWaits
  readonly storage: StorageFacts
  /** Taken of databases whose host can't be entered. */
  readonly hostFiles: HostFileFacts
  readonly hba: HbaSnapshot
}

/** Rules are changed by hand, and a look at them takes two round trips. */
export const HBA_INTERVAL_MS = 10_000

export type OnDemandQuery = keyof OnDemandResults
/** Every one of them, or it would never be asked. */
const KNOWN: Readonly<Record<OnDemandQuery, true>> = {
  activity: true,
  locks: true,
  storage: true,
  hostFiles: true,
  hba: true,
}
export const ON_DEMAND_QUERIES = Object.keys(KNOWN) as readonly OnDemandQuery[]

type Readings = { readonly [Id in OnDemandQuery]?: Reading<OnDemandResults[Id]> }

/** Sizes of databases at one moment, by name; those that were not known are absent. */
export interface DatabaseSizeSample {
  readonly at: number
  readonly bytes: ReadonlyMap<string, number>
}

/** What was last seen of each; an id is absent while it was never looked at. */
export interface OnDemandReadings extends Readings {
  /** Oldest first, a few minutes of looking at the storage: for growth. */
  readonly sizes?: readonly DatabaseSizeSample[]
}
