import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { deriveEvents } from '../../../src/model/events/derive-events.ts'
import type { ClusterSnapshot, DatabaseRecord, ServerRecord } from '../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServerPulse,
  aStale,
  aStandby,
  aStandbyPulse,
  aVault,
  NOW,
  withServer,
} from '../../builders/snapshot.ts'

const lines = (previous: Picture, next: Picture) =>
  deriveEvents(previous, next).map(({ severity, subjectName, text }) => `${severity} ${subjectName} | ${text}`)

/** What is told after each step, two seconds apart. */
function story(...snapshots: readonly ClusterSnapshot[]): readonly string[][] {
  let picture: Picture | null = null
  return snapshots.map((snapshot, index) => {
    const next = derivePicture(freshAt(snapshot, NOW + index * 2000), picture, NOW + index * 2000)
    const told = picture ? lines(picture, next) : []
    picture = next
    return told
  })
}

function freshAt(snapshot: ClusterSnapshot, at: number): ClusterSnapshot {
  const move = <R extends DatabaseRecord | ServerRecord>(record: R): R =>
    (record.pulse.state === 'fresh' ? { ...record, pulse: { ...record.pulse, at } } : record) as R
  return { ...snapshot, databases: snapshot.databases.map(move), servers: snapshot.servers.map(move) }
}

const refusedServer = (record: ServerRecord): ServerRecord => ({
  ...record,
  pulse: aStale(aServerPulse(), NOW, aFault('refused', 'connection refused (127.0.0.1:7272)'), NOW + 2000),
})
const pair = (primary: DatabaseRecord, standby: DatabaseRecord) => aCluster({ databases: [primary, standby] })
const deadPrimary = aPrimary(
  {},
  { pulse: aStale(aPrimaryPulse(), NOW, aFault('refused', 'connection refused (127.0.0.1:5432)'), NOW + 2000) },
)
const promoted = (timeline: number) =>
  aDatabase({
    id: 'db-ro',
    port: 5433,
    pulse: aPrimaryPulse({ timeline, serverPort: 5433, startedAt: NOW - 80_000_000 }),
  })

describe('told in words', () => {
  test('nothing, while nothing changes', () => assert.deepEqual(story(aVault(), aVault(), aVault()), [[], [], []]))

  test('a server that fails and comes back', () => {
    assert.deepEqual(story(aVault(), withServer(aVault(), 'pmp-b', refusedServer), aVault()), [
      [],
      ['warning pmp-b | inactive: connection refused (127.0.0.1:7272)'],
      ['ok pmp-b | active again after 2 s'],
    ])
  })

  test('who serves the users', () => {
    const [, lost, back] = story(aVault(), withServer(aVault(), 'pmp-a', refusedServer), aVault())
    assert.ok(lost?.includes('info pmp-b | serves the users now, read-write'))
    assert.ok(back?.includes('info pmp-a | serves the users now, read-write'))
  })

  test('a primary that dies, and the promotion', () => {
    const orphan = aStandby({ standby: { receiver: null } })
    assert.deepEqual(story(pair(aPrimary(), aStandby()), pair(deadPrimary, orphan), pair(deadPrimary, promoted(2))), [
      [],
      [
        'critical db-1 | inactive: connection refused (127.0.0.1:5432)',
        'warning db-ro | disconnected from db-1',
        'critical db-1 | no server serves the users',
      ],
      ['info db-ro | promoted: timeline 1 → 2', 'info db-ro | serves the users now, read-write'],
    ])
  })

  test('a promotion by hand, that begins no timeline', () => {
    const [, , told] = story(
      pair(aPrimary(), aStandby()),
      pair(deadPrimary, aStandby()),
      pair(deadPrimary, promoted(1)),
    )
    assert.equal(told?.[0], 'warning db-ro | is writable now, still on timeline 1: it began no new timeline')
  })

  test('a standby that follows a new timeline', () => {
    const [, told] = story(pair(aPrimary(), aStandby()), pair(aPrimary({ timeline: 2 }), aStandby({ timeline: 2 })))
    assert.deepEqual(told, ['info db-1 | timeline 1 → 2', 'info db-ro | timeline 1 → 2'])
  })

  test('another source', () => {
    const middle = aDatabase({
      id: 'mid',
      port: 5434,
      pulse: aStandbyPulse({ serverPort: 5434, senders: [aSender({ applicationName: 'db-ro' })] }),
    })
    const idle = aDatabase({ id: 'mid', port: 5434, pulse: aStandbyPulse({ serverPort: 5434 }) })
    const senders = [aSender({ applicationName: 'mid' })]
    const direct = aCluster({
      databases: [aPrimary({ senders: [...senders, aSender({ applicationName: 'db-ro' })] }), idle, aStandby()],
    })
    const cascading = aStandby({ standby: { receiver: aReceiver({ senderPort: 5434 }) } })
    const [, told] = story(direct, aCluster({ databases: [aPrimary({ senders }), middle, cascading] }))
    assert.deepEqual(told, ['info db-ro | a cascading replica of mid now'])
  })

  test('synchronous or not', () => {
    const sync = aPrimary({ senders: [aSender({ applicationName: 'db-ro', sync: 'sync' })] })
    assert.deepEqual(story(pair(aPrimary(), aStandby()), pair(sync, aStandby()))[1], [
      'info db-ro | replication is sync now, was async',
    ])
  })

  test('another server under the name is no restart and no change of role', () => {
    const told = (over: Parameters<typeof aPrimary>[0]) =>
      story(pair(aPrimary(), aStandby()), pair(aPrimary(over), aStandby()))[1]
    const start = NOW - 90_000_000
    const [moved, ...rest] = told({ startedAt: start, postmasterStart: String(start * 1000) }) ?? []
    assert.match(
      moved ?? '',
      /^warning db-1 \| another server of its system answers now: system \d+, port 5432, started /,
    )
    assert.deepEqual(rest, [])
    const [given] = told({ systemIdentifier: '77', timeline: 9 }) ?? []
    assert.match(
      given ?? '',
      /^warning db-1 \| a server of another system answers now: system 77, .*; it was system \d+/,
    )
  })

  test('a restart between two polls', () => {
    assert.deepEqual(story(pair(aPrimary(), aStandby()), pair(aPrimary({ startedAt: NOW }), aStandby()))[1], [
      'warning db-1 | was restarted',
    ])
  })

  test('a standby that nobody watches', () => {
    const stranger = aSender({ applicationName: 'x', address: '10.0.0.9' })
    const more = aPrimary({ senders: [aSender({ applicationName: 'db-ro' }), stranger] })
    assert.deepEqual(
      story(pair(aPrimary(), aStandby()), pair(more, aStandby()), pair(aPrimary(), aStandby())).slice(1),
      [
        ['info x at 10.0.0.9 | began to replicate from db-1; it is not watched'],
        ['info x at 10.0.0.9 | no longer replicates from db-1'],
      ],
    )
  })

  test('a standby that nobody watched and somebody does now', () => {
    const primary = aPrimary({ senders: [aSender({ applicationName: 'x', address: '10.0.0.9' })] })
    const named = aStandby({}, { id: 'db-ro', host: '10.0.0.9' })
    assert.deepEqual(story(aCluster({ databases: [primary] }), pair(primary, named))[1], [
      'info x at 10.0.0.9 | is watched now, as db-ro',
    ])
  })

  test('an alert and its end, once each', () => {
    const paused = pair(aPrimary(), aStandby({ standby: { pause: 'paused' } }))
    assert.deepEqual(story(pair(aPrimary(), aStandby()), paused, paused, pair(aPrimary(), aStandby())).slice(1), [
      ['warning db-ro | replay is paused: by pg_wal_replay_pause'],
      [],
      ['ok db-ro | pause of replay: over after 4 s'],
    ])
  })
})

