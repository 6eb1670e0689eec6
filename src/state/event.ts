// The union of all events that can change the state. Measurements come from the engines, the rest from keys.

import type { ApplicationAuditReading } from '../model/application-audit/entry.ts'
import type { AuditCheck, AuditEntry } from '../model/events/audit-entry.ts'
import type { ActingPrimary } from '../model/measured/acting-primary.ts'
import type { NewestBackup } from '../model/measured/backup.ts'
import type { NewConnectionFacts } from '../model/measured/connections/new-connections.ts'
import type { EntryPointReading } from '../model/measured/entry-points/entry-point-reading.ts'
import type { ExchangeBacklog } from '../model/measured/exchange/exchange-backlog.ts'
import type { HostFacts } from '../model/measured/host.ts'
import type { LastSeenManager, ManagerReading } from '../model/measured/managers/manager-report.ts'
import type { ObservedServer, ObservedServers } from '../model/measured/observed-servers.ts'
import type { OnDemandQuery, OnDemandResults } from '../model/measured/on-demand.ts'
import type { DatabasePulse, LocalHostPulse, ServerPulse } from '../model/measured/pulse.ts'
import type { LastSeenPrimary } from '../model/measured/snapshot.ts'
import type { ClusterSpec } from '../model/measured/spec.ts'
import type { TimelineHistory } from '../model/measured/timeline-history.ts'
import type { ProbeOutcome } from '../model/values/reading.ts'
import type { ActionEvent, InterruptedRunsEvent } from './action-state.ts'
import type { DiagnosisEvent } from './diagnosis.ts'
import type { NavigationEvent } from './navigation.ts'
import type { RecordedPast } from './past/recorded-past.ts'
import type { PortCheckedEvent } from './port-checks.ts'
import type { SilenceEvent } from './silences.ts'
import type { HistoryMoment, Notice } from './state.ts'
import type { TourEvent } from './tour.ts'

/** The outcome of one query, by its id. */
export type QueryOutcome = {
  [Id in OnDemandQuery]: { readonly id: Id; readonly outcome: ProbeOutcome<OnDemandResults[Id]> }
}[OnDemandQuery]

export type MeasurementEvent =
  | {
      readonly type: 'database-probed'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<DatabasePulse>
    }
  | {
      readonly type: 'server-probed'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<ServerPulse>
    }
  | {
      readonly type: 'sessions-counted'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<number>
    }
  /** `source`: the place of the source in the server's `auditSources`. */
  | {
      readonly type: 'application-audit-read'
      readonly cluster: string
      readonly id: string
      readonly source: number
      readonly at: number
      readonly outcome: ProbeOutcome<ApplicationAuditReading>
    }
  | {
      readonly type: 'query-completed'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly answer: QueryOutcome
    }
  | {
      readonly type: 'backup-checked'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<NewestBackup>
    }
  | {
      readonly type: 'exchange-read'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<ExchangeBacklog>
    }
  | {
      readonly type: 'new-connection-tested'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<NewConnectionFacts>
    }
  | {
      readonly type: 'logged-in-anew'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<null>
    }
  | {
      readonly type: 'manager-polled'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<ManagerReading>
    }
  | {
      readonly type: 'manager-source-polled'
      readonly cluster: string
      readonly address: string
      readonly at: number
      readonly outcome: ProbeOutcome<ManagerReading>
    }
  /** A pooler, a proxy or an address of the cluster. */
  | {
      readonly type: 'entry-point-polled'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<EntryPointReading>
    }
  /** Once for each timeline and start of a server, if this role has REPLICATION. */
  | {
      readonly type: 'history-read'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly history: TimelineHistory
    }
  /** A session of an action met this server behind a database. */
  | {
      readonly type: 'server-identified'
      readonly cluster: string
      readonly id: string
      readonly server: ObservedServer
    }
  /** A configured host; `own-host-probed` is the host of pgdeck. */
  | {
      readonly type: 'host-probed'
      readonly cluster: string
      readonly id: string
      readonly at: number
      readonly outcome: ProbeOutcome<HostFacts>
    }
  | { readonly type: 'own-host-probed'; readonly at: number; readonly outcome: ProbeOutcome<LocalHostPulse> }
  | { readonly type: 'poll-ended'; readonly cluster: string; readonly tookMs: number }
  /** Derives everything again. The store itself dispatches it before it publishes measurements. */
  | { readonly type: 'derive-requested'; readonly at: number }
  /** The cluster's spec has more or fewer targets (discovery). Records of known ids stay. */
  | { readonly type: 'spec-changed'; readonly cluster: string; readonly spec: ClusterSpec }

export type PersistedEvent =
  /** Display names by id. An id without a name is shown itself. */
  | { readonly type: 'names-loaded'; readonly cluster: string; readonly names: Readonly<Record<string, string>> }
  | { readonly type: 'renamed'; readonly cluster: string; readonly id: string; readonly name: string }
  | {
      readonly type: 'last-seen-loaded'
      readonly cluster: string
      readonly seen: Readonly<Record<string, LastSeenPrimary>>
    }
  | {
      readonly type: 'servers-loaded'
      readonly cluster: string
      readonly seen: Readonly<Record<string, ObservedServers>>
    }
  | { readonly type: 'manager-loaded'; readonly cluster: string; readonly manager: LastSeenManager }
  /** The acting primary of the cluster; null: none. */
  | { readonly type: 'acting-loaded'; readonly cluster: string; readonly actingPrimary: ActingPrimary | null }

export type AuditLogEvent =
  /** The content of the file, the newest entry first. It replaces all known entries. */
  | { readonly type: 'audit-read'; readonly entries: readonly AuditEntry[] }
  /** Entries that this program wrote to it, the newest first. */
  | { readonly type: 'audit-written'; readonly entries: readonly AuditEntry[] }
  | { readonly type: 'audit-checked'; readonly check: AuditCheck }

export type ProgramEvent =
  | { readonly type: 'ticked'; readonly at: number }
  | { readonly type: 'pause-set'; readonly paused: boolean }
  | { readonly type: 'interval-set'; readonly intervalMs: number }
  | { readonly type: 'notified'; readonly notice: Notice | null }
  /** A fault of the demo. */
  | { readonly type: 'fault-made' }

/** Moments of a recording were read. */
interface PastEvent {
  readonly type: 'past-loaded'
  readonly past: RecordedPast<HistoryMoment>
}

export type Event =
  | MeasurementEvent
  | PortCheckedEvent
  | DiagnosisEvent
  | PersistedEvent
  | SilenceEvent
  | AuditLogEvent
  | ProgramEvent
  | NavigationEvent
  | ActionEvent
  | InterruptedRunsEvent
  | TourEvent
  | PastEvent
