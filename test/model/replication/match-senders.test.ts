// Which of several standbys that look alike is at the other end of which connection: by the start of both ends, else not told.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabasePulse, WalReceiver, WalSender } from '../../../src/model/measured/pulse.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import { discoveryCandidates } from '../../../src/runtime/discovery/discovery-candidates.ts'
import { aKnownNode } from '../../builders/known-node.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aReceiver,
  aSender,
  aStale,
  aStandbyPulse,
  NOW,
} from '../../builders/snapshot.ts'

/** Behind one gateway: neither the address of a sender nor where a receiver connects to tells anything. */
const GATEWAY = { senderHost: '10.9.9.9', senderPort: 6000 }
const ports = new Map([
  ['a', 5433],
  ['b', 5434],
  ['c', 5435],
])

function alike(id: string, receiver: Partial<WalReceiver> | null, over: Partial<DatabasePulse> = {}): DatabaseRecord {
  const port = ports.get(id) ?? 5432
  const standby = { receiver: receiver === null ? null : aReceiver({ ...GATEWAY, ...receiver }) }
  return aDatabase({ id, port, pulse: aStandbyPulse({ serverPort: port, standby, ...over }) })
}

const sender = (pid: number, startedAt: number | null, over: Partial<WalSender> = {}) =>
  aSender({ pid, startedAt, address: '10.9.9.9', ...over })
const picture = (...databases: readonly DatabaseRecord[]) => derivePicture(aCluster({ databases }), null, NOW)
const told = (links: ReturnType<typeof picture>['links']) =>
  links.map(({ upstreamId, downstreamId, sender: found, state, sync }) =>
    [upstreamId ?? '?', downstreamId ?? '?', found?.pid ?? '?', state, sync ?? '?'].join(' '),
  )
const AT = NOW - 3_600_000
const sync = sender(1, AT, { sync: 'sync' })
const potential = sender(2, AT + 2000, { sync: 'potential' })

describe('standbys of one name and address, without slots', () => {
  test('are told apart by when both ends began', () => {
    const { links } = picture(
      aPrimary({ senders: [sync, potential] }),
      alike('a', { startedAt: AT + 1996 }),
      alike('b', { startedAt: AT - 4 }),
    )
    assert.deepEqual(told(links), ['db-1 a 2 streaming potential', 'db-1 b 1 streaming sync'])
    assert.ok(links[0]?.evidence.includes('started with its receiver (4.0 ms apart)'))
  })

  test('also across hosts whose clocks differ', () => {
    const { links } = picture(
      aPrimary({ senders: [sync, potential], clockOffsetMs: 2000 }),
      alike('a', { startedAt: AT - 4 }),
      alike('b', { startedAt: AT - 2004 }),
    )
    assert.deepEqual(told(links), ['db-1 a 2 streaming potential', 'db-1 b 1 streaming sync'])
  })

  test('are not swapped where a start is hidden or not read: what they have in common is told, the rest is unknown', () => {
    for (const startedAt of [null, undefined]) {
      const { links, failover } = picture(
        aPrimary({ senders: [sync, potential], synchronousStandbyNames: '*', synchronousCommit: 'on' }),
        alike('a', { startedAt }),
        alike('b', { startedAt }),
      )
      assert.deepEqual(told(links), ['db-1 a ? streaming ?', 'db-1 b ? streaming ?'])
      assert.deepEqual(links[0]?.evidence[0], 'one of 2 connections of walreceiver that pgdeck can’t tell apart')
      assert.notEqual(failover.lossBound, 'none-confirmed')
    }
    const async = [sender(1, AT), sender(2, AT)]
    const { links } = picture(aPrimary({ senders: async }), alike('a', {}), alike('b', {}))
    assert.deepEqual(told(links), ['db-1 a ? streaming async', 'db-1 b ? streaming async'])
  })

  test('are unknown where they began almost together', () => {
    const { links } = picture(
      aPrimary({ senders: [sync, sender(2, AT + 3, { sync: 'potential' })] }),
      alike('a', { startedAt: AT - 1 }),
      alike('b', { startedAt: AT + 2 }),
    )
    assert.deepEqual(told(links), ['db-1 a ? streaming ?', 'db-1 b ? streaming ?'])
  })

  test('a further one that is not watched is told as one that is not known', () => {
    const near = { senderHost: '127.0.0.1', senderPort: 5432 }
    const local = [1, 2, 3].map((pid) => aSender({ pid }))
    const { links } = picture(aPrimary({ senders: local }), alike('a', near), alike('b', near))
    assert.deepEqual(told(links), ['db-1 a ? streaming async', 'db-1 b ? streaming async', 'db-1 ? ? unknown ?'])
  })

  test('one without a receiver has none of them', () => {
    const near = { senderHost: '127.0.0.1', senderPort: 5432 }
    const { links } = picture(aPrimary({ senders: [aSender({ pid: 1 })] }), alike('a', near), alike('b', null))
    assert.deepEqual(told(links), ['db-1 a 1 streaming async', 'db-1 b ? disconnected ?'])
  })

  test('those that can’t be read are fed when all are', () => {
    const gone = (id: string) => {
      const { pulse } = alike(id, {})
      assert.equal(pulse.state, 'fresh')
      return aDatabase({ id, port: ports.get(id) ?? 0, pulse: aStale(pulse.value, NOW, aFault('auth')) })
    }
    const local = (...pids: readonly number[]) => pids.map((pid) => aSender({ pid }))
    assert.deepEqual(told(picture(aPrimary({ senders: local(1, 2) }), gone('a'), gone('b')).links), [
      'db-1 a ? streaming async',
      'db-1 b ? streaming async',
    ])
    assert.deepEqual(told(picture(aPrimary({ senders: local(1) }), gone('a'), gone('b')).links), [
      'db-1 a ? unknown ?',
      'db-1 b ? unknown ?',
    ])
  })
})

