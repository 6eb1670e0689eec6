// Clusters with sessions for the activity view: a few of every kind, or thousands.

import type { SessionActivity, SessionRow } from '../../src/model/measured/on-demand.ts'
import { freshReading, type Reading } from '../../src/model/values/reading.ts'
import type { State } from '../../src/state/state.ts'
import { healthy } from './screens.ts'
import { aFault, NOW } from './snapshot.ts'

export function aSession(over: Partial<SessionRow> & { readonly pid: number }): SessionRow {
  return {
    startedAt: NOW - 3_600_000,
    database: 'vault',
    user: 'vault_app',
    application: 'pmp-a',
    client: '10.0.0.11',
    kind: 'client backend',
    state: 'idle',
    waitType: 'Client',
    wait: 'ClientRead',
    transactionSeconds: null,
    querySeconds: null,
    stateSeconds: 40,
    query: 'COMMIT',
    leader: null,
    ...over,
  }
}

/** The id of the row of a session of `busySessions` on the primary. */
export function sessionId(pid: number): string {
  return `db-1:${pid}:${NOW - 3_600_000}`
}

export function anActivity(sessions: readonly SessionRow[], over: Partial<SessionActivity> = {}): SessionActivity {
  return { sessions, seesAll: true, missing: [], ...over }
}

/** The state with what each database answered about its sessions. */
export function withActivity(state: State, readings: Readonly<Record<string, Reading<SessionActivity>>>): State {
  const clusters = state.clusters.map((cluster) => ({
    ...cluster,
    databases: cluster.databases.map((record) => {
      const activity = readings[record.spec.id]
      return activity ? { ...record, onDemand: { ...record.onDemand, activity } } : record
    }),
  }))
  return { ...state, clusters, navigation: { ...state.navigation, view: 'activity' } }
}

const REPORT =
  'SELECT a.name, count(*) AS uses, max(u.at) AS last FROM accounts a JOIN uses u ON u.account = a.id' +
  " WHERE u.at > now() - interval '30 days' GROUP BY a.name ORDER BY uses DESC LIMIT 500"

const RUNNING = { state: 'active', waitType: null, wait: null, stateSeconds: 0.2 } as const

function onPrimary(): readonly SessionRow[] {
  return [
    aSession({
      ...RUNNING,
      pid: 4101,
      transactionSeconds: 754,
      querySeconds: 742,
      query: REPORT,
      application: 'reports',
      user: 'reporting',
      client: '10.0.0.40',
    }),
    aSession({
      ...RUNNING,
      pid: 4102,
      waitType: 'IO',
      wait: 'DataFileRead',
      transactionSeconds: 12,
      querySeconds: 12,
      query: REPORT,
      kind: 'parallel worker',
      leader: 4101,
      application: 'reports',
      user: 'reporting',
      client: null,
    }),
    aSession({
      ...RUNNING,
      pid: 4110,
      transactionSeconds: 0.4,
      querySeconds: 0.1,
      query: 'SELECT secret FROM resources WHERE id = $1',
    }),
    aSession({
      ...RUNNING,
      pid: 4120,
      waitType: 'Lock',
      wait: 'transactionid',
      blockers: [4130],
      transactionSeconds: 95,
      querySeconds: 94,
      query: "UPDATE accounts SET checked = now() WHERE id = 'a-17'",
      application: 'pmp-b',
      client: '10.0.0.12',
    }),
    aSession({
      ...RUNNING,
      pid: 4121,
      waitType: 'IPC',
      wait: 'SyncRep',
      transactionSeconds: 3,
      querySeconds: 3,
      query: 'COMMIT',
      application: 'pmp-b',
      client: '10.0.0.12',
    }),
    aSession({
      pid: 4130,
      state: 'idle in transaction',
      transactionSeconds: 2_460,
      stateSeconds: 2_400,
      query: 'SELECT * FROM accounts FOR UPDATE',
      application: 'psql',
      user: 'dba',
      client: null,
    }),
    aSession({
      pid: 4131,
      state: 'idle in transaction (aborted)',
      transactionSeconds: 31,
      stateSeconds: 30,
      query: 'INSERT INTO uses VALUES ($1, $2)',
    }),
    ...Array.from({ length: 36 }, (_, index) => {
      const isSecond = index % 3 === 0
      return aSession({
        pid: 4200 + index,
        stateSeconds: 2 + index,
        ...(isSecond ? { application: 'pmp-b', client: '10.0.0.12' } : {}),
      })
    }),
    aSession({
      ...RUNNING,
      pid: 4300,
      kind: 'walsender',
      database: null,
      user: 'replicator',
      application: 'db-ro',
      client: '10.0.0.13',
      waitType: 'Activity',
      wait: 'WalSenderMain',
      querySeconds: 90_000,
      query: 'START_REPLICATION SLOT "ro_slot" 0/5A000000 TIMELINE 4',
    }),
    aSession({
      pid: 77,
      kind: 'checkpointer',
      database: null,
      user: null,
      application: '',
      client: null,
      state: null,
      waitType: 'Activity',
      wait: 'CheckpointerMain',
      stateSeconds: null,
      query: null,
    }),
  ]
}

