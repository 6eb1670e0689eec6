// What is at the other end of a replication connection, by what its row shows.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { WalSender } from '../../../src/model/measured/pulse.ts'
import { senderKindOf } from '../../../src/model/measured/sender-kind.ts'
import { assessLocalReachability } from '../../../src/model/reachability/local-reachability.ts'
import { clusterMembers } from '../../../src/model/replication/member.ts'
import { replicationGraph } from '../../../src/model/replication/replication-graph.ts'
import { aCluster, aPrimary, aPrimaryPulse, aSender, aSlot, aStandby, NOW } from '../../builders/snapshot.ts'

const SLOTS = [aSlot({ name: 'kept' }), aSlot({ name: 'changes', type: 'logical' })]
const kindOf = (over: Partial<WalSender>) => senderKindOf(aSender(over), aPrimaryPulse({ slots: SLOTS }))

describe('the kind of a sender', () => {
  test('is told by its application name', () => {
    for (const applicationName of ['pg_receivewal', 'pg_receivexlog', 'barman_receive_wal']) {
      assert.equal(kindOf({ applicationName }), 'archiver', applicationName)
    }
    for (const applicationName of ['pg_basebackup', 'pg_rewind', 'pgbackrest', 'barman_streaming_backup']) {
      assert.equal(kindOf({ applicationName }), 'backup', applicationName)
    }
    for (const applicationName of ['Debezium General', 'Debezium Streaming', 'pg_recvlogical']) {
      assert.equal(kindOf({ applicationName, state: 'startup', replayedLsn: null }), 'capture', applicationName)
    }
  })

  test('is told by the type of its slot', () => {
    assert.equal(kindOf({ applicationName: 'orders', slot: 'changes' }), 'logical')
    assert.equal(kindOf({ applicationName: 'Debezium Streaming', slot: 'changes' }), 'capture')
    assert.equal(kindOf({ applicationName: 'walreceiver', slot: 'kept' }), 'standby')
  })

  test('is a backup by its state, and by the slot of the connection that takes the WAL of one', () => {
    assert.equal(kindOf({ applicationName: 'nightly', state: 'backup', replayedLsn: null }), 'backup')
    assert.equal(kindOf({ applicationName: 'nightly', slot: 'pg_basebackup_4711' }), 'backup')
  })

  test('is an archiver whatever its name when it writes WAL and never replays any', () => {
    assert.equal(kindOf({ applicationName: 'vault-archive', flushedLsn: null, replayedLsn: null }), 'archiver')
  })

  test('is unknown where the row is hidden or has only begun', () => {
    assert.equal(kindOf({ state: null, replyAgeSeconds: null, writtenLsn: null, replayedLsn: null }), 'unknown')
    assert.equal(kindOf({ state: 'startup', replayedLsn: null }), 'unknown')
    assert.equal(kindOf({ replyAgeSeconds: null, replayedLsn: null }), 'unknown')
  })
})

describe('in the graph', () => {
  const archiver = aSender({ pid: 1, applicationName: 'pg_receivewal', flushedLsn: null, replayedLsn: null })
  const snapshot = aCluster({
    databases: [
      aPrimary({
        slots: SLOTS,
        senders: [
          archiver,
          aSender({ pid: 2, applicationName: 'pg_basebackup', state: 'backup' }),
          aSender({ pid: 3, applicationName: 'Debezium Streaming', slot: 'changes' }),
          aSender({ pid: 4, applicationName: 'db-ro' }),
        ],
      }),
      aStandby(),
    ],
  })

  test('each sender has its kind, and only standbys and archivers are ends of links', () => {
    const members = clusterMembers(snapshot, null, assessLocalReachability(snapshot, null, NOW))
    const { senders, links } = replicationGraph(members)
    assert.deepEqual(
      senders.map(({ sender, kind, downstream }) => [sender.pid, kind, downstream?.id ?? null]),
      [
        [1, 'archiver', null],
        [2, 'backup', null],
        [3, 'capture', null],
        [4, 'standby', 'db-ro'],
      ],
    )
    assert.deepEqual(
      links.map(({ sender, kind }) => [sender?.pid, kind]),
      [
        [4, 'standby'],
        [1, 'archiver'],
      ],
    )
  })

  test('backups, capture and logical subscribers are told with the database they take from', () => {
    const { otherSenders } = derivePicture(snapshot, null, NOW)
    assert.deepEqual(
      otherSenders.map(({ databaseId, kind, name, slot }) => [databaseId, kind, name, slot]),
      [
        ['db-1', 'backup', 'pg_basebackup at 127.0.0.1', null],
        ['db-1', 'capture', 'Debezium Streaming at 127.0.0.1', 'changes'],
      ],
    )
    assert.deepEqual(
      otherSenders.map(({ behindBytes, since }) => [behindBytes, since]),
      [
        [null, NOW - 3_600_000],
        [0, NOW - 3_600_000],
      ],
    )
  })

  test('an archiver is behind by what it has not written, is no standby of a split brain and takes over nothing', () => {
    const alone = aCluster({ databases: [aPrimary({ senders: [archiver] })] })
    const picture = derivePicture(alone, null, NOW)
    assert.deepEqual([picture.links[0]?.lag.bytes, picture.links[0]?.lag.replayedBytes], [0, null])
    assert.deepEqual(picture.failover.blockers, ['no standby is connected to db-1'])
  })

  test('a standby that bears the name of an archiver is one all the same, once its row shows that it replays', () => {
    const renamed = aSender({ applicationName: 'archive', replayedLsn: 1n })
    assert.equal(
      derivePicture(aCluster({ databases: [aPrimary({ senders: [renamed] })] }), null, NOW).links[0]?.kind,
      'standby',
    )
  })
})
