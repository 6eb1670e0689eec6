// States of the screen with an audit trail.

import {
  type ApplicationAuditEntry,
  type AuditSourceRecord,
  UNREAD_SOURCE,
} from '../../src/model/application-audit/entry.ts'
import type { AuditCheck, AuditEntry } from '../../src/model/events/audit-entry.ts'
import { START_NAVIGATION } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { aMirror, aSide } from './mirroring-screens.ts'
import { healthy, stateOf } from './screens.ts'
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

const ANN_THERE = { who: 'ann', from: '10.1.0.9', result: null } as const

function applicationEntry(secondsAgo: number, what: string, category = 'User'): ApplicationAuditEntry {
  return { ...ANN_THERE, at: NOW - secondsAgo * 1000, category, what }
}

function source(over: Partial<AuditSourceRecord>): AuditSourceRecord {
  return { ...UNREAD_SOURCE, readAt: NOW - 3_000, clockAheadMs: 0, ...over }
}

/** The servers with audits of their own, by id. */
function withAudits(state: State, audits: Readonly<Record<string, AuditSourceRecord>>): State {
  return {
    ...state,
    clusters: state.clusters.map((cluster) => ({
      ...cluster,
      servers: cluster.servers.map((record) => {
        const audit = audits[record.spec.id]
        if (!audit) return record
        const auditSources = [`/opt/${record.spec.id}/audit.log on h-${record.spec.id}`]
        return { ...record, spec: { ...record.spec, auditSources }, audits: [audit] }
      }),
    })),
  }
}

/** Entries of two applications: one with a clock that is ahead, a third that can't be read. */
export function withApplicationAudits(): State {
  const fault = {
    code: 'protocol',
    message: 'there is no file /opt/pmp-ro/audit.log on h-pmp-ro',
    hint: 'Check `audit.file` of the server in the config.',
  } as const
  return withAudits(audited(), {
    'pmp-a': source({
      entries: [
        applicationEntry(35, 'password of root on web-1 retrieved'),
        applicationEntry(60, 'password of root on web-1 changed', 'Password'),
        applicationEntry(120, 'nightly backup', 'Task Audit'),
      ],
      unreadable: 2,
    }),
    'pmp-b': source({ entries: [applicationEntry(20, 'login')], clockAheadMs: 30_000 }),
    'pmp-ro': source({ readAt: null, clockAheadMs: null, fault }),
  })
}

/** A mirrored pair whose exchange was cut for a minute, with what each side wrote. */
export function outageAudited(): State {
  const state = stateOf([aMirror(aSide(1), aSide(2))])
  const event = (secondsAgo: number, server: string, what: string) =>
    entry(secondsAgo, { cluster: state.clusters[0]?.spec.name ?? null, server, what })
  const other = (server: string) => (server === 'db-1' ? 'db-2' : 'db-1')
  const auditEntries = [
    ...['db-1', 'db-2'].map((id) =>
      event(60, id, `merged after 60 s: has all 113 kB that ${other(id)} wrote meanwhile`),
    ),
    ...['db-1', 'db-2'].map((id) => event(120, id, `receives no changes from ${other(id)} any more: they diverge`)),
  ]
  const audits = {
    'pmp-a': source({ entries: [30, 80, 100, 200].map((ago) => applicationEntry(ago, `login ${ago} s ago`)) }),
    'pmp-b': source({ entries: [applicationEntry(90, 'password of root on web-2 retrieved')] }),
  }
  const navigation = { ...START_NAVIGATION, view: 'audit' }
  const check = { state: 'whole', at: NOW - 4_000, lines: 4 } as const
  return { ...withAudits(state, audits), auditEntries, auditVerification: check, navigation }
}
