// The scenes of the golden frames of the views of alerts, access and the audit trail.

import type { Navigation } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { alarmed, calm } from '../fakes/alert-screens.ts'
import { firstSeconds, primaryDown } from '../fakes/screens.ts'

function at(state: State, navigation: Partial<Navigation>): State {
  return { ...state, navigation: { ...state.navigation, ...navigation } }
}

const details = (pane: 'alerts:merged' | 'alerts:alerts' | 'alerts:muted', id: string) => ({
  pane,
  details: { view: 'alerts', pane, id, scroll: 0 },
})

export const ALERT_SCENES: Readonly<Record<string, () => State>> = {
  alerts: alarmed,
  'alerts-calm': calm,
  'alerts-first-seconds': () => at(firstSeconds(), { view: 'alerts' }),
  'alerts-down': () => at(primaryDown(), { view: 'alerts' }),
  'alerts-in-force': () => at(alarmed(), { pane: 'alerts:alerts' }),
  'alerts-muted': () => at(alarmed(), { pane: 'alerts:muted' }),
  'alerts-details': () => at(alarmed(), details('alerts:merged', 'alert:replay-paused:db-ro')),
  'alerts-details-muted': () => at(alarmed(), details('alerts:muted', 'silence-1')),
  'alerts-silence': () =>
    at(alarmed(), {
      overlay: {
        kind: 'silence',
        cluster: 'vault',
        rule: 'replay-paused',
        subject: 'db-ro',
        term: 'until',
        text: 'soon',
        problem: 'begin with an end: 30 min, 8 h, 2 d, 18:00 or 2026-12-24 18:00',
      },
    }),
}
