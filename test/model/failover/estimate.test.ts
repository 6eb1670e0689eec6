import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aStale,
  aStandby,
  aStandbyPulse,
  NOW,
  SYSTEM,
} from '../../builders/snapshot.ts'

const MB = 1024 * 1024
const at = (mb: number) => BigInt(Math.round(mb * MB))
const estimate = (databases: readonly DatabaseRecord[], previous: Picture | null = null, now = NOW) =>
  derivePicture(aCluster({ databases }), previous, now).failover

const standbyAt = (id: string, mb: number, over: Parameters<typeof aStandbyPulse>[0] = {}): DatabaseRecord => {
  const port = 5433 + id.charCodeAt(0)
  const standby = {
    receivedLsn: at(mb),
    replayedLsn: at(mb),
    receiver: aReceiver({ flushedLsn: at(mb), latestEndLsn: at(mb) }),
    ...over.standby,
  }
  return aDatabase({ id, port, pulse: aStandbyPulse({ serverPort: port, ...over, standby }) })
}
const senderOf = (id: string, mb: number, over: Parameters<typeof aSender>[0] = {}) =>
  aSender({
    applicationName: id,
    sentLsn: at(mb),
    writtenLsn: at(mb),
    flushedLsn: at(mb),
    replayedLsn: at(mb),
    ...over,
  })
const primaryAt = (mb: number, ...senders: readonly ReturnType<typeof aSender>[]) => aPrimary({ lsn: at(mb), senders })
const deadPrimary = (mb: number) =>
  aPrimary({}, { pulse: aStale(aPrimaryPulse({ lsn: at(mb) }), NOW - 4000, aFault('refused'), NOW - 2000) })

test('positions of two timelines are not subtracted, whichever is the larger number', () => {
  const primaryOn2 = aPrimary({ lsn: at(100), timeline: 2 })
  const found = [90, 110].map((mb) => estimate([primaryOn2, standbyAt('b', mb, { timeline: 1 })]))
  for (const { candidate, lossBytes, lossBound } of found)
    assert.deepEqual([candidate, lossBytes, lossBound], ['b', null, null])
  const gone = estimate([deadPrimary(100), standbyAt('b', 110, { timeline: 2, standby: { receiver: null } })])
  assert.deepEqual([gone.lossBytes, gone.lossBound], [null, null])
})

test('a standby of another history does not decide who has received most', () => {
  const databases = [deadPrimary(100), standbyAt('a', 99), standbyAt('b', 98), standbyAt('c', 500, { timeline: 7 })]
  assert.deepEqual([estimate(databases).candidate, estimate(databases).lossBytes], ['a', MB])
})

test('a primary that nobody ever read is what its only standby lacks', () => {
  const dead = aDatabase({ id: 'db-1', pulse: { state: 'failed', fault: aFault('refused'), since: NOW } })
  const snapshot = aCluster({ databases: [dead, aStandby({ standby: { receiver: null } })] })
  const { failover, databases, alerts } = derivePicture(snapshot, null, NOW)
  assert.deepEqual(
    databases.map(({ id, depth, status }) => [id, depth, status]),
    [
      ['db-1', 0, 'inactive'],
      ['db-ro', 1, 'disconnected'],
    ],
  )
  const { ifFails, candidate, lossBytes, lossSeconds, basis, warnings } = failover
  assert.deepEqual([ifFails, candidate, lossBytes, lossSeconds, basis], ['db-1', 'db-ro', null, null, 'last-seen'])
  assert.deepEqual(warnings, ['what db-1 had written last is unknown'])
  assert.ok(!alerts.some(({ rule }) => rule === 'replica-disconnected'))
  // Two that are down: either may have been it.
  const twice = derivePicture(
    aCluster({ databases: [dead, { ...dead, spec: { ...dead.spec, id: 'db-2' } }, ...snapshot.databases.slice(1)] }),
    null,
    NOW,
  )
  assert.equal(twice.failover.ifFails, null)
})

