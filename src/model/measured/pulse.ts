// What one poll of a target measures. Sizes are bytes, durations seconds unless the name says otherwise, times
// milliseconds since the epoch. null means unknown: not granted, not supported by this version, or not applicable.

import type { LockHolder } from '../runs/lock/cluster-run.ts'
import type { PendingRestart } from '../settings/pending-restart.ts'
import type { ArchiverFacts } from '../values/archiver-facts.ts'
import type { Lsn } from '../values/lsn.ts'
import type { RecoveryTarget, SlotSyncSettings, WalSources } from '../values/recovery-settings.ts'
import type { RefusedFunction } from '../values/refused-function.ts'
import type { TlsFacts } from './connections/certificate-facts.ts'
import type { AuroraFacts } from './managers/aurora.ts'
import type { ManagerSigns } from './managers/manager-signs.ts'
import type {
  ConnectionLimit,
  LockWaitFacts,
  LongestStatement,
  ReadOnlyFacts,
  TransactionCounters,
  TransactionFacts,
} from './transactions.ts'

/** A row of pg_stat_replication, of a primary or of a cascading standby. */
export interface WalSender {
  readonly pid: number
  readonly applicationName: string
  readonly userName: string | null
  readonly address: string | null
  readonly port: number | null
  readonly state: 'startup' | 'catchup' | 'streaming' | 'backup' | 'stopping' | null
  readonly sync: 'async' | 'potential' | 'sync' | 'quorum' | null
  /** The slot whose active_pid is this walsender's. */
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

/** The row of pg_stat_wal_receiver; null in the pulse while no walreceiver runs. */
export interface WalReceiver {
  readonly status: string | null
  readonly slot: string | null
  readonly senderHost: string | null
  readonly senderPort: number | null
  readonly receivedTimeline: number | null
  readonly flushedLsn: Lsn | null
  /** The upstream's position in its last message. */
  readonly latestEndLsn: Lsn | null
  readonly latestEndAt: number | null
  /** Seconds since the last message from the upstream. */
  readonly lastMessageAgeSeconds: number | null
  /** When its process started; null if hidden from this role. Absent: not read. */
  readonly startedAt?: number | null | undefined
}

export interface ReplicationSlot {
  readonly name: string
  readonly type: 'physical' | 'logical'
  readonly active: boolean
  readonly activePid: number | null
  readonly temporary: boolean
  readonly restartLsn: Lsn | null
  /** Logical: the position that its consumer has confirmed. */
  readonly confirmedFlushLsn: Lsn | null
  readonly retainedBytes: number | null
  readonly walStatus: 'reserved' | 'extended' | 'unreserved' | 'lost' | null
  readonly safeBytes: number | null
  readonly invalidationReason: string | null
  /** Ages in transactions of its xmin and its catalog_xmin. Absent: not read. */
  readonly xminAge?: number | null | undefined
  readonly catalogXminAge?: number | null | undefined
  /** A failover slot (PostgreSQL 17 and newer). Absent or null: not read, or an older version. */
  readonly failover?: boolean | null | undefined
  /** A synchronized copy of a slot of the primary. Absent or null as above. */
  readonly synced?: boolean | null | undefined
  /** Why the last synchronization of this copy was skipped (PostgreSQL 19 and newer). Absent or null: it was not, or not read. */
  readonly skipReason?: string | null | undefined
  readonly inactiveSince: number | null
}

/** A subscription of this server to another one, in any of its databases. */
export interface Subscription {
  readonly name: string
  /** Its slot on the publisher. */
  readonly slot: string | null
  readonly enabled: boolean
}

/** The WAL position of a server, by its role. */
export type ReplicationPosition =
  | { readonly kind: 'primary'; readonly lsn: Lsn; readonly flushedLsn: Lsn }
  | {
      readonly kind: 'standby'
      /** pg_last_wal_receive_lsn(): null when it never streamed (e.g. restores from an archive). */
      readonly receivedLsn: Lsn | null
      readonly replayedLsn: Lsn | null
      /** 'paused' also when replay paused by itself because required settings are too low. null: not told. */
      readonly pause: 'not paused' | 'pause requested' | 'paused' | null
      /** Where recovery will stop; null: nowhere. Absent: not read. */
      readonly recoveryTarget?: RecoveryTarget | null
      readonly lastReplayedCommitAt: number | null
      /** 0 when nothing received is unapplied; else the age of the last applied commit. */
      readonly applyLagSeconds: number | null
      readonly receiver: WalReceiver | null
      /** Where recovery takes WAL from besides pg_wal. Absent: not read. */
      readonly walSources?: WalSources | undefined
      /** null: older than 17, which has no failover slots. Absent: not read. */
      readonly slotSync?: SlotSyncSettings | null | undefined
    }

/** Sessions of client backends against the limit. null: the server refuses to tell. */
export interface SessionCounts {
  readonly total: number | null
  /** max_connections, including reserved connection slots. */
  readonly max: number
  readonly reserved: number
  /** null when this role may not see other users' sessions, or where some are not tracked. */
  readonly active: number | null
  readonly idleInTransaction: number | null
  /** Sessions that wait for a lock; one with its parallel workers counts once. */
  readonly waiting: number | null
  readonly longestIdleInTransactionSeconds: number | null
  /** Sessions with track_activities off: the longest above is then a minimum. Absent: none, or unknown. */
  readonly untracked?: number | undefined
}

/** Client sessions grouped by application name and address, which show the connected application servers. */
export interface ClientGroup {
  readonly applicationName: string
  /** null: Unix socket, or hidden from this role. */
  readonly address: string | null
  readonly count: number
}

/** A standby needs these at least as high as its primary: else replay stops, and a promotion shuts it down. */
export const REQUIRED_SETTINGS = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
] as const
export type RequiredSettings = Readonly<Record<(typeof REQUIRED_SETTINGS)[number], number>>

