// For a screen reader, which reads everything again at each change: a change of figures alone is held back.

import { runText } from '../../model/runs/lock/cluster-run.ts'
import { shownState } from '../../state/select/shown-state.ts'
import type { State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'

export interface ThrottledStates extends Pick<Store, 'subscribe' | 'published'> {
  /** Shows the present state, including figures. */
  refresh(): void
}

/**
 * The published state, held back until a significant change: a key had an effect, a message appeared, or a status, an
 * alert or the server of the users changed.
 */
export function throttleForScreenReader(store: Store): ThrottledStates {
  let shown = store.published()
  let announced = announcementText(shown)
  return {
    subscribe: store.subscribe,
    published() {
      const next = store.published()
      if (next === shown || (isSameInteraction(shown, next) && announcementText(next) === announced)) return shown
      shown = next
      announced = announcementText(next)
      return shown
    },
    refresh() {
      shown = store.published()
      announced = announcementText(shown)
    },
  }
}

function isSameInteraction(one: State, other: State): boolean {
  const keys = ['navigation', 'notice', 'paused', 'intervalMs', 'tour'] as const
  return keys.every((key) => one[key] === other[key])
}

function announcementText(state: State): string {
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
