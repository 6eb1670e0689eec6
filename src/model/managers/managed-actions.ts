// Which acts a manager does itself, undoes, or may undo.

import type { ClusterManager } from './detection/cluster-manager.ts'

/** What changes a role, what a database follows, or its data: done behind a manager's back it is undone, or does harm. */
export const ROLE_ACTIONS = [
  'promote',
  'switchover',
  'failback',
  'rebuild-replica',
  'follow',
  'decommission',
  'fence',
  'unfence',
  'build-read-only',
  'ha-setup',
] as const

/** What a manager may undo, or keeps in its own configuration. */
export const MINOR_ACTIONS = [
  'create-slot',
  'drop-slot',
  'add-hba-entry',
  'reload',
  'pause-replay',
  'resume-replay',
] as const

/** Others are none of its business. */
export const MANAGED_ACTIONS = [...ROLE_ACTIONS, ...MINOR_ACTIONS] as const
export type ManagedAction = (typeof MANAGED_ACTIONS)[number]

export function isManagedAction(action: string): action is ManagedAction {
  return (MANAGED_ACTIONS as readonly string[]).includes(action)
}

/** Whether a manager at most undoes it. */
export function isMinorAction(act: ManagedAction): boolean {
  return (MINOR_ACTIONS as readonly string[]).includes(act)
}

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
