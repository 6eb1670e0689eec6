// What one poll of a target measures. Sizes are bytes, durations seconds unless the name says otherwise, instants
// milliseconds since the epoch. null means "not known": not granted, not supported by this version, or not applicable.

import type { LockHolder } from '../runs/lock/cluster-run.ts'
import type { Lsn } from '../values/lsn.ts'
import type { RecoveryTarget, WalSources } from '../values/recovery-settings.ts'
import type { ManagerSigns } from './managers/manager-signs.ts'
import type { ConnectionLimit, TransactionFacts } from './transactions.ts'

/** A row of pg_stat_replication, of a primary or of a cascading standby. */
export interface WalSender {
  readonly pid: number
  readonly applicationName: string
  readonly userName: string | null
  readonly address: string | null
  readonly port: number | null
  readonly state: 'startup' | 'catchup' | 'streaming' | 'backup' | 'stopping' | null
  readonly sync: 'async' | 'potential' | 'sync' | 'quorum' | null
  /** The slot whose active_pid is this sender. */
  readonly slot: string | null
  readonly sentLsn: Lsn | null
  readonly writtenLsn: Lsn | null
  readonly flushedLsn: Lsn | null
  readonly replayedLsn: Lsn | null
  readonly writeLagSeconds: number | null
  readonly flushLagSeconds: number | null
  readonly replayLagSeconds: number | null
  readonly startedAt: number | null
  /** Seconds since the standby last reported. */
  readonly replyAgeSeconds: number | null
  /** Age in transactions of the xmin of its standby (hot_standby_feedback without a slot). Absent: not read. */
  readonly xminAge?: number | null | undefined
}

/** The row of pg_stat_wal_receiver; absent (null in the pulse) while no receiver runs. */
export interface WalReceiver {
  readonly status: string | null
  readonly slot: string | null
  readonly senderHost: string | null
  readonly senderPort: number | null
  readonly receivedTimeline: number | null
  readonly flushedLsn: Lsn | null
  /** The upstream's position, by its last message. */
  readonly latestEndLsn: Lsn | null
  readonly latestEndAt: number | null
  /** Seconds since the last message from the source. */
  readonly lastMessageAgeSeconds: number | null
  /** When its process began; null where that is hidden from this role. Absent: not read. */
  readonly startedAt?: number | null | undefined
}

export interface ReplicationSlot {
  readonly name: string
  readonly type: 'physical' | 'logical'
  readonly active: boolean
  readonly activePid: number | null
  readonly temporary: boolean
  readonly restartLsn: Lsn | null
  /** Logical: up to where its consumer has confirmed to have taken the changes. */
  readonly confirmedFlushLsn: Lsn | null
  readonly retainedBytes: number | null
  readonly walStatus: 'reserved' | 'extended' | 'unreserved' | 'lost' | null
  readonly safeBytes: number | null
  readonly invalidationReason: string | null
  /** Ages in transactions of its xmin and its catalog_xmin. Absent: not read. */
  readonly xminAge?: number | null | undefined
  readonly catalogXminAge?: number | null | undefined
  /** It is meant to be on standbys too (PostgreSQL 17 and newer). Absent or null: not read, or an older version. */
  readonly failover?: boolean | null | undefined
  /** It is the copy of a slot of the primary. Absent or null as above. */
  readonly synced?: boolean | null | undefined
  readonly inactiveSince: number | null
}

/** A subscription of this database server to changes of another one, from any of its databases. */
export interface Subscription {
  readonly name: string
  /** The slot that it takes the changes from, at the other end. */
  readonly slot: string | null
  readonly enabled: boolean
}

/** Where a node stands in the log, by what it is. */
export type ReplicationPosition =
  | { readonly kind: 'primary'; readonly lsn: Lsn; readonly flushedLsn: Lsn }
  | {
      readonly kind: 'standby'
      /** pg_last_wal_receive_lsn(): null when it never streamed (e.g. restores from an archive). */
      readonly receivedLsn: Lsn | null
      readonly replayedLsn: Lsn | null
      /** 'paused' also when replay paused by itself because required settings are too low. */
      readonly pause: 'not paused' | 'pause requested' | 'paused'
      /** Where recovery is to stop; null: nowhere. Absent: not read. */
      readonly recoveryTarget?: RecoveryTarget | null
      readonly lastReplayedCommitAt: number | null
      /** 0 when nothing received is unapplied; else the age of the last applied commit. */
      readonly applyLagSeconds: number | null
      readonly receiver: WalReceiver | null
      /** Where recovery takes WAL from besides pg_wal. Absent: not read. */
      readonly walSources?: WalSources | undefined
    }

