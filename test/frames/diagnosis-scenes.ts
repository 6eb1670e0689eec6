// Scenes of the page of a diagnosis, and of who sees whom.

import type { State } from '../../src/state/state.ts'
import { diagnosed, diagnosing } from '../builders/diagnosis-screens.ts'
import { primaryDown } from '../builders/screens.ts'

function observers(): State {
  const state = primaryDown()
  return { ...state, navigation: { ...state.navigation, view: 'hosts', pane: 'hosts:who sees whom' } }
}

export const DIAGNOSIS_SCENES: Readonly<Record<string, () => State>> = {
  diagnosis: diagnosed,
  'diagnosis-running': diagnosing,
  observers,
  'observers-details': () => {
    const state = observers()
    const details = { view: 'hosts', pane: 'hosts:who sees whom', id: 'db-1', scroll: 0 } as const
    return { ...state, navigation: { ...state.navigation, details } }
  },
}
