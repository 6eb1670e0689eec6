// The marked sessions of the list with the keys: `C` and `K` take them, whatever row is selected.

import type { Action } from '../../actions/definition/action.ts'
import type { State } from '../../state/state.ts'
import { currentSelection } from '../keys/bindings/selection.ts'

export interface MarkedSessions {
  /** Where they are: an action is for one database. */
  readonly databases: readonly string[]
  /** `PID@START,…` */
  readonly names: string
  readonly count: number
}

/** Those that are still there, if the action takes a list of sessions; null without marks, and in details. */
export function markedSessions(state: State, { fields }: Pick<Action, 'fields'>): MarkedSessions | null {
  if (state.navigation.details || !fields.some(({ name }) => name === 'sessions')) return null
  const here = currentSelection(state)
  const ids = new Set(here ? (state.navigation.marked[here.pane.id] ?? []) : [])
  if (!here || ids.size === 0) return null
  const targets = here.rows.filter(({ id }) => ids.has(id)).flatMap(({ actionTarget }) => actionTarget ?? [])
  if (targets.length === 0) return null
  const names = targets.map(({ input }) => [input.pid, input['backend-start'] ?? []].flat().join('@'))
  const databases = [...new Set(targets.map(({ database }) => database))]
  return { databases, names: names.join(','), count: targets.length }
}
