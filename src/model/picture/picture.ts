// What pgdeck makes of a snapshot: one set of derived facts for the screen, the JSON, checks and pre-flight checks.

import type { ClusterManager } from '../managers/detection/cluster-manager.ts'
import type { HostPortCheck } from '../measured/port-check.ts'
import type {
  DatabasePulse,
  ReplicationSlot,
  ServerPulse,
  SessionCounts,
  TlsFacts,
  WalSender,
} from '../measured/pulse.ts'
import type { SenderKind } from '../measured/sender-kind.ts'
import type { ServerIdentity } from '../measured/server-identity.ts'
import type { ModelId, ServerType } from '../measured/spec.ts'
import type { ClusterRun } from '../runs/lock/cluster-run.ts'
import type { Fault } from '../values/fault.ts'
import type { Lsn } from '../values/lsn.ts'
import type { Alert, AlertRule, Severity } from './alert.ts'
import type { HostView } from './host-picture.ts'
import type { Lag } from './lag.ts'
import type { OtherHistory } from './other-history.ts'
import type { OtherSenderView } from './other-sender.ts'
import type { ReplayPause, ReplayStall } from './replay.ts'
import type { SplitBrain } from './split-brain.ts'
import type { Subject } from './subject.ts'

export { ALERT_RULES, type Alert, type AlertRule, type Severity } from './alert.ts'
export type { FileSystemView, HostView } from './host-picture.ts'
export type { Lag } from './lag.ts'
export type { ReplayPause, ReplayStall } from './replay.ts'

export type OngoingFault = Fault & { readonly since: number }

export type ServerStatus = 'active' | 'standby' | 'degraded' | 'inactive' | 'unknown'
export type AccessLevel = 'read-write' | 'read-write-no-resets' | 'read-only' | 'redirects' | 'none'
export type DatabaseRole = 'primary' | 'replica' | 'cascading-replica' | 'unknown'
export type DatabaseStatus =
  | 'active'
  | 'streaming'
  | 'catching-up'
  | 'archive'
  | 'disconnected'
  | 'starting'
  | 'stopping'
  | 'inactive'
  | 'unknown'
export type Health = 'ok' | 'warning' | 'critical' | 'unknown'

export interface ServerView {
  readonly id: string
  readonly name: string
  readonly dnsName: string
  readonly type: ServerType
  readonly status: ServerStatus
  /** null while unknown. */
  readonly access: AccessLevel | null
  readonly port: number
  /** null: could not be told (e.g. the name does not resolve, a timeout). */
  readonly portOpen: boolean | null
  readonly sessions: number | null
  readonly latencyMs: number | null
  /** Recent latencies for a sparkline, oldest first. */
  readonly latencyTrend: readonly (number | null)[]
  readonly tls: TlsFacts | null
  readonly databaseId: string | null
  /** Id of the server its redirect points to, when it is one of ours. */
  readonly redirectsTo: string | null
  /** When its status became what it is. */
  readonly since: number | null
  readonly readAt: number | null
  /** True when readAt is older than two intervals or the latest poll failed: shown dimmed, with its age. */
  readonly stale: boolean
  readonly problem: OngoingFault | null
  /** The last good measurement, for the details view. */
  readonly pulse: ServerPulse | null
}

