// Everything the program knows at one moment. Readonly: only reducers make the next one.

import type { Silence } from '../model/alerts/silence.ts'
import type { AuditCheck, AuditEntry } from '../model/events/audit-entry.ts'
import type { ActingPrimary } from '../model/measured/acting-primary.ts'
import type { LastSeenManager } from '../model/measured/managers/manager-report.ts'
import type { HostPortCheck } from '../model/measured/port-check.ts'
import type { LocalHostPulse } from '../model/measured/pulse.ts'
import type { DatabaseRecord, HostRecord, ServerRecord } from '../model/measured/snapshot.ts'
import type { ClusterSpec } from '../model/measured/spec.ts'
import type { ClusterEvent, Picture } from '../model/picture/picture.ts'
import type { Reading } from '../model/values/reading.ts'
import type { ActionState, InterruptedRun } from './action-state.ts'
import type { DiagnosisRun } from './diagnosis.ts'
import type { Navigation } from './navigation.ts'

/** Everything measured, as it was published at one time. Holds references: what did not change is there once. */
export interface HistoryMoment {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly clusters: readonly ClusterState[]
  readonly host: Reading<LocalHostPulse>
  /** Bytes that it keeps in memory beyond the moment before it, estimated. */
  readonly weight: number
}

/** Oldest first. */
export type StateHistory = readonly HistoryMoment[]

export interface ClusterState {
  readonly spec: ClusterSpec
  readonly databases: readonly DatabaseRecord[]
  readonly servers: readonly ServerRecord[]
  readonly hosts: readonly HostRecord[]
  /** What hosts found that tried to reach what can't be reached from here; absent before the first. */
  readonly knocks?: readonly HostPortCheck[]
  /** A read-only server that acts as the primary; absent where none does. */
  readonly acting?: ActingPrimary
  /** The manager that was in charge at an earlier start; absent where none was. */
  readonly managerBefore?: LastSeenManager
  /** Derived once per publish; null before the first. */
  readonly picture: Picture | null
  /** True once every target has answered or failed once: before that nothing is told as an event. */
  readonly complete: boolean
  /** Newest first, at most EVENTS_KEPT. */
  readonly events: readonly ClusterEvent[]
  /** Alerts that were acknowledged or silenced, and are still. */
  readonly silences: readonly Silence[]
  /** How long the latest round of polls took, in milliseconds. */
  readonly pollDurationMs: number | null
  /** When polling was paused, until the first round after the pause has ended; absent while it is polled. */
  readonly restsSince?: number
}

/** A short message of the program itself, for the line above the footer. */
export interface Notice {
  readonly at: number
  readonly severity: 'info' | 'warning' | 'error'
  readonly text: string
}

export interface State {
  /** The program's clock; views never ask the system. */
  readonly now: number
  readonly startedAt: number
  readonly intervalMs: number
  readonly paused: boolean
  readonly readOnly: boolean
  /** The user's own keys: ids of actions, and the key that each has instead of its usual one. */
  readonly keys: Readonly<Record<string, string>>
  readonly clusters: readonly ClusterState[]
  /** The host that pgdeck runs on. */
  readonly host: Reading<LocalHostPulse>
  readonly notice: Notice | null
  /** What the audit trail holds of all clusters, the newest first, at most TRAIL_KEPT. */
  readonly auditEntries: readonly AuditEntry[]
  /** Whether the trail was touched, as far as it was looked at. */
  readonly auditVerification: AuditCheck
  /** True where somebody may look back: then each interval leaves a moment. */
  readonly recordsHistory: boolean
  readonly history: StateHistory
  /** The diagnosis that runs or ran last; absent before the first. */
  readonly diagnosis?: DiagnosisRun
  readonly navigation: Navigation
  /** What is being done to a cluster; null while nothing is. */
  readonly action: ActionState | null
  /** Runs that were cut off before this program started. */
  readonly cutOff: readonly InterruptedRun[]
}

export const MAX_EVENTS = 500
export const MAX_AUDIT_ENTRIES = 1_000
