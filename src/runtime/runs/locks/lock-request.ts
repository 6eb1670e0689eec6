// What a run asks of the servers of its cluster, and what it gets once it has locked them.

import type { PlanningView } from '../../../actions/definition/action.ts'
import type { RunLockSession } from '../../../io/postgres/run-lock-session.ts'
import type { ServerLock } from '../../../io/postgres/server-identity.ts'

/** The check id for `--override`. */
export const RUN_LOCK_CHECK = 'run-lock'

export interface LockRequest {
  /** The cluster by readings of the last seconds. */
  readonly clusterView: PlanningView
  /** Id of the run's target; null for the whole cluster. */
  readonly target: string | null
  readonly steps: number
  /** Why another run's lock is overruled; null: it is not. */
  readonly overrideReason: string | null
  /** Opens a session with the server behind that database. Throws FaultError. */
  readonly open: (database: string) => Promise<RunLockSession>
  /** Reads everything again. */
  readonly refresh: () => Promise<PlanningView>
  readonly say: (text: string) => void
}

/** What a run is about to do. */
export interface LockCheckpoint {
  readonly clusterView: PlanningView
  /** Number of its step, from 1. */
  readonly step: number
  /** Ids of databases whose server this run stopped or started: it expects to lose their locks. */
  readonly restarted: ReadonlySet<string>
}

export interface ClusterLock {
  /** The overruled runs, as text; empty if there is none. */
  readonly overruled: readonly string[]
  /**
   * Verifies that this run still has the cluster, and publishes the number of its step. Also locks servers that became
   * readable. Returns why the run must not continue; null if it may. Never throws.
   */
  keep(now: LockCheckpoint): Promise<string | null>
  /**
   * Returns why the lock is lost, without asking the servers; null if it seems held. `restarted` as in LockCheckpoint.
   */
  lostBy(restarted: ReadonlySet<string>): string | null
  /** The session that holds or held that database's server; null if there was none. The lock may be lost by now. */
  holdingOn(database: string): ServerLock | null
  /** Never throws. */
  release(): Promise<void>
}