export interface DatabaseView {
  readonly id: string
  readonly name: string
  readonly configured: boolean
  readonly host: string
  readonly port: number
  readonly portOpen: boolean | null
  readonly type: 'PostgreSQL'
  readonly version: string | null
  readonly role: DatabaseRole
  readonly status: DatabaseStatus
  /** `active` is null where this role may not see who is connected. */
  readonly servers: { readonly configured: number; readonly active: number | null }
  readonly sessions: SessionCounts | null
  readonly timeline: number | null
  readonly lsn: Lsn | null
  readonly systemIdentifier: string | null
  /** The server of its last good reading; null before the first. */
  readonly identity: ServerIdentity | null
  readonly startedAt: number | null
  readonly readAt: number | null
  readonly stale: boolean
  readonly problem: OngoingFault | null
  /** Depth in the drawn tree (0: root) and whether it is the last child there: rows come in drawing order. */
  readonly depth: number
  readonly lastChild: boolean
  /** The node it replicates from, when known. */
  readonly upstreamId: string | null
  /** Lag against its upstream; null on a primary or when unknown. */
  readonly lag: Lag | null
  readonly lagTrend: readonly (number | null)[]
  /** True while replay is paused, asked for or by itself. */
  readonly replayPaused: boolean
  /** Why it is; null while it is not. */
  readonly replayPause: ReplayPause | null
  /** Where replay stands still though nobody paused it; null where it does not. */
  readonly replayStall: ReplayStall | 'unknown' | null
  readonly since: number | null
  /** null where the config does not say how backups are found: then nothing is known of them. */
  readonly backup: BackupView | null
  readonly otherHistory?: OtherHistory
  readonly pulse: DatabasePulse | null
}

/** What was found when backups were last looked for. */
export interface BackupView {
  /** Where they are looked for, in words. */
  readonly source: string
  /** False until it has been looked for once with an answer. */
  readonly known: boolean
  /** When the newest one was taken; null when there is none, or nothing is known. */
  readonly at: number | null
  readonly name: string | null
  readonly readAt: number | null
  /** Why it can't be looked for now. */
  readonly problem: OngoingFault | null
}

/** `archive`: there is no connection, the standby restores WAL files with its restore_command. */
export type LinkState =
  | 'streaming'
  | 'catchup'
  | 'startup'
  | 'stopping'
  | 'backup'
  | 'archive'
  | 'disconnected'
  | 'unknown'

/** One upstream → downstream pair. An end that is not watched has a null id and an address. */
export interface LinkView {
  readonly upstreamId: string | null
  readonly downstreamId: string | null
  /** Name to show for an end: display name, else application name or address. */
  readonly upstreamName: string
  readonly downstreamName: string
  readonly downstreamAddress: string | null
  readonly state: LinkState
  readonly sync: WalSender['sync']
  readonly slot: string | null
  readonly lag: Lag
  /** Seconds to catch up at the present rates; 0 when caught up; null when unknown or never. */
  readonly catchUpSeconds: number | null
  /** What is at the lower end: a standby that is watched, or whoever else takes WAL there. */
  readonly kind: SenderKind
  /** The connection as its source sees it; null while it sees none, or which of several it is can't be told. */
  readonly sender: WalSender | null
  /** The connections that the source sees, of which one is this: which, can't be told. Empty where `sender` tells. */
  readonly ambiguousSenders: readonly WalSender[]
  /** How the two ends were matched, strongest first, in words (for the details view). */
  readonly evidence: readonly string[]
  /** False when the downstream is neither configured nor reachable: drawn, marked so. */
  readonly configured: boolean
}

export interface SlotView extends ReplicationSlot {
  readonly databaseId: string
  /** Id of the node that uses it, when known. */
  readonly usedBy: string | null
}

export interface Serving {
  /** Id of the server; in the model `databases` the id of the database. */
  readonly id: string
  readonly access: AccessLevel
}

/** One direction of the exchange between two databases that mirror each other. Its figures are as of `from`'s last reading. */
export interface Mirroring {
  /** Ids of the databases: `to` takes the changes that `from` writes. */
  readonly from: string
  readonly to: string
  /** `merging`: connected again, but not everything has been taken that was written meanwhile. */
  readonly state: 'flowing' | 'cut' | 'merging' | 'unknown'
  /** Bytes of the log of `from` that `to` has not confirmed to have taken. */
  readonly behindBytes: number | null
  /** Bytes of log that `from` has written since the cut, until it was over; null while nothing is cut, or unknown. */
  readonly divergedBytes: number | null
  /** When it began to flow or, until all is merged, when it was cut; null when not known. */
  readonly since: number | null
  /** Why it is cut or unknown, where that is known. */
  readonly reason: string | null
  readonly slot: string | null
  /** Memory: how far `to` had come when it was cut, and how far it must come to have merged. */
  readonly cutLsn: Lsn | null
  readonly mergeLsn: Lsn | null
}

