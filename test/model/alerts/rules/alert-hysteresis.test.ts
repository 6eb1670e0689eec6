import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../../src/model/picture/picture.ts'
import { subjectOf, subjectText } from '../../../../src/model/picture/subject.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServer,
  aServerPulse,
  aSlot,
  aStandby,
  aVault,
  NOW,
  PRIMARY_LSN,
} from '../../../builders/snapshot.ts'

const MB = 1024 * 1024
const told = (picture: Picture) =>
  picture.alerts.map(({ rule, severity, subject }) => `${rule} ${severity} ${subjectText(subject)}`)

/** The cluster with the replica so many megabytes behind, read at `now`. */
function behind(mb: number, now: number): ClusterSnapshot {
  const lsn = PRIMARY_LSN - BigInt(mb * MB)
  const sender = aSender({ applicationName: 'db-ro', replayedLsn: lsn })
  const standby = aStandby({ standby: { replayedLsn: lsn, applyLagSeconds: 0.5 } })
  return freshAt(aCluster({ databases: [aPrimary({ senders: [sender] }), standby] }), now)
}

const freshAt = (snapshot: ClusterSnapshot, at: number): ClusterSnapshot => ({
  ...snapshot,
  databases: snapshot.databases.map(
    (record): DatabaseRecord =>
      record.pulse.state === 'fresh' ? { ...record, pulse: { ...record.pulse, at } } : record,
  ),
})

/** The alerts after each of these lags, one every two seconds, after a first look at a cluster that is well. */
function through(...mbs: readonly number[]): readonly string[][] {
  let picture = derivePicture(behind(0, NOW), null, NOW)
  return mbs.map((mb, index) => {
    const now = NOW + (index + 1) * 2000
    picture = derivePicture(behind(mb, now), picture, now)
    return picture.alerts.map(({ severity }) => severity)
  })
}

describe('a figure against its threshold', () => {
  test('must stand in two polls in a row', () => {
    assert.deepEqual(through(9, 9), [[], ['warning']])
    assert.deepEqual(through(9, 1, 9, 9), [[], [], [], ['warning']])
  })
  test('a poll may come a tenth of an interval early, and looks between polls do not count', () => {
    const first = derivePicture(behind(0, NOW), null, NOW)
    const seen = derivePicture(behind(9, NOW + 2000), first, NOW + 2000)
    const between = derivePicture(behind(9, NOW + 2000), seen, NOW + 3500)
    assert.deepEqual(told(between), [])
    assert.deepEqual(told(derivePicture(behind(9, NOW + 3800), between, NOW + 3800)), ['replication-lag warning db-ro'])
  })
  test('names the limit of the severity that is told', () => {
    let picture = derivePicture(behind(9, NOW), null, NOW)
    const says = () => picture.alerts.map(({ severity, message }) => `${severity}: ${message.split(', ')[1]}`)
    picture = derivePicture(behind(70, NOW + 2000), picture, NOW + 2000)
    assert.deepEqual(says(), ['warning: limit 8 MB'])
    picture = derivePicture(behind(70, NOW + 4000), picture, NOW + 4000)
    assert.deepEqual(says(), ['critical: limit 64 MB'])
    picture = derivePicture(behind(60, NOW + 6000), picture, NOW + 6000)
    assert.deepEqual(says(), ['critical: limit 64 MB'])
  })
  test('is told at the very first look', () => {
    assert.deepEqual(told(derivePicture(behind(9, NOW), null, NOW)), ['replication-lag warning db-ro'])
  })
  test('is told at once while other targets are not read yet', () => {
    const first = derivePicture(
      aCluster({ databases: [aPrimary(), aDatabase({ id: 'db-ro', port: 5433 })] }),
      null,
      NOW,
    )
    assert.deepEqual(told(derivePicture(behind(9, NOW + 50), first, NOW + 50)), ['replication-lag warning db-ro'])
  })
  test('ends only a fifth below it', () => {
    assert.deepEqual(through(9, 9, 7, 6), [[], ['warning'], ['warning'], []])
  })
  test('or after half a minute just below it', () => {
    const states = through(9, 9, 9, ...Array.from({ length: 16 }, () => 7))
    assert.deepEqual(states.at(-3), ['warning'])
    assert.deepEqual(states.at(-1), [])
  })
  test('grows worse when that lasts, and better a fifth below', () => {
    assert.deepEqual(through(70, 70, 60, 50, 1), [[], ['critical'], ['critical'], ['warning'], []])
    assert.deepEqual(through(9, 9, 70, 9, 70, 70).slice(1), [
      ['warning'],
      ['warning'],
      ['warning'],
      ['warning'],
      ['critical'],
    ])
  })
  test('keeps its beginning and tells the figure of now', () => {
    let picture = derivePicture(behind(9, NOW), null, NOW)
    picture = derivePicture(behind(12.5, NOW + 2000), picture, NOW + 2000)
    assert.deepEqual(picture.alerts, [
      {
        rule: 'replication-lag',
        severity: 'warning',
        subject: subjectOf('db-ro'),
        message: 'db-ro: replication lag 12.5 MB, limit 8 MB',
        since: NOW,
      },
    ])
  })
  test('memory does not grow', () => {
    let picture = derivePicture(behind(9, NOW), null, NOW)
    for (let index = 1; index < 50; index += 1) {
      const now = NOW + index * 2000
      picture = derivePicture(behind(index % 3 === 0 ? 1 : 9, now), picture, now)
      assert.ok(picture.pending.length <= 2)
    }
    const end = NOW + 100_000
    assert.deepEqual(derivePicture(behind(0, end), picture, end).pending, [])
  })
})

