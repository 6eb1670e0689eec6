// The keys that go to an alert, acknowledge it or silence it.

import { shownCluster } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import type { BindingId } from '../keys/binding-id.ts'
import type { Binding, KeyMode } from '../keys/bindings/binding.ts'
import { rowSubject } from '../keys/bindings/row-keys.ts'
import type { BindingContext } from '../keys/bindings/selection-target.ts'
import { whyNotAcknowledged, whyNotSilenceable, whyNotUnsilenced } from './silence.ts'

const CALM: readonly KeyMode[] = ['rows', 'details']

export const ALERT_BINDINGS: readonly Binding[] = [
  {
    keys: ['!'],
    id: 'worst-alert',
    title: 'the worst alert',
    group: 'Look',
    modes: CALM,
    footer: { label: ({ state }) => (hasAlerts(state) ? 'worst alert' : ''), rank: 4 },
    inPalette: true,
    reason: ({ state }) => (hasAlerts(state) ? null : 'there is no alert'),
  },
  {
    ...silencing('acknowledge', ['A', ':ack'], 'acknowledge the selected alert until it ends', whyNotAcknowledged),
    footer: { label: onAlert('ack'), rank: 5 },
  },
  {
    ...silencing('silence-1-h', ['Z', ':sil 1'], 'silence the selected alert for 1 h', whyNotSilenceable),
    footer: { label: onAlert('silence'), rank: 5 },
  },
  silencing('silence-8-h', [':sil 8'], 'silence the selected alert for 8 h', whyNotSilenceable),
  silencing('silence-until', [':sil u'], 'silence the selected alert until a time', whyNotSilenceable),
  silencing('unsilence', [':unsil'], 'unsilence the selected alert', whyNotUnsilenced),
]

/** A word for the footer while an alert is selected. */
function onAlert(word: string): (context: BindingContext) => string {
  return ({ state }) => (rowSubject(state).kind === 'alert' ? word : '')
}

function silencing(
  id: BindingId,
  keys: readonly string[],
  title: string,
  whyNotNow: (state: State) => string | null,
): Binding {
  return {
    keys,
    id,
    title,
    group: 'Act',
    modes: CALM,
    inPalette: true,
    reason: ({ state }) => whyNotNow(state),
  }
}

function hasAlerts(state: State): boolean {
  return (shownCluster(state)?.picture?.alerts.length ?? 0) > 0
}
