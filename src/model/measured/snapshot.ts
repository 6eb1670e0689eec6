// Everything the derived facts are computed from: specs, readings, short histories and what was last seen.

import type { Lsn } from '../values/lsn.ts'
import type { Reading } from '../values/reading.ts'
import type { ActingPrimary } from './acting-primary.ts'
import type { NewestBackup } from './backup.ts'
import type { HostFacts } from './host.ts'
import type { LastSeenManager, ManagerReading } from './managers/manager-report.ts'
import type { ObservedServers } from './observed-servers.ts'
import type { OnDemandReadings } from './on-demand.ts'
import type { HostPortCheck } from './port-check.ts'
import type { DatabasePulse, LocalHostPulse, RequiredSettings, ServerPulse } from './pulse.ts'
import type { ServerIdentity } from './server-identity.ts'
import type { ClusterSpec, DatabaseSpec, HostSpec, ServerSpec } from './spec.ts'
import type { TimelineHistory } from './timeline-history.ts'

/** One point of a database's recent past, for rates and trends. */
export interface DatabaseSample {
  readonly at: number
  /** Primary: written. Standby: received (or replayed where it never streamed). */
  readonly lsn: Lsn | null
  readonly replayedLsn: Lsn | null
  /** Bytes received but not yet replayed; null on a primary. */
  readonly backlogBytes: number | null
  /** True if the startup process of the standby waited for restore_command. Absent: it did not, or that is not known. */
  readonly isRestoring?: boolean
}

/** A node's last known position as a primary, kept on disk, so that losses can be told after it died. */
export interface LastSeenPrimary {
  readonly at: number
  readonly lsn: Lsn
  readonly timeline: number | null
  readonly systemIdentifier: string
  readonly settings: RequiredSettings
  /** Which server that was; absent where a version before this one wrote it. */
  readonly identity?: ServerIdentity | undefined
  /** Where it was read: what leads elsewhere is another one. Absent as above, and where the reading does not tell. */
  readonly endpoint?: { readonly host: string; readonly port: number } | undefined
}

export interface DatabaseRecord {
  readonly spec: DatabaseSpec
  /** What the user calls it; the spec's id when it was never renamed. */
  readonly displayName: string
  readonly pulse: Reading<DatabasePulse>
  /** Oldest first, at most HISTORY_LENGTH. */
  readonly history: readonly DatabaseSample[]
  readonly lastSeenAsPrimary: LastSeenPrimary | null
  /** Of the timeline that it was on when it was asked; absent: not read. */
  readonly timelineHistory?: TimelineHistory
  /** Which servers answered behind it; absent before the first. */
  readonly servers?: ObservedServers
  /** Its newest backup; waiting for ever where the config does not say how to find it. */
  readonly backup: Reading<NewestBackup>
  /** What managers said of themselves when asked at this database or its host; absent before the first answer. */
  readonly manager?: Reading<ManagerReading>
  /** What is asked only while it is looked at. */
  readonly onDemand: OnDemandReadings
}

export interface ServerRecord {
  readonly spec: ServerSpec
  readonly displayName: string
  readonly pulse: Reading<ServerPulse>
  readonly sessions: Reading<number>
  /** Recent latencies in milliseconds, oldest first; null for a poll without an answer. */
  readonly latencies: readonly (number | null)[]
}

/** One point of a host's recent past, for trends. */
export interface HostSample {
  readonly at: number
  /** Average over one minute. */
  readonly load: number | null
  /** Bytes that can still be written, by the path whose file system it is. */
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
  /** What hosts found that tried to reach what can't be reached from here; the latest try of each. */
  readonly portChecks?: readonly HostPortCheck[]
  /** Who acts as the primary until a restore; absent where nobody does. */
  readonly actingPrimary?: ActingPrimary | null
  /** The manager that was in charge when pgdeck last saw one, from the state folder; absent where none was. */
  readonly lastSeenManager?: LastSeenManager | null
  /** The host that pgdeck runs on. */
  readonly host: Reading<LocalHostPulse>
  /** Real interval now: `+` and `-` change it. */
  readonly intervalMs: number
  /**
   * Since when nothing was polled because somebody asked for a pause, until the first round after it; absent while polls
   * come. That time passes then shows nothing.
   */
  readonly pausedSince?: number
}

export const HISTORY_LENGTH = 150
