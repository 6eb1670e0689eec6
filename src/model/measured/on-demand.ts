// What is read of a database only while its view is open: sessions, locks, storage. Units as in pulse.ts.

import type { Lsn } from '../values/lsn.ts'
import type { Reading } from '../values/reading.ts'
import type { Refusals } from '../values/refused-function.ts'
import type { HbaSnapshot } from './connected-clients.ts'
import type { MissingPrivilege } from './pulse.ts'

/**
 * One row of pg_stat_activity. Text is cleaned; null means hidden from this role or not applicable. For a session that
 * is hidden from this role, `startedAt` is null, and little more than pid, user, database and application is known.
 */
export interface SessionRow {
  readonly pid: number
  /** With the pid it identifies the session: a later one may have the same pid. */
  readonly startedAt: number | null
  readonly database: string | null
  readonly user: string | null
  readonly application: string
  /** Address, or null for a Unix socket. */
  readonly client: string | null
  /** backend_type, e.g. `client backend`, `walsender`, `autovacuum worker`. */
  readonly kind: string | null
  readonly state:
    | 'active'
    | 'idle'
    | 'idle in transaction'
    | 'idle in transaction (aborted)'
    | 'fastpath'
    /** track_activities is off for it: what it does, and its transaction and statement, are unknown. */
    | 'disabled'
    | null
  readonly waitType: string | null
  readonly wait: string | null
  readonly transactionSeconds: number | null
  readonly querySeconds: number | null
  readonly stateSeconds: number | null
  /** The statement running, or the last one; where \`queryCut\` says so only its beginning, then with \`…\`. */
  readonly query: string | null
  /**
   * What of the statement is there, in bytes: the server keeps track_activity_query_size of it, and a reading takes 10 kB,
   * unless the details of the session are open. null or absent: all of it.
   */
  readonly queryCut?:
    | { readonly by: 'server' | 'reading'; readonly readBytes: number; readonly bytes: number }
    | null
    | undefined
  /** Pid of the leader of a parallel worker. */
  readonly leader: number | null
  /** Pids of the sessions that hold what it waits for, the first of them; null or absent: it waits for no lock, or was not asked. */
  readonly blockers?: readonly number[] | null | undefined
}

/** A session of a watched database: its id and the pid there. */
export interface SessionOnDatabase {
  readonly database: string
  readonly pid: number
}

export interface SessionActivity extends Refusals {
  /** pgdeck's own sessions are left out. */
  readonly sessions: readonly SessionRow[]
  /** False if this role sees only the details of its own sessions. */
  readonly seesAll: boolean
  readonly missing: readonly MissingPrivilege[]
}

/** What a session waits for. */
export interface WantedLock {
  /** pg_locks.locktype. */
  readonly type: string
  readonly mode: string
  /** Its name, else \`table 16387 of app\` where that could not be found. */
  readonly relation: string | null
  /** Of an advisory lock: \`471147\`, or \`(4711, 2)\` where it was taken with two numbers, and the database that it counts in. */
  readonly advisory?: { readonly key: string; readonly database: string | null } | null | undefined
}

/** One session that waits for others, or that others wait for. */
export interface LockSession extends SessionRow {
  /**
   * Pids that it waits for, at most 50, in the order in which they asked for the lock; 0 stands for prepared
   * transactions. Empty for a session that waits for none.
   */
  readonly blockers: readonly number[]
  /** Names (gid) of the prepared transactions among the blockers. */
  readonly preparedBlockers: readonly string[]
  readonly waitsFor: WantedLock | null
  readonly waitSeconds: number | null
}

export interface PreparedTransaction {
  readonly gid: string
  readonly owner: string
  readonly database: string
  readonly preparedAt: number
  readonly ageSeconds: number
}

export interface LockWaits extends Refusals {
  /** Every session that blocks or is blocked. */
  readonly nodes: readonly LockSession[]
  readonly prepared: readonly PreparedTransaction[]
  /** Sessions that wait for a synchronous standby (wait event SyncRep). */
  readonly syncRepWaits: readonly SessionRow[]
  readonly synchronousStandbyNames: string
  /** False if this role sees who waits for whom, but not what other users' sessions do. */
  readonly seesAll: boolean
  readonly missing: readonly MissingPrivilege[]
}

