import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aSlot,
  aStale,
  aStandby,
  aStandbyPulse,
  NOW,
  SYSTEM,
  withDatabase,
} from '../../builders/snapshot.ts'

const cluster = (...databases: readonly DatabaseRecord[]): ClusterSnapshot => aCluster({ databases })
const seen = (snapshot: ClusterSnapshot, previous: Picture | null = null, now = NOW) =>
  derivePicture(snapshot, previous, now)
const tree = (picture: Picture) =>
  picture.databases.map(({ id, depth, role, status }) => `${'  '.repeat(depth)}${id} ${role} ${status}`)
const linked = (picture: Picture) =>
  picture.links.map((link) => `${link.upstreamName} > ${link.downstreamName} ${link.state}`)

describe('both ends of a connection are joined', () => {
  test('by the slot, where everything runs on one host under one name', () => {
    const receiver = (slot: string) => ({ receiver: aReceiver({ slot }) })
    const picture = seen(
      cluster(
        aPrimary({ senders: [aSender({ slot: 'b' }), aSender({ slot: 'a' })] }),
        aDatabase({ id: 'a', port: 5433, pulse: aStandbyPulse({ standby: receiver('a') }) }),
        aDatabase({ id: 'b', port: 5434, pulse: aStandbyPulse({ standby: receiver('b'), serverPort: 5434 }) }),
      ),
    )
    assert.deepEqual(
      picture.links.map(({ downstreamId, slot }) => [downstreamId, slot]),
      [
        ['a', 'a'],
        ['b', 'b'],
      ],
    )
    assert.equal(picture.links[0]?.evidence[0], 'slot a at both ends')
  })

  test('by the application name of a standby that can’t be read', () => {
    const picture = seen(
      cluster(
        aPrimary(),
        aDatabase({ id: 'db-ro', port: 5433, pulse: { state: 'failed', fault: aFault('auth'), since: NOW } }),
      ),
    )
    assert.deepEqual(tree(picture), ['db-1 primary active', '  db-ro replica streaming'])
    assert.equal(picture.databases[1]?.portOpen, true)
  })

  test('by being the only two left, where a proxy stands between', () => {
    const primary = aPrimary({ senders: [aSender({ applicationName: 'walreceiver', address: '10.1.1.1' })] })
    const standby = aStandby({ standby: { receiver: aReceiver({ senderHost: '10.2.2.2', senderPort: 6000 }) } })
    const [link] = seen(cluster(primary, standby)).links
    assert.equal(link?.downstreamId, 'db-ro')
    assert.ok(link?.evidence.includes('the only sender and the only standby left'))
  })

  test('a sender’s own row decides the state', () => {
    const primary = aPrimary({ senders: [aSender({ applicationName: 'db-ro', state: 'catchup' })] })
    assert.deepEqual(tree(seen(cluster(primary, aStandby()))), ['db-1 primary active', '  db-ro replica catching-up'])
  })

  test('without the right to see the sender’s row, the receiver decides', () => {
    const masked = aSender({ applicationName: 'db-ro', state: null, address: null, sentLsn: null, replayedLsn: null })
    assert.equal(seen(cluster(aPrimary({ senders: [masked] }), aStandby())).links[0]?.state, 'streaming')
  })

  test('a source that has not noticed the loss is not believed', () => {
    const gone = aStandby({ standby: { receiver: null } })
    assert.deepEqual(linked(seen(cluster(aPrimary(), gone))), ['db-1 > db-ro disconnected'])
  })
})

describe('never joined', () => {
  test('two systems, and it is said', () => {
    const other = aStandby({ systemIdentifier: '42' })
    const picture = seen(cluster(aPrimary(), other))
    const stranger = picture.links.find((link) => link.downstreamId === null)
    assert.equal(stranger?.configured, false)
    assert.ok(stranger?.evidence.includes('not db-ro: its system identifier is another'))
    assert.equal(picture.databases.find(({ id }) => id === 'db-ro')?.upstreamId, null)
  })

  test('two slots', () => {
    const primary = aPrimary({ senders: [aSender({ applicationName: 'db-ro', slot: 'one' })] })
    const standby = aStandby({ standby: { receiver: aReceiver({ slot: 'other' }) } })
    assert.equal(seen(cluster(primary, standby)).links.filter((link) => link.downstreamId === null).length, 1)
  })

  test('base backups, pg_rewind and logical subscribers', () => {
    const senders = [
      aSender({ applicationName: 'pg_basebackup', state: 'backup' }),
      aSender({ applicationName: 'pg_rewind' }),
      aSender({ applicationName: 'subscription', slot: 'logical_slot' }),
    ]
    const slots = [aSlot({ name: 'logical_slot', type: 'logical' })]
    assert.deepEqual(seen(cluster(aPrimary({ senders, slots }))).links, [])
  })

  test('a primary as somebody’s standby', () => {
    const promoted = aDatabase({ id: 'db-ro', port: 5433, pulse: aPrimaryPulse({ serverPort: 5433, startedAt: 5 }) })
    assert.deepEqual(tree(seen(cluster(aPrimary(), promoted))), ['db-1 primary active', 'db-ro primary active'])
  })
})

