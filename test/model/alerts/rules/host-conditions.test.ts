// What hosts add to the alerts: disks that fill up, clocks that differ, and why a database is down.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import { deriveEvents } from '../../../../src/model/events/derive-events.ts'
import {
  type FileSystem,
  type HostFacts,
  knownValue,
  type PostmasterState,
  unknownValue,
} from '../../../../src/model/measured/host.ts'
import type { ClusterSnapshot, DatabaseRecord, HostRecord } from '../../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../../src/model/picture/picture.ts'
import { subjectText } from '../../../../src/model/picture/subject.ts'
import { diskFillRate, secondsUntilFull } from '../../../../src/model/storage/disk-trend.ts'
import { aFileSystem, aHost, aHostFacts, filling, GB, onHost } from '../../../builders/hosts.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, aStale, NOW } from '../../../builders/snapshot.ts'

const DATA = '/var/lib/postgresql/18/main'

/** What stands after one look at a primary and its host: a first look tells figures at once. */
function pictureOf(host: HostRecord, database: DatabaseRecord = aPrimary({ senders: [] })): Picture {
  return derivePicture(aCluster({ databases: [database], hosts: [host] }), null, NOW)
}

function withDisks(...fileSystems: readonly FileSystem[]): HostRecord {
  return aHost({ facts: aHostFacts({ fileSystems }) })
}

const disksOf = ({ alerts }: Picture) =>
  alerts.filter(({ rule }) => rule === 'disk').map(({ severity, subject }) => `${severity} ${subjectText(subject)}`)

describe('disk', () => {
  test('is told by the thresholds, once for each file system', () => {
    const both = (available: number) => [
      aFileSystem('data', available, { mount: '/var' }),
      aFileSystem('wal', available, { mount: '/var' }),
    ]
    assert.deepEqual(disksOf(pictureOf(withDisks(...both(16 * GB)))), [])
    assert.deepEqual(disksOf(pictureOf(withDisks(...both(14 * GB)))), ['warning h1/data'])
    assert.deepEqual(disksOf(pictureOf(withDisks(...both(4 * GB)))), ['critical h1/data'])
    const apart = withDisks(aFileSystem('data', 50 * GB), aFileSystem('wal', 4 * GB), aFileSystem('log', 10 * GB))
    assert.deepEqual(disksOf(pictureOf(apart)), ['critical h1/wal', 'warning h1/log'])
  })

  test('names figure, limit and path, and when it is full at the present rate', () => {
    const host = aHost({
      facts: aHostFacts({ fileSystems: [aFileSystem('data', 3.6 * GB)] }),
      history: filling(GB / 1000, 3.6 * GB),
    })
    const [alert] = pictureOf(host).alerts
    assert.equal(
      alert?.message,
      `h1: 3.6 % (3.6 GB) of the data file system left, limit 5 %, full in about 1 h at the present rate (${DATA})`,
    )
  })

  test('does not flap at its threshold', () => {
    const at = (percent: number) => aCluster({ hosts: [withDisks(aFileSystem('data', percent * GB))] })
    const steps: ClusterSnapshot[] = [at(14), at(15.5), at(18), at(19)]
    let picture: Picture | null = null
    const seen = steps.map((snapshot, index) => {
      picture = derivePicture(snapshot, picture, NOW + index * 2_000)
      return disksOf(picture).length
    })
    assert.deepEqual(seen, [1, 1, 1, 0])
  })

  test('is told as an event of its host', () => {
    const well = pictureOf(withDisks(aFileSystem('data', 50 * GB)))
    const full = { ...pictureOf(withDisks(aFileSystem('data', 3 * GB))), at: NOW + 5_000 }
    const [raised] = deriveEvents(well, full)
    assert.equal(raised?.subjectName, 'h1')
    assert.match(raised?.text ?? '', /^3 % \(3 GB\) of the data file system left, limit 5 %/)
    assert.deepEqual(
      deriveEvents(full, { ...well, at: NOW + 65_000 }).map(({ text }) => text),
      ['low disk space: over after 1 min'],
    )
  })

  test('that can’t be looked at is neither full nor over', () => {
    const hidden: FileSystem = { role: 'data', path: DATA, realPath: null, space: unknownValue('denied', null) }
    assert.deepEqual(disksOf(pictureOf(withDisks(hidden))), [])

    const full = withDisks(aFileSystem('data', 3 * GB))
    const before = pictureOf(full)
    const lost = (ageMs: number) => {
      const facts = aStale(aHostFacts({ fileSystems: [aFileSystem('data', 3 * GB)] }), NOW - ageMs, aFault('timeout'))
      return derivePicture(aCluster({ databases: [aPrimary()], hosts: [{ ...full, facts }] }), before, NOW)
    }
    assert.match(lost(240_000).alerts.find(({ rule }) => rule === 'disk')?.message ?? '', /read 4 min ago/)
    assert.deepEqual(disksOf(lost(3_600_000)), [])
    assert.deepEqual(
      deriveEvents(before, lost(3_600_000)).filter(({ text }) => text.includes('disk')),
      [],
    )
  })
})

