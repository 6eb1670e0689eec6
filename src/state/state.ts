// Everything that the program knows at one moment. Readonly: only reducers make the next state.

import type { Silence } from '../model/alerts/silence.ts'
import type { AuditCheck, AuditEntry } from '../model/events/audit-entry.ts'
import type { ActingPrimary } from '../model/measured/acting-primary.ts'
import type { EntryPointRecord } from '../model/measured/entry-points/entry-point-reading.ts'
import type { LastSeenManager } from '../model/measured/managers/manager-report.ts'
import type { HostPortCheck } from '../model/measured/port-check.ts'
import type { LocalHostPulse } from '../model/measured/pulse.ts'
import type { DatabaseRecord, HostRecord, ManagerSource, ServerRecord } from '../model/measured/snapshot.ts'
import type { ClusterSpec } from '../model/measured/spec.ts'
import type { ClusterEvent, Picture } from '../model/picture/picture.ts'
import type { Reading } from '../model/values/reading.ts'
import type { ActionState, InterruptedRun } from './action-state.ts'
import type { DiagnosisRun } from './diagnosis.ts'
import type { Navigation } from './navigation.ts'
import type { RecordedPast } from './past/recorded-past.ts'
import type { TourCaption } from './tour.ts'

/** Everything measured, as published at one time. It holds references, so that unchanged parts use no more memory. */
export interface HistoryMoment {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly clusters: readonly ClusterState[]
  readonly host: Reading<LocalHostPulse>
  /** Estimated bytes that it uses beyond the moment before it. */
  readonly weight: number
}

/** Oldest first. */
export type StateHistory = readonly HistoryMoment[]

export interface ClusterState {
  readonly spec: ClusterSpec
  readonly databases: readonly DatabaseRecord[]
  readonly servers: readonly ServerRecord[]
  readonly hosts: readonly HostRecord[]
  /** Results of hosts that tried targets which this host can't reach; absent before the first. */
  readonly portChecks?: readonly HostPortCheck[]
  /** A read-only server that acts as the primary; absent if there is none. */
  readonly actingPrimary?: ActingPrimary
  /** The manager of an earlier start; absent if there was none. */
  readonly managerBefore?: LastSeenManager
  /** What was heard of the declared manager as a whole; absent before the first answer. */
  readonly managerSources?: readonly ManagerSource[]
  /** Poolers, proxies and addresses with their readings; absent before the first answer. */
  readonly entryPoints?: readonly EntryPointRecord[]
  /** Derived once per publish; null before the first. */
  readonly picture: Picture | null
  /** True after every target has answered or failed once. Before that, no event is reported. */
  readonly complete: boolean
  /** Newest first, at most EVENTS_KEPT. */
  readonly events: readonly ClusterEvent[]
  /** Alerts that are acknowledged or silenced. */
  readonly silences: readonly Silence[]
  /** Duration of the latest round of polls, in milliseconds. */
  readonly pollDurationMs: number | null
  /** When polling was paused, until the first round after the pause has ended; absent while it is polled. */
  readonly pollingPausedSince?: number
}

/** A short message of the program itself, for the line above the footer. */
export interface Notice {
  readonly at: number
  readonly severity: 'info' | 'warning' | 'error'
  readonly text: string
}

export interface State {
  /** The program's clock. Views never ask the system. */
  readonly now: number
  readonly startedAt: number
  readonly intervalMs: number
  readonly paused: boolean
  readonly readOnly: boolean
  /** The user's own keys: the ids of bindings, each with its key. */
  readonly keys: Readonly<Record<string, string>>
  readonly clusters: readonly ClusterState[]
  /** The host that pgdeck runs on. */
  readonly host: Reading<LocalHostPulse>
  readonly notice: Notice | null
  /** A fault of the demo was made; absent before the first. */
  readonly faultMade?: true
  /** The audit log of all clusters, the newest entry first, at most TRAIL_KEPT. */
  readonly auditEntries: readonly AuditEntry[]
  /** The result of verifying the audit log. */
  readonly auditVerification: AuditCheck
  /** True if moments are recorded, one per interval. */
  readonly recordsHistory: boolean
  readonly history: StateHistory
  /** What was recorded in files; absent: there is nothing, or nothing is recorded. */
  readonly past?: RecordedPast<HistoryMoment>
  /** The running or last diagnosis; absent before the first. */
  readonly diagnosis?: DiagnosisRun
  readonly navigation: Navigation
  /** The action on the screen; null if there is none. */
  readonly action: ActionState | null
  /** Runs that were interrupted before this program started. */
  readonly cutOff: readonly InterruptedRun[]
  /** The line of the guided tour; absent or null without one. */
  readonly tour?: TourCaption | null
}

export const MAX_EVENTS = 500
export const MAX_AUDIT_ENTRIES = 1_000
