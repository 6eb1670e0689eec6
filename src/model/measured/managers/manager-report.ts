// The report of a manager, and what is known of it while it does not answer.

import type { Fault } from '../../values/fault.ts'
import type { ManagerKind, ManagerTraces } from './manager-signs.ts'

export interface ManagerMember {
  readonly name: string
  readonly host: string | null
  readonly port: number | null
  /** True for the member that the manager regards as the primary. */
  readonly isLeader: boolean
  /** Its state in the manager's own words. */
  readonly state: string | null
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
  readonly members: readonly ManagerMember[]
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
  /** The last report of a silent manager, and its time (milliseconds since the epoch); null if it never answered. */
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
