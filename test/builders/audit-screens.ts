// States of the screen with an audit trail.

import type { AuditCheck, AuditEntry } from '../../src/model/events/audit-entry.ts'
import { START_NAVIGATION } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { healthy } from './screens.ts'
import { NOW } from './snapshot.ts'

const ANN = { user: 'ann', ssh: '10.0.0.9', tty: '/dev/pts/1' }
const CRON = { user: 'pgdeck', ssh: null, tty: null }

function entry(secondsAgo: number, over: Partial<AuditEntry>): AuditEntry {
  return {
    at: NOW - secondsAgo * 1000,
    who: CRON,
    cluster: 'vault',
    server: null,
    category: 'resource',
    what: '',
    plan: null,
    result: null,
    ...over,
  }
}

export const ENTRIES: readonly AuditEntry[] = [
  entry(30, {
    who: ANN,
    server: 'db-1',
    category: 'user',
    what: 'silenced slot-inactive of db-1/old_report: report server moves',
  }),
  entry(40, { server: 'pmp-a', what: 'active again after 40 s' }),
  entry(80, { server: 'pmp-a', what: 'degraded: HTTP 500' }),
  entry(80, { server: 'db-1', what: 'inactive: connection refused' }),
  entry(400, { server: 'pmp-b', what: 'standby: redirects' }),
  entry(500, { server: 'pmp-ro', what: 'serves users itself now, read-only' }),
  entry(600, { server: 'db-gone', what: 'streaming again after 3 min' }),
  entry(700, { what: 'no server serves the users' }),
  entry(90_000, {
    who: ANN,
    server: 'db-ro',
    category: 'user',
    what: 'replay resumed',
    plan: { steps: ['resume replay on db-ro', 'wait until it streams'] },
    result: 'done in 2 s',
  }),
  entry(90_100, { cluster: 'ledger', server: 'db-1', what: 'of another cluster' }),
]

export function audited(check: AuditCheck = { state: 'whole', at: NOW - 4_000, lines: 1234 }): State {
  return {
    ...healthy(),
    auditEntries: check.state === 'unreadable' || check.state === 'unread' ? [] : ENTRIES,
    auditVerification: check,
    navigation: { ...START_NAVIGATION, view: 'audit' },
  }
}
