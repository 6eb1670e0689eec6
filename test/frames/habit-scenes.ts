// The scenes of looking back: what was recorded is shown as of then.

import type { Navigation } from '../../src/state/navigation.ts'
import { reduce } from '../../src/state/reduce.ts'
import type { State } from '../../src/state/state.ts'
import { lagging, primaryDown } from '../fakes/screens.ts'
import { NOW } from '../fakes/snapshot.ts'

/** The primary is down; 42 s before, the replica lagged. */
function past(navigation: Partial<Navigation> = {}): State {
  const before = reduce(lagging(), { type: 'assessed', at: NOW })
  const down = reduce({ ...before, clusters: primaryDown().clusters }, { type: 'assessed', at: NOW + 42_000 })
  return { ...down, navigation: { ...down.navigation, moment: NOW, ...navigation } }
}

export const HABIT_SCENES: Readonly<Record<string, () => State>> = {
  past: () => past(),
  'past-details': () => past({ details: { view: 'topology', pane: 'databases', id: 'db-ro', scroll: 0 } }),
  'past-activity': () => past({ view: 'activity' }),
}