describe('a live primary', () => {
  test('costs nothing when its standby has everything', () => {
    assert.deepEqual(estimate([primaryAt(100, senderOf('a', 100)), standbyAt('a', 100)]), {
      ifFails: 'db-1',
      candidate: 'a',
      lossBytes: 0,
      lossSeconds: 0,
      basis: 'live',
      basisAgeMs: 0,
      lossBound: 'as-read',
      writableInSeconds: 1,
      blockers: [],
      warnings: [],
    })
  })

  test('costs what the standby has not flushed, with the age of the oldest of it', () => {
    const history = [80, 90, 100].map((mb, index) => ({
      at: NOW - 4000 + index * 2000,
      lsn: at(mb),
      replayedLsn: null,
      backlogBytes: null,
    }))
    const primary = { ...primaryAt(100, senderOf('a', 90)), history }
    const found = estimate([primary, standbyAt('a', 90)])
    assert.deepEqual([found.lossBytes, found.lossSeconds], [10 * MB, 2])
  })

  test('tells no age of it after a single reading of the primary', () => {
    const history = [{ at: NOW, lsn: at(100), replayedLsn: null, backlogBytes: null }]
    const primary = { ...primaryAt(100, { ...senderOf('a', 90), flushLagSeconds: null }), history }
    const found = estimate([primary, standbyAt('a', 90)])
    assert.deepEqual([found.lossBytes, found.lossSeconds], [10 * MB, null])
  })

  test('takes writes when the backlog is replayed at the fastest speed seen', () => {
    const history = [0, 20, 25].map((mb, index) => ({
      at: NOW - 4000 + index * 2000,
      lsn: at(100),
      replayedLsn: at(mb),
      backlogBytes: 40 * MB,
    }))
    const standby = { ...standbyAt('a', 100, { standby: { replayedLsn: at(60) } }), history }
    assert.equal(estimate([primaryAt(100, senderOf('a', 100)), standby]).writableInSeconds, 5)
    const unmeasured = estimate([primaryAt(100, senderOf('a', 100)), { ...standby, history: [] }])
    assert.equal(unmeasured.writableInSeconds, null)
    assert.ok(unmeasured.warnings.includes('how fast a replays is unknown yet'))
  })
})

describe('the best candidate', () => {
  const named = (primary: DatabaseRecord, ...standbys: readonly DatabaseRecord[]) =>
    estimate([primary, ...standbys]).candidate

  test('has received most', () => {
    assert.equal(
      named(primaryAt(100, senderOf('a', 50), senderOf('b', 90)), standbyAt('a', 50), standbyAt('b', 90)),
      'b',
    )
  })
  test('is a synchronous one before others', () => {
    const primary = primaryAt(100, senderOf('a', 98, { sync: 'sync' }), senderOf('b', 100))
    assert.equal(named(primary, standbyAt('a', 98), standbyAt('b', 100)), 'a')
  })
  test('is one that nothing speaks against', () => {
    const primary = primaryAt(100, senderOf('a', 100), senderOf('b', 60))
    const paused = standbyAt('a', 100, { standby: { pause: 'paused' } })
    assert.equal(named(primary, paused, standbyAt('b', 60)), 'b')
  })
  test('is a direct one before a cascading one', () => {
    const leaf = standbyAt('a', 100, {
      standby: { receiver: aReceiver({ senderPort: 5433 + 98, flushedLsn: at(100), latestEndLsn: at(100) }) },
    })
    const middle = standbyAt('b', 100, { senders: [senderOf('a', 100)] })
    assert.equal(named(primaryAt(100, senderOf('b', 100)), leaf, middle), 'b')
  })
  test('does not change with every reading of a busy cluster', () => {
    const tie = (a: number, b: number) => [
      primaryAt(100, senderOf('a', a), senderOf('b', b)),
      standbyAt('a', a),
      standbyAt('b', b),
    ]
    const first = derivePicture(aCluster({ databases: tie(99.6, 99.9) }), null, NOW)
    assert.equal(first.failover.candidate, 'a')
    const other = { ...first, failover: { ...first.failover, candidate: 'b' } }
    assert.equal(estimate(tie(99.9, 99.6), other).candidate, 'b')
  })
  test('is nobody, and why', () => {
    assert.deepEqual(estimate([primaryAt(100)]).blockers, ['no standby is connected to db-1'])
    assert.match(estimate([primaryAt(100, senderOf('x', 100))]).blockers[0] ?? '', /not watched/)
    const lost = aStandby({}, { pulse: { state: 'failed', fault: aFault('timeout'), since: NOW } })
    assert.deepEqual(estimate([aPrimary(), lost]).blockers, ['pgdeck can read no standby of db-1: db-ro'])
    assert.deepEqual(estimate([lost]).blockers, ['the primary is unknown'])
  })
})

describe('what blocks', () => {
  const settings = { ...aPrimaryPulse().settings, max_connections: 50 }
  const table: readonly [string, Parameters<typeof aStandbyPulse>[0], RegExp][] = [
    ['paused replay', { standby: { pause: 'pause requested' } }, /^replay is paused on a$/],
    [
      'settings below the primary’s',
      { settings },
      /^a would shut down when promoted: max_connections is 50, below 100 on db-1$/,
    ],
    ['another timeline', { timeline: 7 }, /^a has another history: a is on timeline 7, db-1 on 1, /],
  ]
  for (const [name, over, words] of table) {
    test(name, () =>
      assert.match(estimate([primaryAt(100, senderOf('a', 100)), standbyAt('a', 100, over)]).blockers[0] ?? '', words),
    )
  }
  test('a split brain', () => {
    const twin = aDatabase({ id: 'b', port: 5999, pulse: aPrimaryPulse({ serverPort: 5999, startedAt: 1 }) })
    assert.match(
      estimate([primaryAt(100, senderOf('a', 100)), standbyAt('a', 100), twin]).blockers[0] ?? '',
      /^split brain: db-1 and b/,
    )
  })
})