describe('no news', () => {
  test('what is seen for the first time', () => {
    const unread = aCluster({ databases: [aDatabase({ id: 'db-1' }), aDatabase({ id: 'db-ro', port: 5433 })] })
    assert.deepEqual(story(unread, pair(aPrimary(), aStandby()))[1], [])
    assert.deepEqual(
      story(unread, pair(deadPrimary, aStandby({ standby: { receiver: null } })))[1]?.filter(
        (line) => !line.includes('serves'),
      ),
      [],
    )
  })

  test('the end of an alert whose subject can’t be read any more', () => {
    const paused = aStandby({ standby: { pause: 'paused' } })
    const gone = aStandby(
      {},
      {
        pulse: aStale(
          aStandbyPulse({ standby: { pause: 'paused' } }),
          NOW,
          aFault('refused', 'connection refused'),
          NOW + 2000,
        ),
      },
    )
    assert.deepEqual(story(pair(aPrimary(), paused), pair(aPrimary({ senders: [] }), gone))[1], [
      'warning db-ro | inactive: connection refused',
    ])
  })

  test('what comes out of the dark unchanged', () => {
    const dark = aVault()
    const blind: ClusterSnapshot = {
      ...dark,
      databases: dark.databases.map((record) => ({
        ...record,
        pulse: 'value' in record.pulse ? aStale(record.pulse.value, NOW, aFault('timeout'), NOW + 1500) : record.pulse,
      })),
      servers: dark.servers.map((record) => ({
        ...record,
        pulse: 'value' in record.pulse ? aStale(record.pulse.value, NOW, aFault('timeout'), NOW + 1500) : record.pulse,
      })),
    }
    const [, lost, back] = story(aVault(), blind, aVault())
    assert.deepEqual(lost, [
      'warning vault | this host may be cut off: all 5 targets failed at once, none can be reached',
    ])
    assert.deepEqual(back, ['ok vault | network loss of this host: over after 2 s'])
  })
})

describe('who serves is told once the readings agree', () => {
  const dead = (snapshot: ClusterSnapshot): ClusterSnapshot => ({
    ...snapshot,
    // A standby that still heard from it would show that it lives.
    databases: snapshot.databases.map((record) =>
      record.spec.id === 'db-1' ? deadPrimary : aStandby({ standby: { receiver: null } }),
    ),
  })
  const itself = (snapshot: ClusterSnapshot): ClusterSnapshot =>
    withServer(snapshot, 'pmp-ro', (record) => ({
      ...record,
      pulse: { state: 'fresh', value: aServerPulse(), at: NOW },
    }))
  const aboutServing = (told: readonly string[] | undefined) =>
    told?.filter((line) => line.includes('serves the users'))

  test('a read-only server that has not noticed yet may serve by now', () => {
    const [, gone, taken, back] = story(aVault(), dead(aVault()), itself(dead(aVault())), aVault())
    assert.deepEqual(aboutServing(gone), [])
    assert.deepEqual(aboutServing(taken), ['warning pmp-ro | serves the users now, read-only'])
    assert.deepEqual(aboutServing(back), ['info pmp-a | serves the users now, read-write'])
  })

  test('one that never notices leaves nobody', () => {
    const lost = dead(aVault())
    assert.deepEqual(story(aVault(), lost, lost, lost).map(aboutServing), [
      [],
      [],
      [],
      ['critical vault | no server serves the users'],
    ])
  })
})