describe('the tree', () => {
  const cascade = () =>
    cluster(
      aDatabase({
        id: 'leaf',
        port: 5434,
        pulse: aStandbyPulse({ serverPort: 5434, standby: { receiver: aReceiver({ senderPort: 5433 }) } }),
      }),
      aStandby({ senders: [aSender({ applicationName: 'leaf' })] }),
      aPrimary(),
    )

  test('has cascades', () => {
    assert.deepEqual(tree(seen(cascade())), [
      'db-1 primary active',
      '  db-ro replica streaming',
      '    leaf cascading-replica streaming',
    ])
  })

  test('is kept when the primary dies', () => {
    const before = seen(cascade())
    const dead = withDatabase(cascade(), 'db-1', (record) => ({
      ...record,
      pulse: aStale(aPrimaryPulse(), NOW, aFault('refused')),
    }))
    const lost = withDatabase(dead, 'db-ro', () =>
      aStandby({ standby: { receiver: null }, senders: [aSender({ applicationName: 'leaf' })] }),
    )
    assert.deepEqual(tree(seen(lost, before, NOW + 2000)), [
      'db-1 primary inactive',
      '  db-ro replica disconnected',
      '    leaf cascading-replica streaming',
    ])
  })

  test('is kept when a cascade loses its source', () => {
    const before = seen(cascade())
    const lost = cluster(
      aDatabase({ id: 'leaf', port: 5434, pulse: aStandbyPulse({ serverPort: 5434, standby: { receiver: null } }) }),
      aStandby({}, { pulse: aStale(aStandbyPulse(), NOW, aFault('refused')) }),
      aPrimary({ senders: [] }),
    )
    const after = seen(lost, before, NOW + 2000)
    assert.deepEqual(tree(after), [
      'db-1 primary active',
      '  db-ro replica inactive',
      '    leaf cascading-replica disconnected',
    ])
    assert.equal(after.databases[1]?.since, NOW + 2000)
    assert.equal(after.databases[2]?.since, NOW)
  })

  test('of a primary that was dead from the start is made from what was last seen', () => {
    const dead = aDatabase({
      id: 'db-1',
      pulse: { state: 'failed', fault: aFault('refused'), since: NOW },
      lastSeenAsPrimary: {
        at: NOW - 60_000,
        lsn: 1n,
        timeline: 1,
        systemIdentifier: SYSTEM,
        settings: aPrimaryPulse().settings,
      },
    })
    assert.deepEqual(tree(seen(cluster(dead, aStandby({ standby: { receiver: null } })))), [
      'db-1 primary inactive',
      '  db-ro replica disconnected',
    ])
  })

  test('has no place yet for what was never read, whatever was remembered of it', () => {
    const seenBefore = {
      at: NOW - 60_000,
      lsn: 1n,
      timeline: 1,
      systemIdentifier: SYSTEM,
      settings: aPrimaryPulse().settings,
    }
    const waiting = (id: string) => aDatabase({ id, lastSeenAsPrimary: seenBefore })
    assert.deepEqual(
      seen(cluster(waiting('a'), waiting('b'))).databases.map(({ depth, upstreamId }) => [depth, upstreamId]),
      [
        [0, null],
        [0, null],
      ],
    )
  })

  test('shows a source that is not watched by its address', () => {
    const orphan = aStandby({ standby: { receiver: aReceiver({ senderHost: '10.0.0.9', senderPort: 5432 }) } })
    const picture = seen(cluster(orphan))
    assert.deepEqual(linked(picture), ['10.0.0.9:5432 > db-ro streaming'])
    assert.deepEqual(tree(picture), ['db-ro replica streaming'])
  })

  test('shows a source that this role may not see as unknown, and no figures against it', () => {
    const hidden = aReceiver({ status: null, senderHost: null, senderPort: null, flushedLsn: null, latestEndLsn: null })
    const picture = seen(cluster(aStandby({ standby: { receiver: hidden } })))
    assert.deepEqual(linked(picture), ['? > db-ro streaming'])
    assert.deepEqual(tree(picture), ['db-ro replica streaming'])
    assert.deepEqual(new Set(Object.values(picture.links[0]?.lag ?? {})), new Set([null]))
    assert.equal(picture.databases[0]?.lag?.bytes, null)
  })

  test('names from outside are harmless', () => {
    const sender = aSender({ applicationName: 'ev\x1b[2Jil\u202e', address: '10.0.0.9\n' })
    assert.deepEqual(linked(seen(cluster(aPrimary({ senders: [sender] })))), ['db-1 > evil at 10.0.0.9  streaming'])
  })
})

describe('slots', () => {
  test('are told with who uses them', () => {
    const slots = [aSlot(), aSlot({ name: 'idle', active: false })]
    const primary = aPrimary({ slots, senders: [aSender({ slot: 'ro_slot' })] })
    const standby = aStandby({ standby: { receiver: aReceiver({ slot: 'ro_slot' }) } })
    assert.deepEqual(
      seen(cluster(primary, standby)).slots.map(({ databaseId, name, usedBy }) => [databaseId, name, usedBy]),
      [
        ['db-1', 'ro_slot', 'db-ro'],
        ['db-1', 'idle', null],
      ],
    )
  })
})
