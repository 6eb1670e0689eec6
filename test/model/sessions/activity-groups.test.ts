import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SessionRow } from '../../../src/model/measured/on-demand.ts'
import {
  groupSessions,
  isClientSession,
  isHiddenSession,
  isIdleInTransaction,
  isRunningSession,
  isWaitingSession,
} from '../../../src/model/sessions/activity-groups.ts'

let pid = 1
function session(parts: Partial<SessionRow> = {}): SessionRow {
  return {
    pid: pid++,
    startedAt: 1,
    database: 'app',
    user: 'app',
    application: 'web',
    client: '192.0.2.1',
    kind: 'client backend',
    state: 'idle',
    waitType: null,
    wait: null,
    transactionSeconds: null,
    querySeconds: null,
    stateSeconds: 1,
    query: null,
    leader: null,
    ...parts,
  }
}
const hidden = (parts: Partial<SessionRow> = {}) =>
  session({ startedAt: null, client: null, state: null, stateSeconds: null, ...parts })

describe('kinds of sessions', () => {
  test('a commit that waits for a standby runs and waits', () => {
    const waits = session({ state: 'active', waitType: 'IPC', wait: 'SyncRep' })
    assert.deepEqual(
      [isRunningSession(waits), isWaitingSession(waits), isIdleInTransaction(waits)],
      [true, true, false],
    )
  })
  test('an aborted transaction is idle in transaction, and waiting for its client is no wait', () => {
    const idle = session({ state: 'idle in transaction (aborted)', waitType: 'Client', wait: 'ClientRead' })
    assert.deepEqual([isRunningSession(idle), isWaitingSession(idle), isIdleInTransaction(idle)], [false, false, true])
  })
  test('clients and hidden ones', () => {
    assert.deepEqual(
      [isClientSession(session()), isClientSession(session({ kind: 'checkpointer' })), isHiddenSession(hidden())],
      [true, false, true],
    )
  })
})

describe('groups', () => {
  test('counts, the longest transaction; most sessions first, then by name', () => {
    const sessions = [
      session({ application: 'web', state: 'active', waitType: 'Lock', transactionSeconds: 3 }),
      session({ application: 'web', state: 'idle in transaction', transactionSeconds: 40 }),
      session({ application: 'b', state: 'active', transactionSeconds: 1 }),
      session({ application: 'a' }),
    ]
    const group = { running: 0, idleInTransaction: 0, waiting: 0, longestTransactionSeconds: null, sessions: 1 }
    assert.deepEqual(groupSessions(sessions, 'application'), [
      { key: 'web', sessions: 2, running: 1, idleInTransaction: 1, waiting: 1, longestTransactionSeconds: 40 },
      { ...group, key: 'a' },
      { ...group, key: 'b', running: 1, longestTransactionSeconds: 1 },
    ])
  })
  test('by each of the columns; without one: null', () => {
    const sessions = [
      session(),
      session({ user: 'other', database: null, client: null, application: '', state: 'active' }),
    ]
    const keys = (by: Parameters<typeof groupSessions>[1]) => groupSessions(sessions, by).map(({ key }) => key)
    assert.deepEqual(keys('user'), ['app', 'other'])
    assert.deepEqual(keys('database'), [null, 'app'])
    assert.deepEqual(keys('client'), [null, '192.0.2.1'])
    assert.deepEqual(keys('application'), [null, 'web'])
    assert.deepEqual(keys('state'), ['active', 'idle'])
  })
  test('what is hidden is unknown, not zero', () => {
    assert.deepEqual(groupSessions([hidden(), session({ state: 'active', transactionSeconds: 5 })], 'user'), [
      {
        key: 'app',
        sessions: 2,
        running: null,
        idleInTransaction: null,
        waiting: null,
        longestTransactionSeconds: null,
      },
    ])
  })
  test('thousands of sessions are grouped', () => {
    const many = Array.from({ length: 200_000 }, () => session({ transactionSeconds: 1 }))
    assert.equal(groupSessions(many, 'client')[0]?.sessions, 200_000)
  })
})
