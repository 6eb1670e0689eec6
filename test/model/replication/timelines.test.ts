// Which standbys hold a log that their primary never had: by switch points and ends, never by the number alone.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabaseRecord, DatabaseSample } from '../../../src/model/measured/snapshot.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aStale,
  aStandbyPulse,
  lsn,
  NOW,
  SYSTEM,
} from '../../builders/snapshot.ts'

type SwitchPoints = readonly (readonly [timeline: number, end: string])[]

/** With the history of the timeline that it is on, as its server told it. */
function withHistory(record: DatabaseRecord, switchPoints: SwitchPoints | null): DatabaseRecord {
  const { pulse } = record
  if (switchPoints === null || pulse.state !== 'fresh' || pulse.value.timeline === null) return record
  if (pulse.value.postmasterStart === null) return record
  const points = switchPoints.map(([timeline, end]) => ({ timeline, end: lsn(end) }))
  const { timeline, postmasterStart } = pulse.value
  return { ...record, timelineHistory: { systemIdentifier: SYSTEM, postmasterStart, timeline, switchPoints: points } }
}

const primary = (timeline: number, end: string, history: SwitchPoints | null = null) =>
  withHistory(aPrimary({ timeline, lsn: lsn(end) }), history)

interface StandbyOver {
  readonly timeline: number
  readonly at: string
  readonly history?: SwitchPoints | null
  readonly receiver?: ReturnType<typeof aReceiver> | null
  readonly startedAt?: number
  readonly samples?: readonly DatabaseSample[]
}

function standby(id: string, { timeline, at, history = null, receiver, startedAt, samples = [] }: StandbyOver) {
  const port = 5400 + id.charCodeAt(0)
  const position = lsn(at)
  const fed = receiver === undefined ? aReceiver({ receivedTimeline: timeline, flushedLsn: position }) : receiver
  const pulse = aStandbyPulse({
    timeline,
    serverPort: port,
    ...(startedAt === undefined ? {} : { startedAt }),
    standby: { receivedLsn: position, replayedLsn: position, receiver: fed },
  })
  return withHistory({ ...aDatabase({ id, port, pulse }), history: samples }, history)
}

function whyOf(id: string, ...databases: readonly DatabaseRecord[]): string | null {
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  return picture.databases.find((view) => view.id === id)?.otherHistory?.why ?? null
}

