// States of the locks view: queues, a deadlock, commits without a standby, prepared transactions, a role that sees little.

import type { LockSession, LockWaits, SessionRow } from '../../src/model/measured/on-demand.ts'
import { failedReading, freshReading } from '../../src/model/values/reading.ts'
import { START_NAVIGATION } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { stateOf } from './screens.ts'
import { aCluster, aFault, aPrimary, aSender, aStandby, NOW } from './snapshot.ts'

export function aLockSession(pid: number, over: Partial<SessionRow> = {}): SessionRow {
  return {
    pid,
    startedAt: NOW - 3_600_000,
    database: 'shop',
    user: 'alice',
    application: 'checkout',
    client: '10.0.0.21',
    kind: 'client backend',
    state: 'active',
    waitType: null,
    wait: null,
    transactionSeconds: 4,
    querySeconds: 4,
    stateSeconds: 4,
    query: 'UPDATE stock SET on_hand = on_hand - 1 WHERE item = 4711 AND warehouse = 3',
    leader: null,
    ...over,
  }
}

/** A session that blocks and waits for nobody, unless told otherwise. */
export function aLockNode(pid: number, over: Partial<LockSession> = {}): LockSession {
  return { ...aLockSession(pid), blockers: [], preparedBlockers: [], waitsFor: null, waitSeconds: null, ...over }
}

/** One that waits for the row that `blocker` has changed. */
export function aRowWait(pid: number, blocker: number, seconds: number, over: Partial<LockSession> = {}): LockSession {
  return aLockNode(pid, {
    blockers: [blocker],
    waitsFor: { type: 'transactionid', mode: 'ShareLock', relation: 'stock' },
    waitType: 'Lock',
    wait: 'transactionid',
    waitSeconds: seconds,
    querySeconds: seconds,
    transactionSeconds: seconds + 0.4,
    stateSeconds: seconds,
    ...over,
  })
}

export function someLocks(over: Partial<LockWaits> = {}): LockWaits {
  return {
    nodes: [],
    prepared: [],
    syncRepWaits: [],
    synchronousStandbyNames: '',
    seesAll: true,
    missing: [],
    ...over,
  }
}

/** The view over a primary and its replica, with what each answered. */
export function locksState(primary: LockWaits | null, replica: LockWaits | null = someLocks()): State {
  const looks = (value: LockWaits | null) => (value ? { looks: { locks: freshReading(value, NOW) } } : {})
  const state = stateOf([
    aCluster({
      databases: [
        aPrimary({ senders: [aSender({ applicationName: 'db-ro' })] }, looks(primary)),
        aStandby({}, looks(replica)),
      ],
    }),
  ])
  return { ...state, navigation: { ...START_NAVIGATION, view: 'locks', pane: 'locks:lock waits' } }
}

const IDLE = aLockNode(21_904, {
  user: 'bob',
  application: 'psql',
  client: null,
  state: 'idle in transaction',
  waitType: 'Client',
  wait: 'ClientRead',
  transactionSeconds: 845,
  stateSeconds: 741,
  querySeconds: null,
  query: 'SELECT item, on_hand, reserved FROM stock WHERE warehouse = 3 FOR UPDATE',
})

/** Five sessions behind one that does nothing, two behind a prepared transaction, one on the replica. */
export function lockChain(): State {
  const primary = someLocks({
    nodes: [
      IDLE,
      aRowWait(21_911, 21_904, 312.4),
      aRowWait(21_917, 21_911, 305, {
        blockers: [21_911, 21_904],
        waitsFor: { type: 'tuple', mode: 'ExclusiveLock', relation: 'stock' },
      }),
      aRowWait(21_930, 21_904, 87, {
        user: 'deploy',
        application: 'migrate',
        blockers: [21_904, 21_911],
        waitsFor: { type: 'relation', mode: 'AccessExclusiveLock', relation: 'stock' },
        query: 'ALTER TABLE stock ADD COLUMN batch_number text, ADD COLUMN best_before date',
      }),
      aRowWait(21_944, 21_930, 41, {
        user: 'report',
        application: 'metabase',
        waitsFor: { type: 'relation', mode: 'AccessShareLock', relation: 'stock' },
        query:
          "SELECT warehouse, sum(on_hand)\n  FROM stock\n WHERE updated > now() - interval '1 day'\n GROUP BY warehouse ORDER BY 2 DESC",
      }),
      aRowWait(21_951, 21_930, 3.2, { waitsFor: { type: 'relation', mode: 'RowExclusiveLock', relation: 'stock' } }),
      aRowWait(22_002, 0, 128, {
        blockers: [0],
        preparedBlockers: ['transfer-8812'],
        waitsFor: { type: 'transactionid', mode: 'ShareLock', relation: 'account' },
        query: 'UPDATE account SET balance = balance + 120.00 WHERE id = 90217',
      }),
      aRowWait(22_003, 22_002, 17, { waitsFor: { type: 'tuple', mode: 'ExclusiveLock', relation: 'account' } }),
    ],
    prepared: [
      { gid: 'transfer-8812', owner: 'bank', database: 'shop', preparedAt: NOW - 10_980_000, ageSeconds: 10_980 },
      { gid: 'nightly-batch', owner: 'batch', database: 'shop', preparedAt: NOW - 240_000, ageSeconds: 240 },
    ],
  })
  const replica = someLocks({
    nodes: [
      aLockNode(880, {
        user: 'report',
        application: 'metabase',
        state: 'active',
        querySeconds: 95,
        transactionSeconds: 95,
        stateSeconds: 95,
        query: 'SELECT * FROM stock ORDER BY updated',
      }),
      aRowWait(871, 880, 22, {
        user: null,
        database: null,
        application: '',
        client: null,
        kind: 'startup',
        state: null,
        transactionSeconds: null,
        querySeconds: null,
        stateSeconds: null,
        query: null,
        waitsFor: { type: 'relation', mode: 'AccessExclusiveLock', relation: 'stock' },
      }),
    ],
  })
  return locksState(primary, replica)
}