export interface DatabaseSize {
  readonly name: string
  /** null if this role may not connect to it, or if measuring all would have taken too long. */
  readonly bytes: number | null
  /** null: the server refuses to tell. */
  readonly transactionAge: number | null
}

/** A running base backup; null: hidden from this role. */
export interface BackupProgress {
  readonly pid: number
  readonly application: string
  readonly client: string | null
  readonly phase: string | null
  /** An estimate; null if the client did not ask for it. */
  readonly totalBytes: number | null
  readonly sentBytes: number | null
  readonly seconds: number | null
}

/** A running VACUUM; null: hidden from this role. */
export interface VacuumProgress {
  readonly pid: number
  readonly database: string
  /** Its name; `table 16387 of app` where that could not be found. */
  readonly relation: string | null
  readonly phase: string | null
  readonly blocksTotal: number | null
  readonly blocksScanned: number | null
  readonly isAutovacuum: boolean | null
  readonly seconds: number | null
}

export interface StorageFacts extends Refusals {
  /** pg_ls_waldir(), with pg_monitor only. */
  readonly walDirectoryBytes: number | null
  /** WAL segments, full and recycled ones. */
  readonly walFiles: number | null
  readonly walSegmentBytes: number
  readonly maxWalBytes: number
  /** Files that wait to be archived; with pg_monitor only. */
  readonly archiveReady: number | null
  /** How long ago the figures of these two directories were read, if they have too many files for each reading. Absent: now. */
  readonly listedAgeSeconds?: number | undefined
  readonly archiver: {
    readonly mode: string
    readonly archivedCount: number
    readonly failedCount: number
    readonly lastArchivedWal: string | null
    readonly lastArchivedAt: number | null
    readonly lastFailedWal: string | null
    readonly lastFailedAt: number | null
  } | null
  /** Since the server's statistics were reset; restartpoints on a standby. null: the server refuses to tell. */
  readonly checkpoints: {
    readonly timed: number | null
    readonly requested: number | null
    readonly writeMs: number | null
    readonly syncMs: number | null
    readonly lastAt: number | null
    readonly redoLsn: Lsn | null
    readonly bytesSince: number | null
    readonly timeoutSeconds: number
  }
  readonly databases: readonly DatabaseSize[]
  /** autovacuum_freeze_max_age: from this age on PostgreSQL vacuums against wraparound in any case. */
  readonly freezeMaxAge: number
  readonly backups: readonly BackupProgress[]
  readonly vacuums: readonly VacuumProgress[]
  readonly missing: readonly MissingPrivilege[]
}

/** Figures of a database's host from files that the server reads, for hosts without access. */
export interface HostFileFacts {
  /** The connected database: EXECUTE on a function is granted in each database. */
  readonly database: string
  readonly cpus: number | null
  readonly load: readonly [number, number, number] | null
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number } | null
  readonly swap: { readonly totalBytes: number; readonly usedBytes: number } | null
  readonly uptimeSeconds: number | null
  readonly missing: readonly { readonly what: string; readonly grant: string }[]
}

/** The results of one database, by query. */
export interface OnDemandResults {
  readonly activity: SessionActivity
  readonly locks: LockWaits
  readonly storage: StorageFacts
  /** For databases whose host pgdeck has no access to. */
  readonly hostFiles: HostFileFacts
  readonly hba: HbaSnapshot
}

/** Rules are edited by hand, and reading them takes two round trips. */
export const HBA_INTERVAL_MS = 10_000

export type OnDemandQuery = keyof OnDemandResults
/** All queries: a missing one would never run. */
const KNOWN: Readonly<Record<OnDemandQuery, true>> = {
  activity: true,
  locks: true,
  storage: true,
  hostFiles: true,
  hba: true,
}
export const ON_DEMAND_QUERIES = Object.keys(KNOWN) as readonly OnDemandQuery[]

type Readings = { readonly [Id in OnDemandQuery]?: Reading<OnDemandResults[Id]> }

/** Sizes of databases at one moment, by name; unknown ones are absent. */
export interface DatabaseSizeSample {
  readonly at: number
  readonly bytes: ReadonlyMap<string, number>
}

/** The last reading of each query; absent while it was never read. */
export interface OnDemandReadings extends Readings {
  /** Oldest first, of a few minutes with the storage view open: for growth. */
  readonly sizes?: readonly DatabaseSizeSample[]
}
