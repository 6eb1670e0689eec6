// The picture: all facts derived from a snapshot, for the screen, the JSON documents and the checks.

import type { ClusterManager } from '../managers/detection/cluster-manager.ts'
import type { BackupView } from '../measured/backup.ts'
import type { TlsFacts } from '../measured/connections/certificate-facts.ts'
import type { EntryPointView } from '../measured/entry-points/entry-point-view.ts'
import type { HostPortCheck } from '../measured/port-check.ts'
import type { DatabasePulse, ReplicationSlot, ServerPulse, SessionCounts, WalSender } from '../measured/pulse.ts'
import type { SenderKind } from '../measured/sender-kind.ts'
import type { ServerIdentity } from '../measured/server-identity.ts'
import type { ModelId, ServerType } from '../measured/spec.ts'
import type { ClusterRun } from '../runs/lock/cluster-run.ts'
import type { Fault } from '../values/fault.ts'
import type { Lsn } from '../values/lsn.ts'
import type { ScheduleRunner } from '../values/schedule-runner.ts'
import type { Throughput } from '../values/throughput.ts'
import type { UpCount } from '../values/up-count.ts'
import type { Alert, AlertRule, Severity } from './alert.ts'
import type { HostView } from './host-picture.ts'
import type { Lag } from './lag.ts'
import type { Mirroring } from './mirroring.ts'
import type { OtherHistory } from './other-history.ts'
import type { OtherSenderView } from './other-sender.ts'
import type { ReplayPause, ReplayStall } from './replay.ts'
import type { SplitBrain } from './split-brain.ts'
import type { Subject } from './subject.ts'

export type { BackupView } from '../measured/backup.ts'
export { ALERT_RULES, type Alert, type AlertRule, type Severity } from './alert.ts'
export type { FileSystemView, HostView } from './host-picture.ts'
export type { Lag } from './lag.ts'
export type { Mirroring, MirroringSample } from './mirroring.ts'
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
  | 'shared-storage'
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
  /** null: unknown (e.g. the name does not resolve, a timeout). */
  readonly portOpen: boolean | null
  readonly sessions: number | null
  readonly latencyMs: number | null
  /** Recent latencies for a sparkline, oldest first. */
  readonly latencyTrend: readonly (number | null)[]
  readonly tls: TlsFacts | null
  readonly databaseId: string | null
  /** Id of the configured server that it redirects to; null otherwise. */
  readonly redirectsTo: string | null
  /** When its status began. */
  readonly since: number | null
  readonly readAt: number | null
  /** True if readAt is older than two intervals or the latest poll failed: shown dimmed, with its age. */
  readonly stale: boolean
  readonly problem: OngoingFault | null
  /** The last good measurement, for the details view. */
  readonly pulse: ServerPulse | null
}

/** What new connections to a database show, beside the session that is open. */
export interface NewConnectionsView {
  /** Whether the last test was answered; null: not tested yet, or pgdeck itself did not reach it. */
  readonly accepted: boolean | null
  /** When a test was answered last, in milliseconds since the epoch; null: never. */
  readonly answeredAt: number | null
  readonly problem: OngoingFault | null
  /** Why pgdeck could not log in again; null: it could, or has not tried. */
  readonly loginProblem: OngoingFault | null
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
  /** `active` is null if this role may not see the clients. */
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
  /** The database it replicates from, if known. */
  readonly upstreamId: string | null
  /** Lag behind its upstream; null on a primary or if unknown. */
  readonly lag: Lag | null
  readonly lagTrend: readonly (number | null)[]
  /** True while replay is paused, on request or by PostgreSQL. */
  readonly replayPaused: boolean
  /** Why it is paused; null while it is not. */
  readonly replayPause: ReplayPause | null
  /** Why replay makes no progress without a pause; null if it makes progress. */
  readonly replayStall: ReplayStall | 'unknown' | null
  readonly since: number | null
  /** null if the configuration has no source of backups: then nothing is known of them. */
  readonly backup: BackupView | null
  /** null before the first test. */
  readonly newConnections: NewConnectionsView | null
  /** The certificate that it showed last; absent: none. */
  readonly tls?: TlsFacts
  readonly otherHistory?: OtherHistory
  /** Of a primary, id of the database that counts for its server: both DSNs lead to one. Absent: it counts itself. */
  readonly sameServerAs?: string
  /** Of a server that was just read; unknown of the others. */
  readonly throughput: Throughput
  readonly pulse: DatabasePulse | null
}

/** There is no connection: `archive`: it restores WAL files (restore_command); `shared-storage`: it reads its writer’s storage. */
export type LinkState =
  | 'streaming'
  | 'catchup'
  | 'startup'
  | 'stopping'
  | 'backup'
  | 'archive'
  | 'shared-storage'
  | 'disconnected'
  | 'unknown'