/** Something that this role may not read, with the exact statement that grants it. */
export interface MissingPrivilege {
  readonly what: string
  readonly grant: string
}

/** Everything a poll reads from one database, in one round trip. */
export interface DatabasePulse extends ReadOnlyFacts {
  /** Why the peer counts as a connection pooler. Absent: it is the server itself. */
  readonly pooler?: string | undefined
  /** The certificate that the session was opened with. Absent: without TLS. */
  readonly tls?: TlsFacts | undefined
  /** `18.4`, as the server reports it. */
  readonly version: string
  readonly versionNumber: number
  /** Exceeds 2^53, hence a string. null, as below: the server refuses to tell (`refused`). */
  readonly systemIdentifier: string | null
  /** From pg_walfile_name on a primary; on a standby the newest of walreceiver, control file and WAL directory. */
  readonly timeline: number | null
  readonly position: ReplicationPosition
  readonly startedAt: number | null
  /** The same in whole microseconds, as decimal digits: exact. */
  readonly postmasterStart: string | null
  /** When the reading session loaded the server's configuration. Absent: not read. */
  readonly configLoadedAt?: number | null | undefined
  /** null: the server refuses to tell. Absent: not read. */
  readonly pendingRestart?: PendingRestart | null | undefined
  /** The setting `port`, which the server listens on. */
  readonly port: number
  /** Whether log_connections writes a line for each new connection. Absent: not read. */
  readonly logsConnections?: boolean | undefined
  /** wal_segment_size: the size of a WAL file. Absent: not read. */
  readonly walSegmentBytes?: number | undefined
  /** The address of the session, as the DSN names it. Absent: unknown. */
  readonly endpoint?: { readonly host: string; readonly port: number }
  /** Server clock minus ours at the middle of the round trip, in milliseconds. */
  readonly clockOffsetMs: number
  readonly roundTripMs: number
  readonly askedAt?: number // By our clock; absent in older traces.
  /** inet_server_addr() and port, as the server sees this connection. */
  readonly serverAddress: string | null
  readonly serverPort: number | null
  readonly clusterName: string | null
  readonly sessions: SessionCounts
  /** null: hidden from this role, or not all sessions were read. */
  readonly clients: readonly ClientGroup[] | null
  /** Sessions that hold a key of a run of this system; null or absent if no session has the application name of a run. */
  readonly runs?: readonly LockHolder[] | null | undefined
  /**
   * Sessions whose statements, with those of all others, are too long to read at every poll. Their users are unknown,
   * and their wait events show their state. A failed transaction has none, so `idleInTransaction` is a lower bound, and
   * the longest is that of the sessions that were read. Absent: none.
   */
  readonly unreadSessions?: number | undefined
  /**
   * Sessions that wait for a synchronous standby, and how long the statement of the longest has run; null if this role
   * may not see other sessions. Absent: not read.
   */
  readonly commitWaits?: { readonly count: number; readonly longestSeconds: number | null } | null | undefined
  /** null if this role may not see other sessions, or the server refuses to tell. Absent: not read. */
  readonly lockWaits?: LockWaitFacts | null | undefined
  /**
   * On a standby: the startup process and what it waits for; `heldBy` is the session with the oldest snapshot if it
   * waits for snapshots, and a holder of the lock if it waits for a lock. null on a primary, and if hidden from this role. Absent: not read.
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
  /** synchronous_commit of the whole server; null if roles or databases have their own value. Absent: not read. */
  readonly synchronousCommit?: string | null | undefined
  readonly applyDelayMs: number | null
  readonly maxSlotKeepBytes: number | null
  /**
   * synchronized_standby_slots: consumers of failover slots receive only what these have confirmed. null: older than
   * 17. Absent: not read.
   */
  readonly synchronizedStandbySlots?: string | null | undefined
  /** wal_log_hints or checksums are on, so that pg_rewind can work. Absent: unknown. */
  readonly rewindable?: boolean | undefined
  readonly archiver: ArchiverFacts | null
  /** Absent: not read. */
  readonly transactions?: TransactionFacts | undefined
  /** Absent: not read. */
  readonly transactionCounters?: TransactionCounters | undefined
  /** null: no session runs a statement, or hidden from this role. Absent: not read. */
  readonly longestStatement?: LongestStatement | null | undefined
  /** Of roles and databases with sessions, the fullest first; null: hidden from this role. Absent: not read. */
  readonly connectionLimits?: readonly ConnectionLimit[] | null | undefined
  /** age(datfrozenxid) of the oldest database: wraparound comes at about 2.1e9. */
  readonly oldestTransactionAge: number | null
  readonly managerSigns: ManagerSigns
  /** Of an instance of Aurora; null: it tells nothing of itself. Absent: not read. */
  readonly aurora?: AuroraFacts | null | undefined
  readonly missing: readonly MissingPrivilege[]
  /** What this server refuses. Its figures are unknown (null), its lists empty. Absent: nothing. */
  readonly refused?: readonly RefusedFunction[] | undefined
  /** True if this session may use reserved connection slots: pg_use_reserved_connections (16 and newer) or superuser. */
  readonly mayUseReserved: boolean
  /** True if this role may open replication sessions (REPLICATION or superuser). Absent: not read. */
  readonly mayReplicate?: boolean | undefined
}

/** What one poll of an application server measures. */
export interface ServerPulse {
  /** Time to a TCP connection. */
  readonly connectMs: number
  /** Time from the request to the head of the answer (TLS included). */
  readonly latencyMs: number
  readonly httpStatus: number
  /** The redirection target as an absolute URL; it is never followed. */
  readonly location: string | null
  readonly tls: TlsFacts | null
  /** The addresses of its name, for finding its sessions in its database. */
  readonly addresses: readonly string[]
}

/** This host, to distinguish "everything is down" and "this host is cut off". */
export interface LocalHostPulse {
  readonly hostname: string
  readonly cpus: number
  readonly load: readonly [number, number, number]
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number }
  readonly swap: { readonly totalBytes: number; readonly usedBytes: number }
  readonly uptimeSeconds: number
  /** Over all interfaces except loopback; null before the second reading. */
  readonly network: { readonly receivedBytesPerSecond: number; readonly sentBytesPerSecond: number } | null
  /** Names of the interfaces that are up, without loopback. */
  readonly interfaces: readonly string[]
}
