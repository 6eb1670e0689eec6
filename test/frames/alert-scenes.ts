// The scenes of the golden frames of the views of alerts, access and the audit trail.

import type { Navigation } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { withCertificates } from '../builders/access-screens.ts'
import { manyAlerts, noAlerts, pileUp } from '../builders/alert-screens.ts'
import { audited, outageAudited, withApplicationAudits } from '../builders/audit-screens.ts'
import { firstSeconds, manyDatabases, primaryDown } from '../builders/screens.ts'
import { NOW } from '../builders/snapshot.ts'

function at(state: State, navigation: Partial<Navigation>): State {
  return { ...state, navigation: { ...state.navigation, ...navigation } }
}

const details = (pane: 'alerts:merged' | 'alerts:alerts' | 'alerts:muted', id: string) => ({
  pane,
  details: { view: 'alerts', pane, id, scroll: 0 },
})

export const ALERT_SCENES: Readonly<Record<string, () => State>> = {
  alerts: manyAlerts,
  'alerts-calm': noAlerts,
  'alerts-first-seconds': () => at(firstSeconds(), { view: 'alerts' }),
  'alerts-down': () => at(primaryDown(), { view: 'alerts' }),
  'alerts-in-force': () => at(manyAlerts(), { pane: 'alerts:alerts' }),
  'alerts-muted': () => at(manyAlerts(), { pane: 'alerts:muted' }),
  'pile-up': pileUp,
  'alerts-pile-up': () => at(pileUp(), { view: 'alerts', pane: 'alerts:alerts' }),
  'alerts-details-pile-up': () =>
    at(pileUp(), { view: 'alerts', ...details('alerts:alerts', 'alert:lock-waits:db-1') }),
  'alerts-details-down': () =>
    at(primaryDown(), { view: 'alerts', ...details('alerts:alerts', 'alert:database-inactive:db-1') }),
  'alerts-schedules-stopped': () =>
    at(primaryDown(), { view: 'alerts', ...details('alerts:alerts', 'alert:schedules-stopped:pmp-a') }),
  'alerts-details': () => at(manyAlerts(), details('alerts:merged', 'alert:replay-paused:db-ro')),
  'alerts-details-muted': () => at(manyAlerts(), details('alerts:muted', 'silence-1')),
  access: () => at(withCertificates(), { view: 'access' }),
  'access-down': () => at(primaryDown(), { view: 'access' }),
  'access-first-seconds': () => at(firstSeconds(), { view: 'access' }),
  'access-pairs': () => at(primaryDown(), { view: 'access', pane: 'access:needed pairs' }),
  'access-ports': () => at(primaryDown(), { view: 'access', pane: 'access:ports' }),
  'access-certificates': () => at(withCertificates(), { view: 'access', pane: 'access:certificates' }),
  'access-many': () => at(manyDatabases(), { view: 'access', pane: 'access:matrix' }),
  'access-details': () =>
    at(primaryDown(), {
      view: 'access',
      details: { view: 'access', pane: 'access:needed pairs', id: 'pmp-a>db-1', scroll: 0 },
    }),
  'access-who': () =>
    at(primaryDown(), {
      view: 'access',
      details: { view: 'access', pane: 'access:matrix', id: 'from:pmp-a', scroll: 0 },
    }),
  audit: audited,
  'audit-user': () => at(audited(), { pane: 'audit:user' }),
  'audit-applications': withApplicationAudits,
  'audit-outage': outageAudited,
  'audit-outage-tab': () => at(outageAudited(), { pane: 'audit:outage' }),
  'audit-details-application': () =>
    at(withApplicationAudits(), {
      details: { view: 'audit', pane: 'audit:all', id: `${NOW - 20_000}:pmp-b:0:ann:login`, scroll: 0 },
    }),
  'audit-touched': () =>
    audited({
      state: 'touched',
      at: NOW,
      file: 'audit.jsonl',
      line: 712,
      why: 'does not follow the line before it: that line was changed, or lines were removed, inserted or moved',
    }),
  'audit-unreadable': () => audited({ state: 'unreadable', at: NOW, why: 'EACCES: permission denied' }),
  'audit-unread': () => audited({ state: 'unread' }),
  'audit-details': () =>
    at(audited(), {
      pane: 'audit:user',
      details: {
        view: 'audit',
        pane: 'audit:user',
        id: `${NOW - 90_000_000}:db-ro:user:replay resumed`,
        scroll: 0,
      },
    }),
  'alerts-silence': () =>
    at(manyAlerts(), {
      overlay: {
        kind: 'silence',
        cluster: 'vault',
        rule: 'replay-paused',
        subject: 'db-ro',
        owner: 'db-ro',
        term: 'until',
        text: 'soon',
        problem: 'start with the end: 8 h, 18:00 or 2026-12-24 18:00',
      },
    }),
}