/** One link from an upstream to its receiver. An unwatched end has a null id and an address. */
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
  /** Seconds to catch up at the present rates; 0 if caught up; null if unknown or never. */
  readonly catchUpSeconds: number | null
  /** How late the standby replays on purpose (recovery_min_apply_delay); null if it can't be read. */
  readonly delaySeconds: number | null
  /** The kind of its receiver: a watched standby, or another receiver of WAL. */
  readonly kind: SenderKind
  /** The connection as the upstream shows it; null if it shows none, or if several match. */
  readonly sender: WalSender | null
  /** The connections of the upstream that match; empty if `sender` is known. */
  readonly ambiguousSenders: readonly WalSender[]
  /** How the two ends were matched, the strongest evidence first (for the details view). */
  readonly evidence: readonly string[]
  /** False if the standby is neither configured nor reachable: drawn with a mark. */
  readonly configured: boolean
}

export interface SlotView extends ReplicationSlot {
  readonly databaseId: string
  /** Id of the standby that uses it, if known. */
  readonly usedBy: string | null
}

export interface Serving {
  /** Id of the server; in the model `databases` the id of the database. */
  readonly id: string
  readonly access: AccessLevel
}

/**
 * What a loss in bytes says. `as-read`: two readings that just came lie so far apart. `at-least`: so much was missing when
 * the primary last answered, and what it wrote after that is unknown. `at-most`: so much has the candidate not replayed, and the
 * archive that feeds it may hold some of that. `none-confirmed`: whatever the bytes are, every
 * commit that was confirmed had reached synchronous standbys, of which the candidate has the most. `shared-storage`: the
 * candidate reads the storage of the primary, so there is nothing that it lacks.
 */
export type LossBound = 'as-read' | 'at-least' | 'at-most' | 'none-confirmed' | 'shared-storage'

/** The cost if the serving primary failed now. */
export interface FailoverEstimate {
  readonly ifFails: string | null
  readonly candidate: string | null
  readonly lossBytes: number | null
  readonly lossSeconds: number | null
  readonly basis: 'live' | 'last-seen'
  /** Age of the primary's position that the loss is computed from, in milliseconds; 0 without a position. */
  readonly basisAgeMs: number
  /** null: nothing is known of the loss. */
  readonly lossBound: LossBound | null
  readonly writableInSeconds: number | null
  readonly blockers: readonly string[]
  readonly warnings: readonly string[]
}

/** A change for the event list. */
export interface ClusterEvent {
  readonly at: number
  readonly severity: 'ok' | 'info' | Severity
  readonly subject: Subject
  readonly subjectName: string
  readonly text: string
  /** The rule of its alert; absent without an alert. */
  readonly rule?: AlertRule
  /** The alert that this change of status raises; absent if it raises none. */
  readonly raises?: AlertRule
  /** It is about scheduled work; absent: it is about what is watched. */
  readonly category?: 'task'
  /** The text after "because"; absent if no cause was known at the time. */
  readonly cause?: string
}

/** A condition that has not lasted long enough to alert, or is about to clear: memory of the hysteresis. */
export interface PendingCondition {
  readonly rule: AlertRule
  readonly subject: Subject
  readonly severity: Severity
  readonly since: number
  /** Last time the condition held. */
  readonly lastTrueAt: number
}

export interface Picture {
  readonly at: number
  readonly health: Health
  readonly model: ModelId
  readonly serving: Serving | null
  /** Mirrored, while the link is cut: other databases that are writable for their own users at the same time. */
  readonly alsoServing: readonly Serving[]
  /** Ids in the order in which they would serve next, with their access. */
  readonly next: readonly Serving[]
  readonly servers: readonly ServerView[]
  /** Which server runs the schedules; null: the cluster has none that does. */
  readonly schedules: ScheduleRunner | null
  /** In drawing order: roots first, each followed by its subtree. */
  readonly databases: readonly DatabaseView[]
  /** How many of them are up. */
  readonly counts: { readonly servers: UpCount; readonly databases: UpCount }
  /** Poolers, proxies and addresses; empty where none is configured. */
  readonly entryPoints: readonly EntryPointView[]
  readonly hosts: readonly HostView[]
  readonly links: readonly LinkView[]
  /** Connected base backups, change data capture and logical subscribers. */
  readonly otherSenders: readonly OtherSenderView[]
  readonly slots: readonly SlotView[]
  /** Databases of one system that are writable at the same time, ranked; empty without any. */
  readonly splitBrains: readonly SplitBrain[]
  /** Both directions in the model `mirrored`, the primary server's database first; empty in the others. */
  readonly mirroring: readonly Mirroring[]
  readonly failover: FailoverEstimate
  /** The manager of the cluster; null without one. */
  readonly manager: ClusterManager | null
  /** As in the snapshot. */
  readonly portChecks?: readonly HostPortCheck[]
  /** Runs in progress, of this host or another one, as the servers show them. */
  readonly runs: readonly ClusterRun[]
  readonly alerts: readonly Alert[]
  readonly pending: readonly PendingCondition[]
}
