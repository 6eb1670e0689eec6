// Who replicates from whom, for any cluster: nothing is told twice, nothing of another system is joined, all of it ends.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aSlot,
  aStale,
  aStandbyPulse,
  NOW,
} from '../../builders/snapshot.ts'

const NAMES = ['n-0', 'n-1', 'n-2', 'n-3', 'n-4'] as const
const name = fc.constantFrom(...NAMES, 'walreceiver', '', 'pg_basebackup', 'odd "name"\u202e\x1b[2J')
const port = fc.constantFrom(5432, 5433, 5434)
const slot = fc.option(fc.constantFrom('s0', 's1', 's2'))
const lsn = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

const sender = fc
  .record({
    applicationName: name,
    slot,
    address: fc.constantFrom('127.0.0.1', '::1', '10.0.0.9', null),
    port: fc.option(fc.nat(65_535)),
    state: fc.constantFrom('startup', 'catchup', 'streaming', 'backup', 'stopping', null),
    sentLsn: fc.option(lsn),
    flushedLsn: fc.option(lsn),
    replayedLsn: fc.option(lsn),
    startedAt: fc.option(fc.integer({ min: NOW - 100_000, max: NOW })),
  })
  .map((parts) => aSender(parts))

const receiver = fc.option(
  fc
    .record({ slot, senderPort: fc.option(port), senderHost: fc.constantFrom('127.0.0.1', 'elsewhere', null) })
    .map((parts) => aReceiver(parts)),
)

const node = fc.record({
  isPrimary: fc.boolean(),
  system: fc.constantFrom('1', '2'),
  timeline: fc.option(fc.integer({ min: 1, max: 3 })),
  port,
  senders: fc.array(sender, { maxLength: 4 }),
  slots: fc.array(fc.constantFrom('s0', 's1', 's2'), { maxLength: 3 }),
  receiver,
  received: fc.option(lsn),
  replayed: fc.option(lsn),
  configuredSlot: slot,
  reading: fc.constantFrom('fresh', 'stale', 'failed', 'waiting'),
})

type Drawn = typeof node extends fc.Arbitrary<infer T> ? T : never

function record(drawn: Drawn, index: number): DatabaseRecord {
  const { system: systemIdentifier, timeline, senders, received: receivedLsn, replayed: replayedLsn } = drawn
  const slots = drawn.slots.map((each) => aSlot({ name: each }))
  const about = { systemIdentifier, timeline, senders, slots, serverPort: drawn.port }
  const pulse = drawn.isPrimary
    ? aPrimaryPulse(about)
    : aStandbyPulse({ ...about, standby: { receiver: drawn.receiver, receivedLsn, replayedLsn } })
  const fault = aFault('timeout')
  const reading = {
    fresh: pulse,
    stale: aStale(pulse, NOW - 4_000, fault),
    failed: { state: 'failed', fault, since: NOW - 4_000 } as const,
    waiting: { state: 'waiting' } as const,
  }[drawn.reading]
  return aDatabase({ id: `n-${index}`, port: drawn.port, slot: drawn.configuredSlot, pulse: reading })
}

const cluster = fc.array(node, { maxLength: 5 }).map((nodes) => aCluster({ databases: nodes.map(record) }))
const TELLS_NOTHING = /undefined|NaN|\[object|\x1b|\u202e/

describe('the topology of any cluster', () => {
  test('shows each node once, with a known upstream, and never a node above itself', () => {
    fc.assert(
      fc.property(cluster, (snapshot) => {
        const picture = derivePicture(snapshot, null, NOW)
        const ids = picture.databases.map(({ id }) => id)
        assert.deepEqual(ids.toSorted(), snapshot.databases.map(({ spec }) => spec.id).toSorted())
        for (const { id, upstreamId, depth } of picture.databases) {
          assert.notEqual(upstreamId, id)
          assert.ok(upstreamId === null || ids.includes(upstreamId))
          assert.ok(depth >= 0 && depth < Math.max(1, ids.length))
        }
      }),
      { numRuns: 400 },
    )
  })

  test('gives each standby one source at most, each connection one end, and joins no two systems', () => {
    fc.assert(
      fc.property(cluster, (snapshot) => {
        const { links } = derivePicture(snapshot, null, NOW)
        const down = links.flatMap(({ downstreamId }) => downstreamId ?? [])
        assert.equal(new Set(down).size, down.length)
        const senders = links.flatMap((link) => link.sender ?? [])
        assert.equal(new Set(senders).size, senders.length)
        const system = (id: string | null) => {
          const pulse = snapshot.databases.find(({ spec }) => spec.id === id)?.pulse
          return pulse?.state === 'fresh' ? pulse.value.systemIdentifier : null
        }
        for (const { upstreamId, downstreamId, sender: joined } of links) {
          const [one, other] = [system(upstreamId), system(downstreamId)]
          if (joined && one !== null && other !== null) assert.equal(one, other)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('says nothing that is no words, whatever names there are, and the same again for the same', () => {
    fc.assert(
      fc.property(cluster, cluster, (before, snapshot) => {
        const previous = derivePicture(before, null, NOW - 2_000)
        const picture = derivePicture(snapshot, previous, NOW)
        assert.deepEqual(derivePicture(snapshot, previous, NOW), picture)
        for (const { message } of picture.alerts) assert.doesNotMatch(message, TELLS_NOTHING)
        for (const { upstreamName, downstreamName, evidence, lag } of picture.links) {
          assert.doesNotMatch([upstreamName, downstreamName, ...evidence].join(), TELLS_NOTHING)
          assert.ok(lag.bytes === null || lag.bytes >= 0)
          assert.ok(lag.seconds === null || lag.seconds >= 0)
        }
      }),
      { numRuns: 400 },
    )
  })
})