function onStandby(): readonly SessionRow[] {
  return [
    aSession({
      ...RUNNING,
      pid: 912,
      transactionSeconds: 5.5,
      querySeconds: 5.4,
      query: 'SELECT count(*) FROM audit_trail',
      application: 'pmp-ro',
      client: '10.0.0.13',
    }),
    aSession({ pid: 915, application: 'pmp-ro', client: '10.0.0.13', stateSeconds: 8 }),
  ]
}

/** Sessions of every kind on both databases. */
export function busySessions(): State {
  return withActivity(healthy(), {
    'db-1': freshReading(anActivity(onPrimary()), NOW),
    'db-ro': freshReading(anActivity(onStandby()), NOW),
  })
}

const GRANT = 'GRANT pg_monitor TO pgdeck'

/** One database hides what others do, the other can't be read any more. */
export function hiddenSessions(): State {
  const visible = onPrimary().filter(({ kind }) => kind !== 'checkpointer')
  const hidden = visible.map(({ pid, database, user, application }) =>
    aSession({
      pid,
      database,
      user,
      application,
      startedAt: null,
      client: null,
      kind: null,
      state: null,
      waitType: null,
      wait: null,
      stateSeconds: null,
      query: null,
    }),
  )
  const missing = [{ what: 'what other sessions do, and where they come from', grant: GRANT }]
  return withActivity(healthy(), {
    'db-1': freshReading(anActivity(hidden, { seesAll: false, missing }), NOW),
    'db-ro': {
      state: 'stale',
      value: anActivity(onStandby()),
      at: NOW - 64_000,
      since: NOW - 62_000,
      fault: aFault('timeout', 'activity of db-ro (127.0.0.1:5433) did not answer within 1500 ms'),
    },
  })
}

/** So many sessions on the primary. */
export function manySessions(number: number): State {
  const kinds = [
    { ...RUNNING, transactionSeconds: 4, querySeconds: 3, query: REPORT },
    { ...RUNNING, waitType: 'Lock', wait: 'tuple', transactionSeconds: 9, querySeconds: 8 },
    { state: 'idle in transaction', transactionSeconds: 20 },
    {},
  ] as const
  const sessions = Array.from({ length: number }, (_, index) =>
    aSession({
      pid: 10_000 + index,
      application: `worker-${index % 40}`,
      query: `SELECT ${index} /* ${'x'.repeat(900)} */`,
      ...kinds[index % kinds.length],
    }),
  )
  return withActivity(healthy(), {
    'db-1': freshReading(anActivity(sessions), NOW),
    'db-ro': freshReading(anActivity([]), NOW),
  })
}