describe('the trend of free space', () => {
  test('finds the rate at which a disk fills or empties', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e8, noNaN: true }), (rate) => {
        const found = diskFillRate(filling(rate, 50 * GB), DATA)
        assert.ok(
          found !== null && Math.abs(found - rate) <= Math.max(1, Math.abs(rate) * 1e-6),
          `${found} for ${rate}`,
        )
      }),
    )
  })

  test('is not known from a minute or from another path, and never promises what does not fill', () => {
    assert.equal(diskFillRate([], DATA), null)
    assert.equal(diskFillRate(filling(1000, GB, 30), DATA), null)
    assert.equal(diskFillRate(filling(1000, GB), '/elsewhere'), null)
    assert.equal(secondsUntilFull(GB, null), null)
    assert.equal(secondsUntilFull(GB, 0), null)
    assert.equal(secondsUntilFull(GB, -5), null)
    assert.equal(secondsUntilFull(1000, 10), 100)
  })

  test('is not led astray by one file that came and went', () => {
    const samples = filling(0, 50 * GB).map((sample, index) =>
      index === 30 ? { ...sample, availableBytes: { [DATA]: 49 * GB } } : sample,
    )
    assert.ok(Math.abs(diskFillRate(samples, DATA) ?? 0) < 100_000)
  })
})

describe('one file that comes and stays', () => {
  test('promises no full disk; what goes on filling does', () => {
    const step = filling(0, 50 * GB).map((sample, index) =>
      index > 30 ? { ...sample, availableBytes: { [DATA]: 49 * GB } } : sample,
    )
    const found = diskFillRate(step, DATA)
    assert.ok(found !== null && Math.abs(found) < 1, `${found}`)
    assert.ok((diskFillRate(filling(10_000, 50 * GB), DATA) ?? 0) > 9_000)
  })
})

describe('clocks of hosts', () => {
  const off = (offsetMs: number) => aHost({ facts: aHostFacts({ clock: { offsetMs, uncertaintyMs: 20 } }) })
  const clocks = ({ alerts }: Picture) =>
    alerts.filter(({ rule }) => rule === 'clock').map(({ subject }) => subject.owner)

  test('are held against the other nodes', () => {
    assert.deepEqual(clocks(pictureOf(off(2_010))), [])
    assert.deepEqual(clocks(pictureOf(off(-2_600))), ['h1'])
  })

  test('are told once: by the database that answers there', () => {
    const database = onHost(aPrimary({ senders: [], clockOffsetMs: 3_000 }), 'h1')
    const other = aPrimary({ senders: [] }, { id: 'db-2', port: 5433 })
    const snapshot = aCluster({ databases: [database, other], hosts: [off(3_000)] })
    assert.deepEqual(clocks(derivePicture(snapshot, null, NOW)), ['db-1'])
  })

  test('prove nothing when all of them differ from ours alike', () => {
    const database = aPrimary({ senders: [], clockOffsetMs: 60_000 })
    assert.deepEqual(clocks(pictureOf(off(60_000), database)), [])
  })
})

describe('a database that is down, by its host', () => {
  const down = (code: 'refused' | 'timeout', since = NOW - 10_000) =>
    onHost(aPrimary({}, { pulse: aStale(aPrimaryPulse(), since - 2_000, aFault(code, 'refused'), since) }), 'h1')
  const messageOf = (facts: Partial<HostFacts>, database = down('refused')) =>
    pictureOf(aHost({ facts: aHostFacts(facts) }), database).alerts.find(({ rule }) => rule === 'database-inactive')
      ?.message ?? ''
  const running = (port: number | null): PostmasterState => {
    return { state: 'running', pid: 7, port, startedAt: null, status: 'ready' }
  }

  const cases: readonly [string, Partial<HostFacts>, RegExp][] = [
    [
      'stopped',
      { postmaster: knownValue({ state: 'stopped' }) },
      /; its postmaster is not running; service \S+ is active$/,
    ],
    ['died', { postmaster: knownValue({ state: 'crashed', pid: 7 }) }, /; its postmaster died \(pid 7 is gone\)/],
    [
      'runs',
      { postmaster: knownValue(running(5432)) },
      /; its postmaster is running: the network or pg_hba.conf blocks the connection$/,
    ],
    ['runs by the process list', { postmaster: knownValue(running(null)) }, /; its postmaster is running/],
    ['is another server’s', { postmaster: knownValue(running(6000)) }, /^db-1 inactive: refused$/],
    ['is hidden', { postmaster: unknownValue('denied', null) }, /^db-1 inactive: refused$/],
    [
      'is hidden, but the service failed',
      {
        postmaster: unknownValue('denied', null),
        service: knownValue({ unit: 'postgresql', active: 'failed', sub: 'failed' }),
      },
      /; service postgresql is failed$/,
    ],
  ]
  for (const [name, facts, expected] of cases) {
    test(`its postmaster ${name}`, () => assert.match(messageOf(facts), expected))
  }

  test('one that does not answer though it runs may hang', () => {
    assert.match(
      messageOf({}, down('timeout')),
      /its postmaster is running: it hangs, or the network blocks the connection$/,
    )
  })

  test('nothing is said by a sample from before the outage', () => {
    assert.doesNotMatch(messageOf({ postmaster: knownValue(running(5432)) }, down('refused', NOW - 500)), /postmaster/)
  })
})
