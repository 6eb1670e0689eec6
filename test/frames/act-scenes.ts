// The scenes of acts: the menu, a form, a plan, what blocks it, a run that waits, asks and ends.

import type { State } from '../../src/state/state.ts'
import {
  actAsking,
  actBlocked,
  actByHand,
  actDelegated,
  actDelegatedRunning,
  actDone,
  actForm,
  actPlanned,
} from '../builders/action-screens.ts'
import { lagging } from '../builders/screens.ts'

function menu(): State {
  const state = lagging()
  return {
    ...state,
    navigation: { ...state.navigation, pane: 'databases', overlay: { kind: 'actions', chosen: 1, text: null } },
  }
}

export const ACT_SCENES: Readonly<Record<string, () => State>> = {
  'act-menu': menu,
  'act-form': actForm,
  'act-plan': () => actPlanned(),
  'act-blocked': actBlocked,
  'act-by-hand': actByHand,
  'act-asking': actAsking,
  'act-done': actDone,
  'act-by-manager': actDelegated,
  'act-by-manager-running': actDelegatedRunning,
}
