// The state to show: the current one, or the recorded moment that the user stepped back to.

import { momentAt } from '../history.ts'
import type { State } from '../state.ts'

/** True while a recorded moment is on the screen. */
export function isHistoryShown({ navigation, history }: State): boolean {
  return navigation.historyAt !== null && history.length > 0
}

/** Returns the facts and the clock of the moment on the screen. Applying it twice changes nothing more. */
export function shownState(state: State): State {
  const { historyAt: asked } = state.navigation
  const moment = asked === null ? null : momentAt(state.history, asked)
  if (!moment) return state
  const { notice } = state
  return {
    ...state,
    now: moment.at,
    clusters: moment.clusters,
    host: moment.host,
    // The notice is of now, so it keeps its age.
    notice: notice && { ...notice, at: notice.at + moment.at - state.now },
  }
}
