// Which events a recording has, and what each of them replaces.

import type { Event } from '../event.ts'

/** False: of keys, of the program itself, or read again from the files of pgdeck when a recording is opened. */
const RECORDED: Readonly<Record<Event['type'], boolean>> = {
  'database-probed': true,
  'server-probed': true,
  'sessions-counted': true,
  'application-audit-read': true,
  'query-completed': true,
  'backup-checked': true,
  'exchange-read': true,
  'new-connection-tested': true,
  'logged-in-anew': true,
  'manager-polled': true,
  'manager-source-polled': true,
  'entry-point-polled': true,
  'history-read': true,
  'server-identified': true,
  'host-probed': true,
  'own-host-probed': true,
  'poll-ended': true,
  'derive-requested': true,
  'spec-changed': true,
  'port-checked': true,
  'names-loaded': true,
  renamed: true,
  'last-seen-loaded': true,
  'servers-loaded': true,
  'manager-loaded': true,
  'acting-loaded': true,
  'silences-loaded': true,
  silenced: true,
  'silence-ended': true,
  'pause-set': true,
  'interval-set': true,
  'action-asked': false,
  'action-entry': false,
  'action-left': false,
  'action-planned': false,
  'action-planning': false,
  'action-problem': false,
  'action-question': false,
  'action-ran': false,
  'action-refused': false,
  'action-scrolled': false,
  'action-shown': false,
  'action-stopping': false,
  'action-typed': false,
  'action-unfolded': false,
  'audit-checked': false,
  'audit-read': false,
  'audit-written': false,
  chosen: false,
  'cluster-shown': false,
  'details-closed': false,
  'details-opened': false,
  diagnosed: false,
  'diagnosis-begun': false,
  'diagnosis-ended': false,
  'entry-refused': false,
  'fault-made': false,
  filtered: false,
  'history-shown': false,
  'interrupted-runs-found': false,
  'location-restored': false,
  'marks-cleared': false,
  notified: false,
  'overlay-closed': false,
  'overlay-opened': false,
  'pane-focused': false,
  'past-loaded': false,
  'row-marked': false,
  'row-selected': false,
  scrolled: false,
  sorted: false,
  ticked: false,
  'tour-told': false,
  typed: false,
  'view-opened': false,
}

/** Whether a recording has this event. */
export function isRecorded({ type }: Event): boolean {
  return RECORDED[type]
}

/** Two events with the same text are readings of the same: the later one is stored as its difference. */
export function readingKey(event: Event): string {
  const { type, cluster, silence, id, address, source, answer } = event as Readonly<Record<string, unknown>>
  const of = cluster ?? (silence as { readonly cluster?: unknown } | undefined)?.cluster
  const query = (answer as { readonly id?: unknown } | undefined)?.id
  return [type, of, id ?? address, source ?? query].filter((part) => part !== undefined).join(' ')
}
