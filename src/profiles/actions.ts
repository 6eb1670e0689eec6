// The registry of actions: everything that pgdeck can do to a cluster, with the profiles' own actions and plans.

import { customAction } from '../actions/custom.ts'
import type { Action } from '../actions/definition/action.ts'
import { createActions } from '../actions/index.ts'
import type { ClusterConfig } from '../config/config.ts'
import { PROFILE_ACTIONS } from './registered.ts'

export const ACTIONS: readonly Action[] = createActions(PROFILE_ACTIONS)

/**
 * Returns all actions of one cluster: these, and the actions of its configuration, which take the place of those that
 * yield to them.
 */
export function actionsFor({ actions = [] }: Pick<ClusterConfig, 'actions'>): readonly Action[] {
  return [...ACTIONS.filter((action) => !isReplaced(action, actions)), ...actions.map(customAction)]
}

/** Whether an action of the configuration with the same name takes its place. */
export function isReplaced(
  { name, yieldsToOwn = false }: Pick<Action, 'name' | 'yieldsToOwn'>,
  own: readonly { readonly name: string }[] | undefined,
): boolean {
  return yieldsToOwn && (own ?? []).some((each) => each.name === name)
}
