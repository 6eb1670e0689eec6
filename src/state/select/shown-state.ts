// The state as it is to be shown: that of now, or that of the recorded moment the user stepped back to.

import { momentAt } from '../history.ts'
import type { State } from '../state.ts'

/** True while a recorded moment is on the screen instead of what is measured now. */
export function isHistoryShown({ navigation, history }: State): boolean {
  return navigation.historyAt !== null && history.length > 0
}

/** What the screen shows: facts and clock of the moment stepped back to. Applied twice it is the same. */
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
    // Told now, not then: it keeps its age.
    notice: notice && { ...notice, at: notice.at + moment.at - state.now },
  }
}
