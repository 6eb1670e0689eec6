// What a run wants of the servers of its cluster, and what it has once it holds them.

import type { PlanningView } from '../../../actions/definition/action.ts'
import type { RunLockSession } from '../../../io/postgres/run-lock-session.ts'
import type { ServerLock } from '../../../io/postgres/server-identity.ts'

/** What `--override` names. */
export const RUN_LOCK_CHECK = 'run-lock'

export interface LockRequest {
  /** What is known of the cluster, by readings of the last seconds. */
  readonly sight: PlanningView
  /** Id of what the run acts on; null for the cluster as a whole. */
  readonly target: string | null
  readonly steps: number
  /** Why somebody else's run is overruled; null: it is not. */
  readonly overrideReason: string | null
  /** Opens a session with the server that leads to that database. Throws FaultError. */
  readonly open: (database: string) => Promise<RunLockSession>
  /** Reads everything anew. */
  readonly look: () => Promise<PlanningView>
  readonly say: (text: string) => void
}

/** What a run is about to do. */
export interface LockCheckpoint {
  readonly sight: PlanningView
  /** Number of its step, from 1. */
  readonly step: number
  /** Ids of databases whose server this run has stopped or started: what is lost there is its own doing. */
  readonly restarted: ReadonlySet<string>
}

export interface ClusterLock {
  /** Whose run was overruled, in words; empty where nobody's was. */
  readonly overruled: readonly string[]
  /**
   * Makes sure that the cluster is still this run's, and says so to everybody with the number of the step. Servers that
   * have become readable are taken too. Answers with why the run must not go on; null when it may. Never throws.
   */
  keep(now: LockCheckpoint): Promise<string | null>
  /** Why it is lost, by what is known without asking; null where it seems not to be. `restarted` as in a moment. */
  lostBy(restarted: ReadonlySet<string>): string | null
  /** The session by which that database's server is or was held; null where none was. It may be lost by now. */
  holdingOn(database: string): ServerLock | null
  /** Never throws. */
  release(): Promise<void>
}
