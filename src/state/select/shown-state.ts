// The state to show: the current one, or the recorded moment that the user stepped back to.

import { momentAt } from '../history.ts'
import type { State } from '../state.ts'
import { momentsAround } from './moments.ts'

/** True while a recorded moment is on the screen. */
export function isHistoryShown(state: State): boolean {
  const { historyAt } = state.navigation
  return historyAt !== null && momentsAround(state, historyAt).length > 0
}

/** Returns the facts and the clock of the moment on the screen. Applying it twice changes nothing more. */
export function shownState(state: State): State {
  const { historyAt: asked } = state.navigation
  const moment = asked === null ? null : momentAt(momentsAround(state, asked), asked)
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