/**
 * What a loss in bytes says. `as-read`: two readings that just came lie so far apart. `at-least`: so much was missing when
 * the primary last answered, and what it wrote after that is unknown. `at-most`: so much has the candidate not replayed, and the
 * archive that feeds it may hold some of that. `none-confirmed`: whatever the bytes are, every
 * commit that was confirmed had reached synchronous standbys, of which the candidate has the most.
 */
export type LossBound = 'as-read' | 'at-least' | 'at-most' | 'none-confirmed'

/** What it would cost if the serving primary failed now. */
export interface FailoverEstimate {
  readonly ifFails: string | null
  readonly candidate: string | null
  readonly lossBytes: number | null
  readonly lossSeconds: number | null
  readonly basis: 'live' | 'last-seen'
  /** Age of the primary's position that the loss is computed from, in milliseconds; 0 where there is none. */
  readonly basisAgeMs: number
  /** null: nothing is known of the loss. */
  readonly lossBound: LossBound | null
  readonly writableInSeconds: number | null
  readonly blockers: readonly string[]
  readonly warnings: readonly string[]
}

/** A change worth a line in the event list. */
export interface ClusterEvent {
  readonly at: number
  readonly severity: 'ok' | 'info' | Severity
  readonly subject: Subject
  readonly subjectName: string
  readonly text: string
  /** Of the alert that it tells of; absent for what is no alert. */
  readonly rule?: AlertRule
  /** Of the alert that this change of status raises; absent for one that raises none. */
  readonly raises?: AlertRule
  /** To be read after "because"; absent where no cause was known at the time. */
  readonly cause?: string
}

/** An alert condition that has not lasted long enough to be told yet, or is about to clear: hysteresis memory. */
export interface PendingCondition {
  readonly rule: AlertRule
  readonly subject: Subject
  readonly severity: Severity
  readonly since: number
  /** Last time the condition held. */
  readonly lastTrueAt: number
}

/** `2 of 3 up`. */
export interface UpCount {
  readonly up: number
  readonly of: number
}

export interface Picture {
  readonly at: number
  readonly health: Health
  readonly model: ModelId
  readonly serving: Serving | null
  /** Mirrored, while the link is cut: others that take writes of their own users at the same time. */
  readonly alsoServing: readonly Serving[]
  /** Ids in the order in which they would serve next, with the access they would give. */
  readonly next: readonly Serving[]
  readonly servers: readonly ServerView[]
  /** In drawing order: roots first, each followed by its subtree. */
  readonly databases: readonly DatabaseView[]
  /** How many of them are up. */
  readonly counts: { readonly servers: UpCount; readonly databases: UpCount }
  readonly hosts: readonly HostView[]
  readonly links: readonly LinkView[]
  /** Backups, change data capture and logical subscribers that take something now. */
  readonly otherSenders: readonly OtherSenderView[]
  readonly slots: readonly SlotView[]
  /** Databases of one system that take writes side by side, ranked; empty where there are none. */
  readonly splitBrains: readonly SplitBrain[]
  /** Both directions in the model `mirrored`, the primary server's database first; empty in the others. */
  readonly mirroring: readonly Mirroring[]
  readonly failover: FailoverEstimate
  /** Patroni, repmgr or pg_auto_failover, where one is in charge. */
  readonly manager: ClusterManager | null
  /** As in the snapshot. */
  readonly portChecks?: readonly HostPortCheck[]
  /** Acts that go on now, of this host or another one, as the servers show them. */
  readonly runs: readonly ClusterRun[]
  readonly alerts: readonly Alert[]
  readonly pending: readonly PendingCondition[]
}
