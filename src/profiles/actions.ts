// The registry of actions: everything that pgdeck can do to a cluster, with the profiles' own actions and plans.

import { customAction } from '../actions/custom.ts'
import type { Action } from '../actions/definition/action.ts'
import { createActions } from '../actions/index.ts'
import type { ClusterConfig } from '../config/config.ts'
import { PROFILE_ACTIONS } from './registered.ts'

export const ACTIONS: readonly Action[] = createActions(PROFILE_ACTIONS)

/** Returns all actions of one cluster: these, and the actions of its configuration. */
export function actionsFor({ actions = [] }: Pick<ClusterConfig, 'actions'>): readonly Action[] {
  return [...ACTIONS, ...actions.map(customAction)]
}