describe('another history', () => {
  test('a higher number than that of the primary which serves', () => {
    assert.match(
      whyOf('a', primary(1, '0/5000000'), standby('a', { timeline: 2, at: '0/4000000' })) ?? '',
      /^a is on timeline 2/,
    )
  })

  test('one number, other switch points: the standby streams, and is behind', () => {
    const own = standby('a', { timeline: 2, at: '0/4000000', history: [[1, '0/3000000']] })
    assert.equal(
      whyOf('a', primary(2, '0/5000000', [[1, '0/3800000']]), own),
      'timeline 1 ends at 0/3000000 for a, at 0/3800000 for db-1',
    )
  })

  test('one number, one switch point', () => {
    const own = standby('a', { timeline: 2, at: '0/4000000', history: [[1, '0/3000000']] })
    assert.equal(whyOf('a', primary(2, '0/5000000', [[1, '0/3000000']]), own), null)
  })

  test('an earlier switch counts too', () => {
    const own = standby('a', {
      timeline: 3,
      at: '0/4000000',
      history: [
        [1, '0/2000000'],
        [2, '0/3000000'],
      ],
    })
    const theirs: SwitchPoints = [
      [1, '0/2500000'],
      [2, '0/3000000'],
    ]
    assert.match(whyOf('a', primary(3, '0/5000000', theirs), own) ?? '', /^timeline 1 ends at 0\/2000000 for a/)
  })

  test('an older timeline that the primary never was on, as it went another way', () => {
    const own = standby('a', { timeline: 2, at: '0/4000000', history: [[1, '0/3000000']] })
    const theirs: SwitchPoints = [[1, '0/3000000']]
    assert.equal(whyOf('a', primary(3, '0/5000000', theirs), own), 'timeline 2 of a is not in the history of db-1')
  })

  test('past the place where the primary left its timeline; not before it', () => {
    const theirs: SwitchPoints = [[1, '0/3000000']]
    const past = standby('a', { timeline: 1, at: '0/3000100' })
    assert.match(
      whyOf('a', primary(2, '0/5000000', theirs), past) ?? '',
      /left timeline 1 at 0\/3000000, a has received up to 0\/3000100/,
    )
    assert.equal(whyOf('a', primary(2, '0/5000000', theirs), standby('a', { timeline: 1, at: '0/3000000' })), null)
  })

  test('what a role may not see proves nothing: the timeline of a hidden receiver is a lower bound', () => {
    const hidden = aReceiver({ status: null, receivedTimeline: null, flushedLsn: null })
    const own = standby('a', { timeline: 1, at: '0/4000000', receiver: hidden })
    assert.equal(whyOf('a', primary(2, '0/5000000', [[1, '0/3000000']]), own), null)
  })

  test('of an older number nothing is said where the history was not read', () => {
    assert.equal(whyOf('a', primary(2, '0/5000000'), standby('a', { timeline: 1, at: '0/4000000' })), null)
  })

  test('a history of an earlier run of the server is not its own', () => {
    const own = standby('a', { timeline: 2, at: '0/4000000', history: [[1, '0/3000000']] })
    const { timelineHistory } = own
    assert.ok(timelineHistory)
    const before = { ...own, timelineHistory: { ...timelineHistory, postmasterStart: '1' } }
    assert.equal(whyOf('a', primary(2, '0/5000000', [[1, '0/3800000']]), before), null)
  })

  const sample = (at: number, replayed: string): DatabaseSample => {
    return { at, lsn: lsn(replayed), replayedLsn: lsn(replayed), backlogBytes: 0 }
  }

  test('nothing is past the end of a primary that was asked before, though its reading was complete later', () => {
    const own = standby('a', { timeline: 2, at: '0/4800000', samples: [sample(NOW - 2000, '0/4800000')] })
    const asked = (askedAt: number): DatabaseRecord => {
      const record = primary(2, '0/4000000')
      assert.ok(record.pulse.state === 'fresh')
      return { ...record, pulse: { ...record.pulse, value: { ...record.pulse.value, askedAt } } }
    }
    assert.equal(whyOf('a', asked(NOW - 2100), own), null)
    assert.match(whyOf('a', asked(NOW - 1900), own) ?? '', /has replayed up to/)
  })

  test('past the end of a primary that was asked later', () => {
    const own = standby('a', { timeline: 2, at: '0/4800000', samples: [sample(NOW - 2000, '0/4800000')] })
    assert.match(
      whyOf('a', primary(2, '0/4000000'), own) ?? '',
      /has replayed up to 0\/4800000, the WAL of db-1 ended at 0\/4000000/,
    )
  })

  test('not what it replayed meanwhile, nor in an earlier run of its server', () => {
    const samples = [sample(NOW - 2000, '0/3F00000')]
    assert.equal(whyOf('a', primary(2, '0/4000000'), standby('a', { timeline: 2, at: '0/4800000', samples })), null)
    const old = { timeline: 2, at: '0/4800000', startedAt: NOW - 1500, samples: [sample(NOW - 2000, '0/4800000')] }
    assert.equal(whyOf('a', primary(2, '0/4000000'), standby('a', old)), null)
  })

  test('where several take writes and it leads to none of them, neither is its primary', () => {
    const twin = aDatabase({
      id: 'p2',
      port: 5999,
      pulse: aPrimaryPulse({ serverPort: 5999, startedAt: 1, timeline: 1 }),
    })
    const lost = standby('a', { timeline: 2, at: '0/4000000', receiver: null })
    const one = aPrimary({ timeline: 1, lsn: lsn('0/5000000'), senders: [] })
    assert.equal(whyOf('a', one, twin, lost), null)
  })

  describe('of a primary that is gone', () => {
    const gone = (record: DatabaseRecord): DatabaseRecord =>
      record.pulse.state === 'fresh'
        ? { ...record, pulse: aStale(record.pulse.value, NOW - 2000, aFault('refused')) }
        : record
    const last = primary(2, '0/5000000', [[1, '0/3800000']])
    const fork = standby('a', { timeline: 2, at: '0/5000000', history: [[1, '0/3000000']], receiver: null })
    const follower = standby('b', { timeline: 2, at: '0/4F00000', history: [[1, '0/3800000']], receiver: null })

    test('by what was read of it last: the fork is no candidate, however much it has', () => {
      const { failover, databases } = derivePicture(aCluster({ databases: [gone(last), fork, follower] }), null, NOW)
      assert.match(databases.find(({ id }) => id === 'a')?.otherHistory?.why ?? '', /^timeline 1 ends at 0\/3000000/)
      assert.deepEqual([failover.candidate, failover.lossBytes], ['b', 1024 * 1024])
    })

    test('what was proved before stays so', () => {
      const own = (receiver: ReturnType<typeof aReceiver> | null) =>
        standby('a', { timeline: 2, at: '0/4800000', receiver, samples: [] })
      const samples = [{ at: NOW - 2000, lsn: lsn('0/4800000'), replayedLsn: lsn('0/4800000'), backlogBytes: 0 }]
      const serving = primary(2, '0/4000000')
      const before = derivePicture(
        aCluster({ databases: [serving, { ...own(aReceiver()), history: samples }] }),
        null,
        NOW,
      )
      assert.match(before.databases.find(({ id }) => id === 'a')?.otherHistory?.why ?? '', /has replayed up to/)
      const after = derivePicture(aCluster({ databases: [gone(serving), own(null)] }), before, NOW + 1000)
      assert.match(after.databases.find(({ id }) => id === 'a')?.otherHistory?.why ?? '', /has replayed up to/)
      assert.equal(after.failover.candidate, null)
    })

    test('a higher number proves nothing: its successor may be gone too', () => {
      const later = standby('a', { timeline: 3, at: '0/5000000', history: null, receiver: null })
      assert.equal(whyOf('a', gone(last), later), null)
    })

    test('of two standbys with different histories neither is promised, as long as its own is unknown', () => {
      const unknown = gone(primary(2, '0/5000000'))
      const { failover } = derivePicture(aCluster({ databases: [unknown, fork, follower] }), null, NOW)
      assert.equal(failover.lossBytes, null)
      assert.match(
        failover.blockers.join('; '),
        /timeline 1 ends at 0\/3000000 for a, at 0\/3800000 for b: which of them followed db-1 is unknown/,
      )
    })
  })

  test('it is critical, no candidate and no follower of the other', () => {
    const databases = [
      primary(2, '0/5000000', [[1, '0/3800000']]),
      standby('a', { timeline: 2, at: '0/4000000', history: [[1, '0/3000000']] }),
    ]
    const { alerts, failover } = derivePicture(aCluster({ databases }), null, NOW)
    assert.deepEqual(
      alerts.filter(({ rule }) => rule === 'other-history').map(({ severity, message }) => [severity, message]),
      [
        [
          'critical',
          'a has another history than its primary: timeline 1 ends at 0/3000000 for a, at 0/3800000 for db-1',
        ],
      ],
    )
    assert.deepEqual([failover.candidate, failover.lossBytes], [null, null])
    assert.match(failover.blockers.join(), /a has another history/)
  })
})
