// The form of the status document (`status --json`, schema pgdeck.status/1): a contract with scripts.

import type { Promoter } from '../../model/managers/promoter.ts'
import type { ModelId, ServerType } from '../../model/measured/spec.ts'
import type { OtherSenderView } from '../../model/picture/other-sender.ts'
import type {
  AccessLevel,
  Alert,
  DatabaseRole,
  DatabaseStatus,
  FailoverEstimate,
  Health,
  Lag,
  LinkState,
  LinkView,
  Mirroring,
  ServerStatus,
  SlotView,
} from '../../model/picture/picture.ts'
import type { KeepChoice } from '../../model/picture/split-brain.ts'
import type { ScheduleRunner } from '../../model/values/schedule-runner.ts'
import type { BackupDocument } from './backup-document.ts'
import type { DatabaseFigures } from './database-figures.ts'
import type { EntryPointDocument } from './entry-points-document.ts'
import type { ManagerDocument } from './manager-document.ts'
import type { NewConnectionsDocument } from './new-connections-document.ts'
import type { ProblemDocument } from './problem-document.ts'

/** Times are RFC 3339 in UTC, durations seconds, sizes bytes, positions as PostgreSQL prints them. Unknown is null. */
export interface StatusDocument {
  readonly schema: 'pgdeck.status/1'
  readonly at: string
  readonly clusters: readonly ClusterDocument[]
}

/** Additional fields of the model `mirrored`. */
export interface MirroredDocument {
  /** While the link is cut: servers that serve their own users at the same time. */
  readonly alsoServing: readonly { readonly server: string; readonly access: AccessLevel }[]
  /** One entry per direction. */
  readonly exchange: readonly MirroringDocument[]
}

export interface ClusterDocument extends Partial<MirroredDocument> {
  readonly name: string
  readonly model: ModelId
  readonly health: Health
  readonly manager: ManagerDocument | null
  readonly serving: { readonly server: string; readonly access: AccessLevel } | null
  /** The one server that runs the schedules, or should; null: the cluster has none that does. */
  readonly schedules: { readonly server: string; readonly state: ScheduleRunner['state'] } | null
  readonly servers: readonly ServerDocument[]
  readonly databases: readonly DatabaseDocument[]
  /** What applications connect to in place of a database. */
  readonly entryPoints: readonly EntryPointDocument[]
  readonly links: readonly LinkDocument[]
  readonly otherSenders: readonly OtherSenderDocument[]
  readonly slots: readonly SlotDocument[]
  /** Databases of one system that are writable at the same time. */
  readonly splitBrains: readonly SplitBrainDocument[]
  readonly failover: FailoverDocument
  readonly alerts: readonly AlertDocument[]
  /** What must not start before the restore of the acting primary's backup; null: nothing has to wait for a restore. */
  readonly restoreGate: RestoreGateDocument | null
  /** The run that changes the cluster now, from whichever host; null if there is none. */
  readonly run: ClusterRunDocument | null
}

export interface RestoreGateDocument {
  /** Id of the database that acts as the primary, and of the server over it. */
  readonly database: string
  readonly server: string | null
  readonly since: string
  /** Ids of what must not start. */
  readonly databases: readonly string[]
  readonly servers: readonly string[]
}

/** A run that changes the cluster now, as the servers show it: its user, host and progress. */
export interface ClusterRunDocument {
  /** `ann@jump-1`. */
  readonly by: string
  readonly action: string
  /** Id of its target, shortened if it is long; null for the whole cluster. */
  readonly target: string | null
  /** From 1; 0 before the first step. */
  readonly step: number
  readonly steps: number
  readonly startedAt: string | null
  /** The sessions that lock the cluster for it: the database of each server, the role, the client address. */
  readonly sessions: readonly {
    readonly database: string
    readonly process: number
    readonly role: string | null
    readonly address: string | null
  }[]
}

export interface ServerDocument {
  readonly name: string
  readonly id: string
  readonly dnsName: string
  readonly type: ServerType
  readonly status: ServerStatus
  readonly access: AccessLevel | null
  readonly port: number
  readonly portOpen: boolean | null
  readonly sessions: number | null
  readonly latencyMs: number | null
  readonly tls: { readonly daysLeft: number; readonly nameMatches: boolean } | null
  readonly database: string | null
  readonly since: string | null
  readonly readAt: string | null
  readonly problem: ProblemDocument | null
}

