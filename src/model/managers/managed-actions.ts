// Which actions a manager carries out itself, undoes, or may undo, and the form of its own command for one.

import type { DatabaseView } from '../picture/picture.ts'
import type { ClusterManager } from './detection/cluster-manager.ts'
import type { ManagedMember } from './detection/manager-details.ts'

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
  /** The manager's name of the target; `MEMBER` if it is unknown. */
  readonly member: string
  /** What the manager tells of the target; null: nothing. */
  readonly managed: ManagedMember | null
  /** The target; null: the whole cluster, or it is not watched. */
  readonly node: DatabaseView | null
  readonly databases: readonly DatabaseView[]
  /** The primary that answers; null: none. With one a switchover is possible, else a failover. */
  readonly primary: DatabaseView | null
  /** Id of the standby that would take over; null: none, or unknown. */
  readonly candidate: string | null
  /** The upstream that a standby is to follow; null: none was chosen. */
  readonly upstream: DatabaseView | null
  /** The manager's agent beside the target does not run, or can't be reached. */
  readonly isAgentDown: boolean
  readonly targetHost: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

export type Command = readonly string[]

/** What a manager offers for an action. */
export interface ManagerCommand {
  /** In this order, each only after the one before has succeeded; empty: there is none. */
  readonly commands: readonly Command[]
  /** The place to run them, in words; for none: which of its tools to use. Empty: `effect` says why there is none. */
  readonly where: string
  /** What they do beyond the action, what they need first, or why there is none: whole sentences. Empty: nothing. */
  readonly effect: string
}

/** There is no command, for a reason: whole sentences. */
export function noCommand(effect: string): ManagerCommand {
  return { commands: [], where: '', effect }
}

/** The manager's name of a database; a word in capitals if it is unknown. */
export function memberNameOf({ manager }: Pick<ManagerCommandContext, 'manager'>, view: DatabaseView | null): string {
  return (view && manager.names[view.id]) ?? 'MEMBER'
}
