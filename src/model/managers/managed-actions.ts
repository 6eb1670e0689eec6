// Which actions a manager carries out itself, undoes, or may undo.

import type { ClusterManager } from './detection/cluster-manager.ts'

/**
 * Actions that change a role, an upstream or the data. Without the manager's knowledge it undoes them, or they do
 * harm.
 */
export const ROLE_ACTIONS = [
  'promote',
  'switchover',
  'failback',
  'rebuild-replica',
  'follow',
  'decommission',
  'fence',
  'unfence',
  'start',
  'stop',
  'restart',
  'rolling-restart',
  'build-read-only',
  'ha-setup',
] as const

/** Settings that a manager may undo, or keeps in its own configuration. */
export const MINOR_ACTIONS = [
  'create-slot',
  'drop-slot',
  'add-hba-entry',
  'reload',
  'pause-replay',
  'resume-replay',
] as const

/** Settings that a manager keeps in its own configuration: its value and that of ALTER SYSTEM would contradict each other. */
const PARAMETER_ACTIONS = ['change-setting'] as const

/** Other actions do not concern a manager. */
export const MANAGED_ACTIONS = [...ROLE_ACTIONS, ...PARAMETER_ACTIONS, ...MINOR_ACTIONS] as const
export type ManagedAction = (typeof MANAGED_ACTIONS)[number]

export function isManagedAction(action: string): action is ManagedAction {
  return (MANAGED_ACTIONS as readonly string[]).includes(action)
}

/** Whether a manager may undo it, and nothing worse. */
export function isMinorAction(act: ManagedAction): boolean {
  return (MINOR_ACTIONS as readonly string[]).includes(act)
}

/** One action on one cluster. */
export interface ManagerCommandContext {
  readonly manager: ClusterManager
  readonly action: ManagedAction
  /** The manager's name of the target. */
  readonly member: string
  /** True while a primary answers: then a switchover is possible, else a failover. */
  readonly hasPrimary: boolean
  /** The manager's agent beside the target does not run, or can't be reached. */
  readonly isAgentDown: boolean
  readonly targetHost: string
}

/** The command (null: none is known), and the place to run it in words. */
export type ManagerCommand = readonly [command: readonly string[] | null, where: string]
