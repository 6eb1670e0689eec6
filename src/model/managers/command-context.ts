// One act that a manager does itself, and what is told to use instead.

import type { ClusterManager } from './detection/cluster-manager.ts'
import type { ManagedAction } from './managed-actions.ts'

/** One act on one cluster. */
export interface ManagerCommandContext {
  readonly manager: ClusterManager
  readonly action: ManagedAction
  /** What the manager calls the target. */
  readonly member: string
  /** True while a primary answers: then a role is handed over, not taken. */
  readonly hasPrimary: boolean
  /** The manager's agent beside the target does not run, or can't be reached. */
  readonly isAgentDown: boolean
  readonly targetHost: string
}

/** The command (null: none is known), and where to run it in words. */
export type ManagerCommand = readonly [command: readonly string[] | null, where: string]