describe('what is told at once', () => {
  const one = (record: DatabaseRecord, ...others: readonly DatabaseRecord[]) =>
    derivePicture(aCluster({ databases: [record, ...others] }), null, NOW)
  const table: readonly [string, () => Picture, readonly string[]][] = [
    [
      'a lost replica',
      () => one(aPrimary({ senders: [] }), aStandby({ standby: { receiver: null } })),
      ['replica-disconnected warning db-ro'],
    ],
    [
      'paused replay',
      () => one(aPrimary(), aStandby({ standby: { pause: 'paused' } })),
      ['replay-paused warning db-ro'],
    ],
    [
      'settings too low',
      () => one(aPrimary(), aStandby({ settings: { ...aPrimaryPulse().settings, max_connections: 10 } })),
      ['required-settings warning db-ro'],
    ],
    [
      'a lost slot',
      () =>
        one(aPrimary({ slots: [aSlot({ walStatus: 'lost', restartLsn: null, retainedBytes: null, active: false })] })),
      ['slot-lost critical db-1/ro_slot'],
    ],
    [
      'an idle slot',
      () => one(aPrimary({ slots: [aSlot({ active: false })] })),
      ['slot-inactive warning db-1/ro_slot'],
    ],
    [
      'a slot that keeps much',
      () => one(aPrimary({ slots: [aSlot({ retainedBytes: 2 * 1024 ** 3 })] })),
      ['slot-retained warning db-1/ro_slot'],
    ],
    ['an idle copy of a slot on a standby', () => one(aPrimary(), aStandby({ slots: [aSlot({ active: false })] })), []],
    [
      'sessions',
      () => one(aPrimary({ sessions: { ...aPrimaryPulse().sessions, total: 96 } })),
      ['sessions critical db-1'],
    ],
    [
      'a session idle in a transaction',
      () => one(aPrimary({ sessions: { ...aPrimaryPulse().sessions, longestIdleInTransactionSeconds: 400 } })),
      ['idle-in-transaction warning db-1'],
    ],
    ['old transactions', () => one(aPrimary({ oldestTransactionAge: 1_900_000_000 })), ['wraparound critical db-1']],
    [
      'clocks apart',
      () => one(aPrimary({ clockOffsetMs: 100 }), aStandby({ clockOffsetMs: -4000 })),
      ['clock warning db-ro'],
    ],
    [
      'clocks that agree with each other',
      () => one(aPrimary({ clockOffsetMs: 9000 }), aStandby({ clockOffsetMs: 9500 })),
      [],
    ],
    [
      'a failing archiver',
      () =>
        one(
          aPrimary({
            archiver: {
              mode: 'on',
              failing: true,
              lastFailedWal: '0000',
              lastFailedAt: NOW,
              lastArchivedAt: null,
              failedCount: 3,
            },
          }),
        ),
      ['archiver warning db-1'],
    ],
    [
      'a split brain',
      () =>
        one(aPrimary(), aDatabase({ id: 'b', port: 5999, pulse: aPrimaryPulse({ serverPort: 5999, startedAt: 1 }) })),
      ['split-brain critical vault'],
    ],
    ['a cluster that is well', () => one(aPrimary(), aStandby()), []],
  ]
  for (const [name, picture, expected] of table) {
    test(name, () => assert.deepEqual(told(picture()), expected))
  }

  test('certificates', () => {
    const certificate = (daysLeft: number, problem: string | null) => {
      const tls = {
        daysLeft,
        nameMatches: true,
        trusted: true,
        problem,
        subject: null,
        issuer: null,
        validToAt: NOW,
        fingerprint: '',
      }
      const server = aServer({ id: 'a', type: 'primary', databaseId: 'db-1', pulse: aServerPulse({ tls }) })
      return told(derivePicture(aVault({ servers: [server] }), null, NOW))
    }
    assert.deepEqual(certificate(31, null), [])
    assert.deepEqual(certificate(30, null), ['certificate warning a'])
    assert.deepEqual(certificate(7, null), ['certificate critical a'])
    assert.deepEqual(certificate(-1, 'the certificate expired'), ['certificate critical a'])
    assert.deepEqual(certificate(90, 'the certificate is not for a'), ['certificate warning a'])
    assert.deepEqual(certificate(-1, null), [])
  })

  test('a replica is not blamed for its dead primary', () => {
    const dead = aDatabase({
      id: 'db-1',
      pulse: { state: 'stale', value: aPrimaryPulse(), at: NOW, fault: aFault('refused'), since: NOW },
    })
    const picture = derivePicture(aCluster({ databases: [dead, aStandby({ standby: { receiver: null } })] }), null, NOW)
    assert.deepEqual(told(picture), ['nobody-serves critical vault', 'database-inactive critical db-1'])
    assert.equal(picture.health, 'critical')
  })

  test('an old primary that was replaced is a warning', () => {
    const dead = aDatabase({
      id: 'db-1',
      pulse: { state: 'stale', value: aPrimaryPulse(), at: NOW, fault: aFault('refused'), since: NOW },
    })
    const promoted = aDatabase({
      id: 'db-ro',
      port: 5433,
      pulse: aPrimaryPulse({ timeline: 2, serverPort: 5433, startedAt: 1 }),
    })
    assert.deepEqual(told(derivePicture(aCluster({ databases: [dead, promoted] }), null, NOW)), [
      'database-inactive warning db-1',
    ])
  })
})

test('paused replay says that it was not asked for', () => {
  const settings = { ...aPrimaryPulse().settings, max_worker_processes: 1 }
  const picture = derivePicture(
    aCluster({ databases: [aPrimary(), aStandby({ settings, standby: { pause: 'paused', receiver: aReceiver() } })] }),
    null,
    NOW,
  )
  const paused = picture.alerts.find(({ rule }) => rule === 'replay-paused')
  assert.match(paused?.message ?? '', /by itself/)
})
