// For a screen reader, which reads everything again whenever something changes: figures alone change nothing.

import { runText } from '../../model/runs/lock/cluster-run.ts'
import { shownState } from '../../state/select/shown-state.ts'
import type { State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'

export interface ThrottledStates extends Pick<Store, 'subscribe' | 'published'> {
  /** Shows what is known now, figures included. */
  refresh(): void
}

/**
 * The published state, held until something is worth saying: a key did something, a message is told, or a status, an
 * alert or who serves changed.
 */
export function throttleForScreenReader(store: Store): ThrottledStates {
  let held = store.published()
  let said = tidings(held)
  return {
    subscribe: store.subscribe,
    published() {
      const next = store.published()
      if (next === held || (isBeside(held, next) && tidings(next) === said)) return held
      held = next
      said = tidings(next)
      return held
    },
    refresh() {
      held = store.published()
      said = tidings(held)
    },
  }
}

function isBeside(one: State, other: State): boolean {
  const keys = ['navigation', 'notice', 'paused', 'intervalMs'] as const
  return keys.every((key) => one[key] === other[key])
}

function tidings(state: State): string {
  return JSON.stringify(
    shownState(state).clusters.map(({ spec, picture, complete }) => [
      spec.name,
      complete,
      picture?.health,
      picture?.serving,
      [...(picture?.servers ?? []), ...(picture?.databases ?? [])].map(({ id, name, status }) => [id, name, status]),
      picture?.databases.map(({ role }) => role),
      picture?.runs.map(runText),
      picture?.alerts.map(({ rule, subject, severity }) => [rule, subject, severity]),
    ]),
  )
}
