// What a manager says of itself, and what is known of it where it does not answer.

import type { Fault } from '../../values/fault.ts'
import type { ManagerKind, ManagerTraces } from './manager-signs.ts'

export interface ManagerMember {
  readonly name: string
  readonly host: string | null
  readonly port: number | null
  /** True for the one that the manager holds for the primary. */
  readonly isLeader: boolean
  /** Its state in the manager's own words. */
  readonly state: string | null
}

/** What a manager says of itself: Patroni's REST, or the tables of the other two. */
export interface ManagerReport {
  readonly kind: ManagerKind
  /** Where it said so, e.g. `Patroni at http://db-1:8008` or `repmgr.nodes`. */
  readonly source: string
  /** Patroni's scope or pg_auto_failover's formation; null where there is none. */
  readonly scope: string | null
  /** null where it was not told. */
  readonly systemIdentifier: string | null
  readonly paused: boolean | null
  readonly members: readonly ManagerMember[]
}

/** An agent that was asked and did not answer as one. */
export interface UnresponsiveAgent {
  /** As in the configuration, e.g. `http://db-1:8008`. */
  readonly address: string
  readonly problem: Fault
  /** How often in a row. */
  readonly failures: number
}

/** One look at whatever manages one database. */
export interface ManagerReading {
  /** What answered now. */
  readonly reports: readonly ManagerReport[]
  readonly unresponsiveAgent: UnresponsiveAgent | null
  /** What the silent one said last, and when (milliseconds since the epoch); null where it was never heard. */
  readonly lastReport: { readonly report: ManagerReport; readonly at: number } | null
  /** null: could not be asked. */
  readonly traces: ManagerTraces | null
}

/** A manager that was in charge when it was last seen; kept in the state folder. */
export interface LastSeenManager {
  readonly kind: ManagerKind
  readonly scope: string | null
  readonly systemIdentifier: string
  /** Milliseconds since the epoch. */
  readonly at: number
}