/** Sessions of client backends against the limit. */
export interface SessionCounts {
  readonly total: number
  /** max_connections: what sessions can be used, reserved ones included. */
  readonly max: number
  readonly reserved: number
  /** null when this role may not see other users' sessions. */
  readonly active: number | null
  readonly idleInTransaction: number | null
  /** Sessions that wait for a lock. */
  readonly waiting: number | null
  readonly longestIdleInTransactionSeconds: number | null
}

/** Client sessions grouped by how they present themselves: tells which servers are connected. */
export interface ClientGroup {
  readonly applicationName: string
  /** null: Unix socket, or hidden from this role. */
  readonly address: string | null
  readonly count: number
}

/** The settings that a standby must have at least as high as its primary, or replay stops and promotion kills it. */
export const REQUIRED_SETTINGS = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
] as const
export type RequiredSettings = Readonly<Record<(typeof REQUIRED_SETTINGS)[number], number>>

/** Something this role may not read, with the exact statement that would grant it. */
export interface MissingPrivilege {
  readonly what: string
  readonly grant: string
}

/** Everything a poll reads from one database, in one round trip. */
export interface DatabasePulse {
  /** Why what answers is held to be a connection pooler. Absent: it is the server itself. */
  readonly pooler?: string | undefined
  /** `18.4`, as the server names itself. */
  readonly version: string
  readonly versionNumber: number
  /** Exceeds 2^53, hence a string. */
  readonly systemIdentifier: string
  /** From pg_walfile_name on a primary; on a standby the newest of receiver, control file and WAL directory. */
  readonly timeline: number | null
  readonly position: ReplicationPosition
  readonly startedAt: number
  /** The same instant in whole microseconds since the epoch, as decimal digits: exact. */
  readonly postmasterStart: string
  /** When the session that reads has loaded the server's configuration. Absent: not read. */
  readonly configLoadedAt?: number | null | undefined
  /** Of a primary: whether sessions that choose nothing are read-only; null: not known. Absent: not asked. */
  readonly defaultReadOnly?: boolean | null | undefined
  /** Databases whose sessions are read-only unless they choose otherwise. Absent: not read. */
  readonly readOnlyDatabases?: readonly string[] | undefined
  /** The setting `port`: what the server listens on itself. */
  readonly port: number
  /** wal_segment_size: the size of a WAL file. Absent: not read. */
  readonly walSegmentBytes?: number | undefined
  /** Where the session led that it was read on, as the dsn names it. Absent: not known. */
  readonly endpoint?: { readonly host: string; readonly port: number }
  /** Server clock minus ours at the middle of the round trip, in milliseconds. */
  readonly clockOffsetMs: number
  readonly roundTripMs: number
  /** inet_server_addr()/port as the server sees this connection. */
  readonly serverAddress: string | null
  readonly serverPort: number | null
  readonly clusterName: string | null
  readonly sessions: SessionCounts
  /** null: hidden from this role, or not all sessions were read. */
  readonly clients: readonly ClientGroup[] | null
  /** Sessions that hold a key of a run of this system; null or absent where no session is named as a run. */
  readonly runs?: readonly LockHolder[] | null | undefined
  /**
   * Sessions whose statements, with those of all others, are too long to be read with every poll: whose they are is not
   * known, what they do is told by their wait events: of a failed transaction they show nothing, so that
   * `idleInTransaction` is the least there are, and the longest that of those that were read. Absent: none.
   */
  readonly unreadSessions?: number | undefined
  /**
   * Sessions that wait for a synchronous standby, and for how long the statement of the longest has run; null where this
   * role may not see what others do. Absent: not read.
   */
  readonly commitWaits?: { readonly count: number; readonly longestSeconds: number | null } | null | undefined
  /**
   * Of a standby: the process that replays and what it waits for; `heldBy` is the session with the oldest snapshot, where it
   * waits for snapshots. null on a primary, and where this role may not see it. Absent: not read.
   */
  readonly startupProcess?:
    | {
        readonly pid: number
        readonly waitType: string | null
        readonly wait: string | null
        readonly heldBy: { readonly pid: number; readonly application: string } | null
      }
    | null
    | undefined
  readonly senders: readonly WalSender[]
  readonly slots: readonly ReplicationSlot[]
  readonly subscriptions: readonly Subscription[]
  readonly settings: RequiredSettings
  readonly synchronousStandbyNames: string
  /** synchronous_commit of the whole server; null where roles or databases have one of their own. Absent: not read. */
  readonly synchronousCommit?: string | null | undefined
  readonly applyDelayMs: number | null
  readonly maxSlotKeepBytes: number | null
  /** synchronized_standby_slots: consumers of failover slots get nothing that these have not confirmed. null: older than 17. Absent: not read. */
  readonly synchronizedStandbySlots?: string | null | undefined
  /** wal_log_hints or checksums are on: pg_rewind can work on it. Absent: not known. */
  readonly rewindable?: boolean | undefined
  readonly archiver: {
    readonly mode: string
    readonly failing: boolean
    /**
     * Files that wait while nothing is archived, and how long the oldest has; no files while something was archived just now.
     * null: this server archives nothing itself, or this role may not list them. Absent: not read.
     */
    readonly waiting?: { readonly files: number; readonly seconds: number | null } | null | undefined
    /** It is to archive, but neither a command nor a library says how. Absent: not read. */
    readonly commandless?: boolean | undefined
    /** archive_command succeeds without doing anything, as `/bin/true`: nothing reaches an archive. Absent: not read. */
    readonly keepsNothing?: boolean | undefined
    /** Seconds since something was archived; null: nothing ever was. Absent: not read. */
    readonly quietSeconds?: number | null | undefined
    /** Name of the file that was archived last; null: none was. Absent: not read. */
    readonly lastArchivedWal?: string | null | undefined
    readonly lastFailedWal: string | null
    readonly lastFailedAt: number | null
    readonly lastArchivedAt: number | null
    readonly failedCount: number
  } | null
  /** Absent: not read. */
  readonly transactions?: TransactionFacts | undefined
  /** Of roles and databases that have sessions, the fullest first; null: hidden from this role. Absent: not read. */
  readonly connectionLimits?: readonly ConnectionLimit[] | null | undefined
  /** age(datfrozenxid) of the oldest database: wraparound comes at about 2.1e9. */
  readonly oldestTransactionAge: number | null
  readonly managerSigns: ManagerSigns
  readonly missing: readonly MissingPrivilege[]
  /** True when this session may use connections reserved on 16+ (pg_use_reserved_connections or superuser). */
  readonly mayUseReserved: boolean
  /** True when this session's role may open sessions of replication (REPLICATION or superuser). Absent: not read. */
  readonly mayReplicate?: boolean | undefined
}

