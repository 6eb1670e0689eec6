// Stepping back: the actions that a recorded moment forbids, and the steps through the recorded moments.

import { momentAt, stepBack, stepForward } from '../../../state/history.ts'
import { isHistoryShown } from '../../../state/select/shown-state.ts'
import type { State } from '../../../state/state.ts'
import { clock } from '../../frame/format/values.ts'
import { currentKey } from '../names.ts'
import type { CommandContext } from './command-context.ts'

/** Why actions are forbidden on the shown moment; null if it is the present. */
export function whyNotInHistory(state: State): string | null {
  if (!isHistoryShown(state)) return null
  return `this is the state of ${clock(state.now)}: ${currentKey(state, 'esc')} returns to now`
}

export function whyNoStepBack({ history, navigation, clusters }: State): string | null {
  return stepBack(history, navigation.historyAt, clusters) === null ? 'nothing was recorded before this' : null
}

export function whyNoStepForward(state: State): string | null {
  return isHistoryShown(state) ? null : `this is now: ${currentKey(state, '[')} steps back`
}

/** Shows the moment one step before or after the shown one. The present follows the newest. */
export function stepInHistory({ navigate, store }: CommandContext, direction: 'back' | 'forward'): void {
  const { history, navigation, clusters } = store.latest()
  if (direction === 'forward') {
    // The shown moment may have been dropped since: then the oldest is shown.
    const shown = navigation.historyAt === null ? null : momentAt(history, navigation.historyAt)
    navigate({ type: 'history-shown', at: shown && stepForward(history, shown.at) })
    return
  }
  const at = stepBack(history, navigation.historyAt, clusters)
  if (at !== null) navigate({ type: 'history-shown', at })
}
