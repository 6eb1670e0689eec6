// What a session does in one word, which sessions there are, and in which order.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SessionRow } from '../../../../src/model/measured/on-demand.ts'
import { freshReading } from '../../../../src/model/values/reading.ts'
import type { ClusterState, State } from '../../../../src/state/state.ts'
import { matchingSessions, sessionEntries } from '../../../../src/ui/views/activity/rows.ts'
import { sessionWaitText } from '../../../../src/ui/views/activity/waits.ts'
import { healthy } from '../../../builders/screens.ts'
import { anActivity, aSession, busySessions, withActivity } from '../../../builders/session-screens.ts'
import { NOW } from '../../../builders/snapshot.ts'

function only({ clusters: [cluster] }: State): ClusterState {
  assert.ok(cluster)
  return cluster
}

const doing = (over: Partial<SessionRow>) => {
  const state = withActivity(healthy(), { 'db-1': freshReading(anActivity([aSession({ pid: 1, ...over })]), NOW) })
  return sessionEntries(only(state))[0]?.activity ?? null
}

describe('what a session does', () => {
  test('is one word', () => {
    const active = { state: 'active', waitType: null, wait: null } as const
    assert.equal(doing({}), 'idle')
    assert.equal(doing(active), 'running')
    assert.equal(doing({ ...active, waitType: 'IO', wait: 'DataFileRead' }), 'running')
    assert.equal(doing({ ...active, waitType: 'Lock', wait: 'tuple' }), 'waiting')
    assert.equal(doing({ ...active, waitType: 'IPC', wait: 'SyncRep' }), 'waiting')
    assert.equal(doing({ state: 'idle in transaction (aborted)' }), 'aborted transaction')
    assert.equal(doing({ ...active, kind: 'walsender' }), 'sending')
    assert.equal(doing({ state: null, kind: null }), 'hidden')
  })

  test('the server’s own processes are no sessions, those that work for somebody are', () => {
    assert.equal(doing({ kind: 'checkpointer', user: null, database: null }), null)
    // It belongs to the owner of the cluster and has no state: nothing is hidden of it.
    assert.equal(doing({ kind: 'logical replication launcher', user: 'postgres', database: null, state: null }), null)
    assert.equal(doing({ kind: 'autovacuum worker', user: null, state: 'active', waitType: null }), 'running')
  })

  test('a wait for the client is not told', () => {
    assert.equal(sessionWaitText({ session: aSession({ pid: 1 }), workers: [] }), '')
    const session = aSession({ pid: 1, state: 'active', waitType: 'Lock', wait: 'tuple' })
    assert.equal(sessionWaitText({ session, workers: [] }), 'Lock: tuple')
  })
})

describe('the sessions of all databases', () => {
  test('come with the oldest transaction first, and the same answer gives the same rows', () => {
    const state = busySessions()
    const entries = sessionEntries(only(state))
    assert.deepEqual(
      entries.slice(0, 4).map(({ session }) => session.pid),
      [4130, 4101, 4120, 4131],
    )
    assert.deepEqual(new Set(entries.map(({ server }) => server)), new Set(['db-1', 'db-ro']))
    assert.equal(sessionEntries(only({ ...state, clusters: state.clusters.map((each) => ({ ...each })) })), entries)
  })

  test('a new pid is another session than an old one with the same pid', () => {
    const at = (startedAt: number) =>
      withActivity(healthy(), { 'db-1': freshReading(anActivity([aSession({ pid: 7, startedAt })]), NOW) })
    assert.notEqual(sessionEntries(only(at(1)))[0]?.id, sessionEntries(only(at(2)))[0]?.id)
  })

  test('the filter looks at server, database, user, application, state, wait and query', () => {
    const count = (filter: string) => matchingSessions(only(busySessions()), filter).all.length
    assert.equal(count('db-ro pmp-ro'), 2)
    assert.equal(count('DBA'), 1)
    assert.equal(count('syncrep'), 1)
    assert.equal(count('update accounts checked'), 1)
    assert.equal(count('aborted'), 1)
    assert.equal(count('4101'), 1)
    assert.equal(count('nowhere'), 0)
    assert.equal(count(' '), sessionEntries(only(busySessions())).length)
  })
})
