// The registry of actions: everything pgdeck can do to a cluster, with what each profile adds or does its own way.

import { customAction } from '../actions/custom.ts'
import type { Action } from '../actions/definition/action.ts'
import { createActions } from '../actions/index.ts'
import type { ClusterConfig } from '../config/config.ts'
import { PROFILE_ACTIONS } from './registered.ts'

export const ACTIONS: readonly Action[] = createActions(PROFILE_ACTIONS)

/** Everything that can be done to one cluster: these, and the actions of its config. */
export function actionsFor({ actions = [] }: Pick<ClusterConfig, 'actions'>): readonly Action[] {
  return [...ACTIONS, ...actions.map(customAction)]
}