/** Nobody waits. */
export function noLocks(): State {
  return locksState(someLocks())
}

/** Commits hang because no standby that is named is connected; meanwhile two sessions deadlock. */
export function commitsHang(): State {
  const commit = (pid: number, seconds: number, query: string) =>
    aLockSession(pid, {
      waitType: 'IPC',
      wait: 'SyncRep',
      querySeconds: seconds,
      transactionSeconds: seconds,
      stateSeconds: seconds,
      query,
    })
  return locksState(
    someLocks({
      nodes: [aRowWait(31_001, 31_002, 0.6), aRowWait(31_002, 31_001, 0.4)],
      syncRepWaits: [
        commit(30_001, 131, 'COMMIT'),
        commit(30_002, 96, 'INSERT INTO orders (customer, total) VALUES (812, 99.90)'),
        commit(30_003, 4, 'COMMIT'),
      ],
      synchronousStandbyNames: 'FIRST 1 (db-east, db-west)',
    }),
  )
}

/** This role may not see what other users do; the replica can't be read; a blocker has ended meanwhile. */
export function locksHidden(): State {
  const hidden = {
    startedAt: null,
    client: null,
    kind: 'client backend',
    state: null,
    waitType: null,
    wait: null,
    transactionSeconds: null,
    querySeconds: null,
    stateSeconds: null,
    query: null,
  } as const
  const state = locksState(
    someLocks({
      nodes: [
        aLockNode(41_001, hidden),
        aRowWait(41_002, 41_001, 75, { ...hidden, waitSeconds: 75 }),
        aRowWait(41_003, 41_999, 1.2, { ...hidden, waitSeconds: 1.2 }),
      ],
      seesAll: false,
      missing: [
        {
          what: 'what sessions of other users do: state, wait, ages, client and query',
          grant: 'GRANT pg_monitor TO pgdeck',
        },
      ],
    }),
    null,
  )
  return {
    ...state,
    clusters: state.clusters.map((cluster) => ({
      ...cluster,
      databases: cluster.databases.map((record) =>
        record.spec.id === 'db-ro'
          ? {
              ...record,
              onDemand: {
                locks: failedReading(
                  { state: 'waiting' },
                  aFault('timeout', 'db-ro (127.0.0.1:5433): no answer within 1.5 s'),
                  NOW - 9_000,
                ),
              },
            }
          : record,
      ),
    })),
  }
}

/** A queue of a thousand behind one, in one file after the other. */
export function longQueue(): State {
  const nodes = Array.from({ length: 1_000 }, (_, index) =>
    aRowWait(50_001 + index, index < 12 ? 50_000 + index : 50_000, 1_000 - index),
  )
  const state = locksState(someLocks({ nodes: [{ ...IDLE, pid: 50_000 }, ...nodes] }))
  const selected = `db-1 50010 ${NOW - 3_600_000}`
  return { ...state, navigation: { ...state.navigation, selected: { 'locks:lock waits': selected } } }
}

/** Names and statements that try to break the screen. */
export function hostileLocks(): State {
  const red = '\x1b[31mred\x1b[0m\x1b]0;title\x07'
  const wide = '日本語のアプリケーションの名前がとても長い場合'
  const hostile = { user: red, application: wide, database: 'abc\u202Efdp', client: '10.0.0.21' }
  return locksState(
    someLocks({
      nodes: [
        aLockNode(61_001, { ...hostile, query: `SELECT '${'x'.repeat(3_000)}'\n\t-- ${red}` }),
        aRowWait(61_002, 61_001, 12, {
          ...hostile,
          waitsFor: { type: 'relation', mode: 'ShareLock', relation: `"${wide}".${'e\u0301'.repeat(40)}` },
        }),
        aRowWait(61_003, 0, 3, { ...hostile, blockers: [0], preparedBlockers: [`gid ${red} ${wide}`] }),
      ],
      prepared: [{ gid: `gid ${red} ${wide}`, owner: red, database: wide, preparedAt: NOW - 9_000, ageSeconds: 9 }],
    }),
  )
}