describe('a connection that its standby left behind', () => {
  test('is not taken for the one it has now', () => {
    const named = { applicationName: 'a' }
    const { links } = picture(
      aPrimary({ senders: [sender(1, AT, named), sender(2, AT + 60_000, named)] }),
      alike('a', { startedAt: AT + 59_998 }),
    )
    assert.equal(told(links)[0], 'db-1 a 2 streaming async')
    const hidden = picture(aPrimary({ senders: [sender(1, AT, named), sender(2, AT + 60_000, named)] }), alike('a', {}))
    assert.equal(told(hidden.links)[0], 'db-1 a 2 streaming async')
  })
})

describe('slots', () => {
  test('count more than starts', () => {
    const { links } = picture(
      aPrimary({ senders: [sender(1, AT, { slot: 'a' }), sender(2, AT + 2000, { slot: 'b' })] }),
      alike('a', { slot: 'a', startedAt: AT + 2000 }),
      alike('b', { slot: 'b', startedAt: AT }),
    )
    assert.deepEqual(
      links.map(({ downstreamId, slot }) => [downstreamId, slot]),
      [
        ['a', 'a'],
        ['b', 'b'],
      ],
    )
  })
})

describe('discovery', () => {
  test('looks for nobody behind a gateway where all are known', () => {
    const primary = aPrimary({ senders: [sync, potential] }).pulse
    const [a, b] = [alike('a', {}), alike('b', {})].map(({ pulse }) => pulse)
    assert.ok(primary.state === 'fresh' && a?.state === 'fresh' && b?.state === 'fresh')
    const nodes = [
      aKnownNode('p', '10.0.0.11:5432', primary.value),
      aKnownNode('a', '10.0.0.12:5433', a.value),
      aKnownNode('b', '10.0.0.13:5434', b.value),
    ]
    const below = discoveryCandidates(nodes, 'postgres').filter(({ relation }) => relation === 'downstream')
    assert.deepEqual(below, [])
  })
})

describe('one server under two entries', () => {
  test('counts once, by its own port, whichever comes first', () => {
    const senders = [aSender({ pid: 1, applicationName: 'a' }), aSender({ pid: 2, applicationName: 'x' })]
    const { pulse } = aPrimary({ senders })
    assert.equal(pulse.state, 'fresh')
    const vip = aDatabase({ id: 'vip', port: 6432, pulse: pulse.value })
    const near = { senderHost: '127.0.0.1', senderPort: 5432 }
    for (const entries of [
      [vip, aPrimary({ senders })],
      [aPrimary({ senders }), vip],
    ]) {
      const { links, failover } = picture(...entries, alike('a', near))
      assert.deepEqual(told(links), ['db-1 a 1 streaming async', 'db-1 ? 2 streaming async'])
      assert.deepEqual([failover.ifFails, failover.candidate], ['db-1', 'a'])
    }
  })
})
