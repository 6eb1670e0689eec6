// The scenes of the golden frames of the home screen beyond who serves.

import type { State } from '../../src/state/state.ts'
import { busyShop, gateClosed } from '../builders/home-screens.ts'

export const HOME_SCENES: Readonly<Record<string, () => State>> = {
  'home-busy': busyShop,
  'home-gate': gateClosed,
}
