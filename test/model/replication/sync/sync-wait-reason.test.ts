import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WalSender } from '../../../../src/model/measured/pulse.ts'
import { syncWaitReason } from '../../../../src/model/replication/sync/sync-wait-reason.ts'
import { aSender } from '../../../builders/snapshot.ts'

const sender = (applicationName: string, parts: Partial<WalSender> = {}) =>
  aSender({ applicationName, replyAgeSeconds: 1, ...parts })

describe('why a commit waits', () => {
  const asks = (setting: string, needed: number) => `synchronous_standby_names = '${setting}' asks for ${needed}`
  const text = (setting: string, senders: readonly WalSender[] | null) => syncWaitReason(setting, senders).text

  test('no client is connected', () => {
    assert.equal(text('db-2', []), `no standby qualifies: ${asks('db-2', 1)}, and no standby is connected`)
  })
  test('only others are connected; a base backup is none', () => {
    assert.equal(
      text('nobody', [sender('db-2'), sender('db-3'), sender('pg_basebackup', { state: 'backup' })]),
      `no standby qualifies: ${asks('nobody', 1)}, and it does not name db-2 and db-3`,
    )
  })
  test('the named one is still catching up', () => {
    assert.equal(
      text('db-2', [sender('DB-2', { state: 'catchup' })]),
      `no standby qualifies: ${asks('db-2', 1)}, but DB-2 is in state catchup`,
    )
  })
  test('too few qualify', () => {
    const reason = syncWaitReason('ANY 2 (db-2, db-3)', [sender('db-2')])
    assert.deepEqual(reason, {
      needed: 2,
      qualified: ['db-2'],
      text: `only db-2 qualifies: ${asks('ANY 2 (db-2, db-3)', 2)}, and no other standby is connected`,
    })
  })
  test('enough qualify and have not confirmed; silence is told', () => {
    assert.equal(
      text('*', [sender('db-2', { replyAgeSeconds: 42 })]),
      'waits for db-2 (last reply 42 s ago) to confirm',
    )
    assert.equal(text('ANY 1 (db-2, db-3)', [sender('db-2'), sender('db-3')]), 'waits for db-2 and db-3 to confirm')
  })
  test('what streams and reports no flushed position never confirms', () => {
    const receivewal = sender('pg_receivewal', { flushedLsn: null })
    const { qualified, text: why } = syncWaitReason('*', [receivewal])
    assert.deepEqual(qualified, [])
    const reports = 'but pg_receivewal confirms nothing (it reports no flushed position)'
    assert.equal(why, `no standby qualifies: ${asks('*', 1)}, ${reports}`)
    assert.equal(text('*', [receivewal, sender('db-2')]), 'waits for db-2 to confirm')
  })
  test('with FIRST only the leading ones confirm', () => {
    const senders = [sender('a', { sync: 'sync' }), sender('b', { sync: 'potential' })]
    assert.equal(text('FIRST 1 (a, b)', senders), 'waits for a to confirm')
    assert.equal(text('"a", "B"', senders), 'waits for a to confirm')
  })
  test('what is hidden is told as hidden', () => {
    const hidden = `${asks('db-2', 1)}; this role may not see the state of the standbys`
    assert.equal(text('db-2', [sender('db-2', { state: null })]), hidden)
    assert.equal(text('db-2', null), hidden)
  })
  test('the setting was emptied meanwhile', () => {
    assert.equal(text('', []), 'synchronous_standby_names is empty now: these commits will continue soon')
  })
})
