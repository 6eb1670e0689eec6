// The input of all derived facts: specs, readings, short histories, and the last known positions.

import type { AuditSourceRecord } from '../application-audit/entry.ts'
import type { Lsn } from '../values/lsn.ts'
import type { Reading } from '../values/reading.ts'
import type { ActingPrimary } from './acting-primary.ts'
import type { NewestBackup } from './backup.ts'
import type { NewConnectionRecord } from './connections/new-connections.ts'
import type { EntryPointRecord } from './entry-points/entry-point-reading.ts'
import type { ExchangeBacklog } from './exchange/exchange-backlog.ts'
import type { HostFacts } from './host.ts'
import type { LastSeenManager, ManagerReading } from './managers/manager-report.ts'
import type { ObservedServers } from './observed-servers.ts'
import type { OnDemandReadings } from './on-demand.ts'
import type { HostPortCheck } from './port-check.ts'
import type { DatabasePulse, LocalHostPulse, RequiredSettings, ServerPulse } from './pulse.ts'
import type { ServerIdentity } from './server-identity.ts'
import type { ClusterSpec, DatabaseSpec, HostSpec, ServerSpec } from './spec.ts'
import type { TimelineHistory } from './timeline-history.ts'

/** The counters of transactions of a server at one reading. */
export interface TransactionSample {
  readonly committed: number
  readonly rolledBack: number | null
  /** Counters with another text began anew, or count other databases. */
  readonly countedSince: string
}

/** One point of a database's history, for rates and trends. */
export interface DatabaseSample {
  readonly at: number
  /** Primary: written. Standby: received (or replayed if it never streamed). */
  readonly lsn: Lsn | null
  readonly replayedLsn: Lsn | null
  /** Bytes received but not yet replayed; null on a primary. */
  readonly backlogBytes: number | null
  /** True if the startup process of the standby waited for restore_command. Absent: it did not, or that is not known. */
  readonly isRestoring?: boolean
  /** Absent: not told. */
  readonly transactions?: TransactionSample
}

/** The last known position of a server as a primary, stored on disk so that a loss can be estimated after it failed. */
export interface LastSeenPrimary {
  readonly at: number
  readonly lsn: Lsn
  readonly timeline: number | null
  readonly systemIdentifier: string
  readonly settings: RequiredSettings
  /** Its server; absent in files of older versions. */
  readonly identity?: ServerIdentity | undefined
  /** The address of the reading: another address may be another server. Absent as above, and if unknown. */
  readonly endpoint?: { readonly host: string; readonly port: number } | undefined
}

export interface DatabaseRecord {
  readonly spec: DatabaseSpec
  /** The display name; the spec's id if it was never renamed. */
  readonly displayName: string
  readonly pulse: Reading<DatabasePulse>
  /** Oldest first, at most HISTORY_LENGTH. */
  readonly history: readonly DatabaseSample[]
  readonly lastSeenAsPrimary: LastSeenPrimary | null
  /** The history of its timeline when it was read; absent: not read. */
  readonly timelineHistory?: TimelineHistory
  /** The servers that answered behind it; absent before the first. */
  readonly servers?: ObservedServers
  /** Its newest backup. It stays pending if the configuration has no source of backups. */
  readonly backup: Reading<NewestBackup>
  /** What the configured query says of its changes that are not exchanged; absent before the first answer, and without a query. */
  readonly exchange?: Reading<ExchangeBacklog>
  /** The reports of managers at this database or its host; absent before the first. */
  readonly manager?: Reading<ManagerReading>
  /** What new connections show; absent before the first test. */
  readonly newConnections?: NewConnectionRecord
  /** The last new login of pgdeck; absent before the first. */
  readonly login?: Reading<null>
  /** Read only while its view is open. */
  readonly onDemand: OnDemandReadings
}

/** An address of a manager that belongs to the cluster rather than to one of its databases. */
export interface ManagerSource {
  /** As in the configuration, without secrets, e.g. `https://10.0.0.11:8008`. */
  readonly address: string
  readonly kind: 'patroni' | 'repmgr' | 'pg_auto_failover' | 'cloudnativepg'
  readonly configFile?: string
  readonly reading: Reading<ManagerReading>
}

export interface ServerRecord {
  readonly spec: ServerSpec
  readonly displayName: string
  readonly pulse: Reading<ServerPulse>
  readonly sessions: Reading<number>
  /** Recent latencies in milliseconds, oldest first; null for a poll without an answer. */
  readonly latencies: readonly (number | null)[]
  /** Its own audit, in the order of `auditSources`; absent before the first reading. */
  readonly audits?: readonly AuditSourceRecord[]
}

/** One point of a host's history, for trends. */
export interface HostSample {
  readonly at: number
  /** Average over one minute. */
  readonly load: number | null
  /** Bytes that can still be written, by a path on that file system. */
  readonly availableBytes: Readonly<Record<string, number>>
}

export interface HostRecord {
  readonly spec: HostSpec
  readonly facts: Reading<HostFacts>
  /** Oldest first, at most HISTORY_LENGTH. */
  readonly history: readonly HostSample[]
}

export interface ClusterSnapshot {
  readonly spec: ClusterSpec
  readonly databases: readonly DatabaseRecord[]
  readonly servers: readonly ServerRecord[]
  readonly hosts: readonly HostRecord[]
  /** The latest result of each host that tried an unreachable target. */
  readonly portChecks?: readonly HostPortCheck[]
  /** The acting primary until a restore; absent if there is none. */
  readonly actingPrimary?: ActingPrimary | null
  /** The manager of an earlier time, from the state folder; absent if there was none. */
  readonly lastSeenManager?: LastSeenManager | null
  /** Declared addresses of the manager that are no database's; absent: none. */
  readonly managerSources?: readonly ManagerSource[]
  /** Poolers, proxies and addresses with what is known of them; absent: none is configured, or none has answered. */
  readonly entryPoints?: readonly EntryPointRecord[]
  /** The host that pgdeck runs on. */
  readonly host: Reading<LocalHostPulse>
  /** The current interval: `+` and `-` change it. */
  readonly intervalMs: number
  /**
   * When polling was paused on request, until the first round after it; absent while it is polled. Time that passes
   * meanwhile means nothing.
   */
  readonly pausedSince?: number
}

export const HISTORY_LENGTH = 150