export interface TlsFacts {
  /** Whole days until notAfter; negative when expired. */
  readonly daysLeft: number
  readonly nameMatches: boolean
  /** True when the chain is trusted, or the fingerprint is the pinned one. */
  readonly trusted: boolean
  readonly problem: string | null
  readonly subject: string | null
  readonly issuer: string | null
  readonly validToAt: number
  readonly fingerprint: string
}

/** What one poll of an application server measures. */
export interface ServerPulse {
  /** Time to a TCP connection. */
  readonly connectMs: number
  /** Time from the request to the head of the answer (TLS included). */
  readonly latencyMs: number
  readonly httpStatus: number
  /** Where it redirects to, absolute; never followed. */
  readonly location: string | null
  readonly tls: TlsFacts | null
  /** The addresses its name has, for finding its sessions in its database. */
  readonly addresses: readonly string[]
}

/** This host, so that "everything is down" can be told from "I am cut off". */
export interface LocalHostPulse {
  readonly hostname: string
  readonly cpus: number
  readonly load: readonly [number, number, number]
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number }
  readonly swap: { readonly totalBytes: number; readonly usedBytes: number }
  readonly uptimeSeconds: number
  /** Over all interfaces but loopback; null before the second reading. */
  readonly network: { readonly receivedBytesPerSecond: number; readonly sentBytesPerSecond: number } | null
  /** Names of the interfaces, loopback left out, that are up. */
  readonly interfaces: readonly string[]
}