export interface DatabaseDocument extends DatabaseFigures {
  readonly name: string
  readonly id: string
  readonly host: string
  readonly port: number
  readonly portOpen: boolean | null
  readonly type: 'PostgreSQL'
  readonly version: string | null
  readonly role: DatabaseRole
  readonly status: DatabaseStatus
  readonly servers: { readonly configured: number; readonly active: number | null }
  readonly sessions: {
    readonly total: number | null
    readonly max: number
    /** What ordinary users may take of `max`. */
    readonly forUsers: number
    readonly active: number | null
    readonly idleInTransaction: number | null
    readonly waiting: number | null
  } | null
  readonly timeline: number | null
  readonly lsn: string | null
  readonly systemIdentifier: string | null
  /** Id of the database that counts for its server; null: it counts itself. */
  readonly sameServerAs: string | null
  readonly startedAt: string | null
  readonly readAt: string | null
  readonly problem: ProblemDocument | null
  readonly newConnections: NewConnectionsDocument | null
  /** null: no source of backups is configured. */
  readonly backup: BackupDocument | null
  /** The certificate that it showed last; null: none, or without TLS. */
  readonly tls: ServerDocument['tls']
  /** Figures that are unknown because the server refuses a function or a view. */
  readonly refused: readonly RefusedFigureDocument[]
  /** The hosting service, where its signs are seen. */
  readonly provider: string | null
}

interface RefusedFigureDocument {
  /** `pg_stat_get_wal_receiver()`, `pg_stat_archiver`. */
  readonly function: string
  readonly figure: string
  readonly why: string
  readonly grant: string | null
}

export interface LinkDocument {
  readonly upstream: string
  readonly downstream: string
  readonly kind: LinkView['kind']
  readonly state: LinkState
  readonly sync: LinkView['sync']
  readonly slot: string | null
  readonly lag: Lag
  readonly catchUpSeconds: number | null
  /** How late the standby replays on purpose (recovery_min_apply_delay); null if it can't be read. */
  readonly delaySeconds: number | null
}

/**
 * A connection that receives something else than physical replication to a standby: a base backup, or logical changes.
 */
export interface OtherSenderDocument {
  /** Id of the database. */
  readonly database: string
  readonly kind: OtherSenderView['kind']
  /** Its application name, and where it connects from. */
  readonly name: string
  readonly address: string | null
  readonly state: OtherSenderView['state']
  readonly slot: string | null
  /** WAL that it has not confirmed; null for a backup, and if it is hidden. */
  readonly behindBytes: number | null
  /** When it connected. */
  readonly since: string | null
}

export interface SlotDocument {
  readonly database: string
  readonly name: string
  readonly type: SlotView['type']
  readonly active: boolean
  readonly retainedBytes: number | null
  readonly walStatus: SlotView['walStatus']
  readonly safeBytes: number | null
}

export interface MirroringDocument {
  readonly from: string
  readonly to: string
  readonly state: Mirroring['state']
  readonly slot: string | null
  /** Bytes that `to` has not confirmed. */
  readonly behindBytes: number | null
  /** Changes that `to` has not taken over; null by logical replication. */
  readonly behindChanges: number | null
  /** When the oldest of them was made; null if unknown. */
  readonly oldestAt: string | null
  /** Bytes that `from` has written since the cut; null while the link is not cut. */
  readonly divergedBytes: number | null
  readonly divergedChanges: number | null
  readonly since: string | null
  readonly reason: string | null
}

export interface SplitBrainDocument {
  readonly systemIdentifier: string
  /** `servers` and `standbys`: names of those that use it, or are connected to it. `clients`: null if they are hidden. */
  readonly members: readonly {
    readonly id: string
    readonly timeline: number | null
    readonly servers: readonly string[]
    readonly clients: number | null
    readonly standbys: readonly string[]
  }[]
  /** Id of the database to keep; null if users and timeline point to different ones, or if nothing decides. */
  readonly keep: string | null
  readonly byUsers: KeepChoice
  readonly byTimeline: KeepChoice
}

export interface FailoverDocument {
  readonly ifFails: string | null
  readonly candidate: string | null
  readonly lossBytes: number | null
  readonly lossSeconds: number | null
  readonly basis: FailoverEstimate['basis']
  /** Age of the primary's position that the loss is computed from; null if no position was ever read. */
  readonly basisAgeSeconds: number | null
  readonly lossBound: FailoverEstimate['lossBound']
  readonly writableInSeconds: number | null
  readonly promotedBy: Promoter['by'] | null
  readonly blockers: readonly string[]
  readonly warnings: readonly string[]
}

export interface AlertDocument {
  readonly rule: Alert['rule']
  readonly severity: Alert['severity']
  /** `db-a`, `db-a/slot` or `host/data`; the cluster's name for the whole cluster. */
  readonly subject: string
  /** The server, database or host of the subject, or the cluster's name. */
  readonly owner: string
  readonly message: string
  readonly since: string
  /** The run in which it was raised and which still runs: `ann@jump-1 runs promote db-ro`; null: none. */
  readonly during: string | null
}