describe('a primary that died', () => {
  const orphan = (mb: number) => standbyAt('a', mb, { standby: { receiver: null } })

  test('costs what it was last seen to have beyond its standby', () => {
    const found = estimate([deadPrimary(100), orphan(90)])
    assert.deepEqual(
      [found.ifFails, found.candidate, found.basis, found.basisAgeMs, found.lossBytes],
      ['db-1', 'a', 'last-seen', 4000, 10 * MB],
    )
    assert.match(found.warnings[0] ?? '', /^what db-1 wrote after it was last seen, 4 s ago, is unknown$/)
  })
  test('is remembered from an earlier run', () => {
    const seen = {
      at: NOW - 60_000,
      lsn: at(100),
      timeline: 1,
      systemIdentifier: SYSTEM,
      settings: aPrimaryPulse().settings,
    }
    const dead = aDatabase({
      id: 'db-1',
      pulse: { state: 'failed', fault: aFault('refused'), since: NOW },
      lastSeenAsPrimary: seen,
    })
    const found = estimate([dead, orphan(90)])
    assert.deepEqual([found.lossBytes, found.basisAgeMs], [10 * MB, 60_000])
  })
  test('what was remembered of another system does not count', () => {
    const seen = {
      at: NOW - 60_000,
      lsn: at(900),
      timeline: 1,
      systemIdentifier: '42',
      settings: aPrimaryPulse().settings,
    }
    assert.equal(estimate([{ ...deadPrimary(100), lastSeenAsPrimary: seen }, orphan(90)]).lossBytes, 10 * MB)
  })
  test('its standby may have heard of more than was read', () => {
    const standby = standbyAt('a', 90, {
      standby: { receiver: aReceiver({ flushedLsn: at(90), latestEndLsn: at(120) }) },
    })
    assert.equal(estimate([deadPrimary(100), standby]).lossBytes, 30 * MB)
  })
  test('its last settings still count', () => {
    const small = standbyAt('a', 90, {
      settings: { ...aPrimaryPulse().settings, max_wal_senders: 1 },
      standby: { receiver: null },
    })
    assert.match(estimate([deadPrimary(100), small]).blockers[0] ?? '', /max_wal_senders is 1, below 10/)
  })
})

describe('split brain', () => {
  const twin = (over: Parameters<typeof aPrimaryPulse>[0]) =>
    aDatabase({ id: 'b', port: 5999, pulse: aPrimaryPulse({ serverPort: 5999, startedAt: 1, ...over }) })
  const isTold = (databases: readonly DatabaseRecord[], previous: Picture | null = null) =>
    derivePicture(aCluster({ databases }), previous, NOW + 5000).alerts.some(({ rule }) => rule === 'split-brain')

  test('on two timelines and on one', () => {
    assert.ok(isTold([primaryAt(100), twin({ timeline: 2 })]))
    assert.ok(isTold([primaryAt(100), twin({ timeline: 1 })]))
  })
  test('not of two systems, nor of one server that is configured twice', () => {
    assert.ok(!isTold([primaryAt(100), twin({ systemIdentifier: '42' })]))
    assert.ok(!isTold([primaryAt(100), aPrimary({}, { id: 'same', host: 'db-1.example.net' })]))
  })
  test('not while the old primary was not read since the new one took over', () => {
    const before = derivePicture(
      aCluster({ databases: [primaryAt(100, senderOf('b', 100)), standbyAt('b', 100)] }),
      null,
      NOW,
    )
    const promoted = {
      ...twin({ timeline: 2 }),
      pulse: { state: 'fresh', value: aPrimaryPulse({ serverPort: 5999, startedAt: 1 }), at: NOW + 1600 } as const,
    }
    const handover = [primaryAt(100), promoted]
    assert.ok(!isTold(handover, before))
    const stillThere = [
      { ...primaryAt(100), pulse: { state: 'fresh', value: aPrimaryPulse(), at: NOW + 2000 } as const },
      promoted,
    ]
    assert.ok(isTold(stillThere, before))
  })
})

test('a delay blocks nothing: promoting ends it, and of two standbys the other one is chosen', () => {
  const late = standbyAt('a', 100, { applyDelayMs: 300_000 })
  const alone = estimate([primaryAt(100, senderOf('a', 100)), late])
  assert.deepEqual([alone.candidate, alone.blockers], ['a', []])
  assert.match(alone.warnings.join(), /a replays with a delay of 5 min: promoting it ends that/)
  const both = estimate([primaryAt(100, senderOf('a', 100), senderOf('b', 100)), late, standbyAt('b', 100)])
  assert.equal(both.candidate, 'b')
})
