// The report of a manager, and what is known of it while it does not answer.

import type { Fault } from '../../values/fault.ts'
import type { MemberFacts } from './manager-member.ts'
import type { ManagerKind, ManagerTraces } from './manager-signs.ts'

export interface ManagerMember {
  readonly name: string
  readonly host: string | null
  readonly port: number | null
  /** True for the member that the manager regards as the primary. */
  readonly isLeader: boolean
  /** Its state in the manager's own words. */
  readonly state: string | null
  /** What else the manager tells of it; absent: nothing. */
  readonly facts?: MemberFacts
}

/** What one agent of Patroni tells of itself (`/patroni`). */
export interface AgentReport {
  /** Host and port that were asked. */
  readonly address: string
  /** The name of its member; null: this version does not tell. */
  readonly name: string | null
  readonly version: string
  readonly state: string | null
  /** When it last reached its configuration store, by its own clock; null: not told. */
  readonly dcsSeenAt: number | null
  /** It knows of no leader. */
  readonly isUnlocked: boolean
  /** It goes on without the store, because all members agreed (failsafe mode). */
  readonly isFailsafe: boolean
  readonly hasWatchdogFailed: boolean
}

/** Settings of the whole cluster, as far as a manager tells them. */
export interface ManagerSettings {
  /** How long the lock of a leader lasts without its renewal. */
  readonly ttlSeconds: number
  readonly loopWaitSeconds: number
  readonly retrySeconds: number
  /** A member that is further behind does not take over; null: no limit. */
  readonly mostLagBytes: number | null
  readonly synchronousMode: 'off' | 'on' | 'quorum'
  readonly isStrict: boolean
  readonly isFailsafeMode: boolean
  /** The cluster follows another one: no member is writable. */
  readonly isStandbyCluster: boolean
}

export interface ScheduledSwitchover {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly from: string | null
  /** null: the manager chooses. */
  readonly to: string | null
}

/** The newest event that a manager tells of. */
export interface ManagerEvent {
  /** null: it has no time. */
  readonly at: number | null
  readonly text: string
}

/** What an operator in Kubernetes tells of its cluster beyond members. Times are milliseconds since the epoch; null: not told. */
export interface OperatorReport {
  readonly namespace: string | null
  /** What it is at, in its own words. */
  readonly phase: string | null
  readonly phaseReason: string | null
  readonly currentPrimary: string | null
  /** Another one than the current primary while it changes the primary; `pending` while it has chosen none. */
  readonly targetPrimary: string | null
  /** Since when the primary is unhealthy. */
  readonly failingSince: number | null
  readonly wantedInstances: number | null
  readonly readyInstances: number | null
  readonly isHibernated: boolean
  readonly inNodeMaintenance: boolean
  /** When a reload or a restart was asked for last, as the annotations say. */
  readonly reloadAskedAt: string | null
  readonly restartAskedAt: string | null
  readonly certificates: readonly { readonly name: string; readonly expiresAt: number }[]
  readonly firstRecoverableAt: number | null
  readonly lastBackupAt: number | null
  readonly lastFailedBackupAt: number | null
}

/** The report of a manager: from Patroni's REST API, or from the tables of the other two. */
export interface ManagerReport {
  readonly kind: ManagerKind
  /** The source, e.g. `Patroni at http://db-1:8008` or `repmgr.nodes`. */
  readonly source: string
  /** Patroni's scope or pg_auto_failover's formation; null where there is none. */
  readonly scope: string | null
  /** null if it was not reported. */
  readonly systemIdentifier: string | null
  readonly paused: boolean | null
  /** Empty also if the members could not be read. */
  readonly members: readonly ManagerMember[]
  /** Why the members are missing, although the agent answers; null: they are there. */
  readonly membersProblem?: Fault | null
  /** Of Patroni only. */
  readonly agent?: AgentReport
  /** null or absent: not told. */
  readonly settings?: ManagerSettings | null
  readonly scheduledSwitchover?: ScheduledSwitchover | null
  readonly lastEvent?: ManagerEvent | null
  /** How many standbys must confirm a commit (number_sync_standbys): of pg_auto_failover only. null: not told. */
  readonly syncStandbys?: number | null
  /** Of CloudNativePG only. */
  readonly operator?: OperatorReport | null
  /** Whether repmgr’s daemon runs beside this server; null: not told. */
  readonly isDaemonRunning?: boolean | null
}

/** An agent that was asked and did not answer, or not as an agent does. */
export interface UnresponsiveAgent {
  /** As in the configuration, e.g. `http://db-1:8008`. */
  readonly address: string
  readonly problem: Fault
  /** Failures in a row. */
  readonly failures: number
}

/** One reading of the manager of a database. */
export interface ManagerReading {
  /** The reports of this reading. */
  readonly reports: readonly ManagerReport[]
  readonly unresponsiveAgent: UnresponsiveAgent | null
  /** The last report with members, of a manager that tells none now: its time in milliseconds since the epoch. */
  readonly lastReport: { readonly report: ManagerReport; readonly at: number } | null
  /** null: they could not be read. */
  readonly traces: ManagerTraces | null
}

/** The manager of an earlier time, stored in the state folder. */
export interface LastSeenManager {
  readonly kind: ManagerKind
  readonly scope: string | null
  readonly systemIdentifier: string
  /** Milliseconds since the epoch. */
  readonly at: number
}
