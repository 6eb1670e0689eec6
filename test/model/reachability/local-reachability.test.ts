import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ClusterSnapshot, DatabaseRecord, ServerRecord } from '../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import type { FaultCode, FaultReason } from '../../../src/model/values/fault.ts'
import { aCluster, aFault, aPrimary, aStale, aVault, NOW, withDatabase, withServer } from '../../builders/snapshot.ts'

const failing =
  (code: FaultCode, since: number) =>
  <R extends DatabaseRecord | ServerRecord>(record: R): R =>
    ({
      ...record,
      pulse:
        'value' in record.pulse
          ? { ...aStale(record.pulse.value, NOW, aFault(code), since) }
          : { state: 'failed', fault: aFault(code), since },
    }) as R

const all = (
  snapshot: ClusterSnapshot,
  change: <R extends DatabaseRecord | ServerRecord>(record: R) => R,
): ClusterSnapshot => ({
  ...snapshot,
  databases: snapshot.databases.map(change),
  servers: snapshot.servers.map(change),
})
const read =
  (at: number) =>
  <R extends DatabaseRecord | ServerRecord>(record: R): R =>
    ({
      ...record,
      pulse: 'value' in record.pulse ? { state: 'fresh', value: record.pulse.value, at } : record.pulse,
    }) as R
const statuses = (picture: Picture) => [...picture.databases, ...picture.servers].map(({ status }) => status)
const rules = (picture: Picture) => picture.alerts.map(({ rule, severity }) => `${rule} ${severity}`)

const well = () => derivePicture(aVault(), null, NOW)

describe('one database that fails', () => {
  const table: readonly [FaultCode, string, boolean | null][] = [
    ['refused', 'inactive', false],
    ['timeout', 'inactive', null],
    ['unreachable', 'inactive', null],
    // What keeps this program from asking tells nothing of the server.
    ['dns', 'unknown', null],
    ['local', 'unknown', null],
    ['starting', 'starting', true],
    ['auth', 'unknown', true],
    ['hba', 'unknown', true],
    ['tls', 'unknown', true],
    ['protocol', 'unknown', true],
    ['too-many-connections', 'unknown', true],
  ]
  for (const [code, status, portOpen] of table) {
    test(code, () => {
      const snapshot = withDatabase(all(aVault(), read(NOW + 2000)), 'db-1', failing(code, NOW + 1900))
      const view = derivePicture(snapshot, well(), NOW + 2500).databases.find(({ id }) => id === 'db-1')
      assert.deepEqual([view?.status, view?.portOpen, view?.problem?.code], [status, portOpen, code])
      assert.equal(view?.role, 'primary')
      assert.equal(view?.stale, true)
      assert.equal(view?.lsn, well().databases[0]?.lsn)
    })
  }

  test('too many connections are told as such', () => {
    const snapshot = withDatabase(all(aVault(), read(NOW + 2000)), 'db-1', failing('too-many-connections', NOW + 1900))
    assert.deepEqual(rules(derivePicture(snapshot, well(), NOW + 2500)), ['sessions critical'])
  })

  test('whose limit of connections is reached decides what is told', () => {
    const told = (reason?: FaultReason) => {
      const fault = { ...aFault('too-many-connections'), ...(reason ? { reason } : {}) }
      const full = withDatabase(all(aVault(), read(NOW + 2000)), 'db-1', (record) => ({
        ...record,
        pulse: 'value' in record.pulse ? aStale(record.pulse.value, NOW, fault, NOW + 1900) : record.pulse,
      }))
      return rules(derivePicture(full, well(), NOW + 2500))
    }
    assert.deepEqual(told('all-slots'), ['sessions critical'])
    assert.deepEqual(told('reserved-slots'), ['sessions critical'])
    assert.deepEqual(told('database-limit'), ['sessions warning'])
    assert.deepEqual(told('role-limit'), ['stale warning'])
  })

  test('a server that is being stopped is not starting', () => {
    const stopping = { ...aFault('starting'), reason: 'shutting-down' } as const
    const snapshot = withDatabase(all(aVault(), read(NOW + 2000)), 'db-1', (record) => ({
      ...record,
      pulse: 'value' in record.pulse ? aStale(record.pulse.value, NOW, stopping, NOW + 1900) : record.pulse,
    }))
    assert.equal(derivePicture(snapshot, well(), NOW + 2500).databases[0]?.status, 'stopping')
  })

  test('what this program can’t do says nothing of a target: no outage, whoever else answers', () => {
    for (const code of ['local', 'dns'] as const) {
      const one = withDatabase(all(aVault(), read(NOW + 2000)), 'db-1', failing(code, NOW + 1900))
      assert.deepEqual(rules(derivePicture(one, well(), NOW + 2500)), ['stale warning'], code)
      const server = withServer(all(aVault(), read(NOW + 2000)), 'pmp-a', failing(code, NOW + 1900))
      const picture = derivePicture(server, well(), NOW + 2500)
      assert.deepEqual([picture.servers[0]?.status, rules(picture)], ['unknown', ['stale warning']], code)
    }
    const none = derivePicture(all(aVault(), failing('local', NOW + 1900)), well(), NOW + 2500)
    assert.deepEqual(new Set(statuses(none)), new Set(['unknown']))
    assert.deepEqual(new Set(rules(none)), new Set(['stale warning']))
  })

  test('a target that this host has no route to was not asked: no outage', () => {
    const fault = { ...aFault('unreachable'), reason: 'no-route' } as const
    const alone = aCluster({ databases: [aPrimary({ senders: [] })] })
    const cut = withDatabase(alone, 'db-1', (record) => ({
      ...record,
      pulse: 'value' in record.pulse ? aStale(record.pulse.value, NOW, fault, NOW + 1900) : record.pulse,
    }))
    const picture = derivePicture(cut, derivePicture(alone, null, NOW), NOW + 60_000)
    assert.deepEqual([statuses(picture), rules(picture)], [['unknown'], ['stale warning']])
  })

  test('a single target leaves no doubt', () => {
    const alone = aCluster({ databases: [aPrimary({ senders: [] })] })
    const picture = derivePicture(
      withDatabase(alone, 'db-1', failing('timeout', NOW + 1500)),
      derivePicture(alone, null, NOW),
      NOW + 1500,
    )
    assert.deepEqual(statuses(picture), ['inactive'])
    assert.ok(!rules(picture).some((rule) => rule.startsWith('cut-off')))
  })
})

describe('when this host is cut off', () => {
  const first = withDatabase(aVault(), 'db-1', failing('timeout', NOW + 3500))
  const dark = all(aVault(), failing('timeout', NOW + 3600))

  test('the first failure is not told before something else was read', () => {
    assert.deepEqual(statuses(derivePicture(first, well(), NOW + 3500)), statuses(well()))
    const seen = withDatabase(all(aVault(), read(NOW + 3000)), 'db-1', failing('timeout', NOW + 3500))
    assert.equal(derivePicture(seen, well(), NOW + 3500).databases[0]?.status, 'inactive')
  })

  test('nothing is said of the targets, and that it is so', () => {
    const picture = derivePicture(dark, well(), NOW + 3700)
    assert.deepEqual(new Set(statuses(picture)), new Set(['unknown']))
    assert.deepEqual(rules(picture), ['cut-off warning'])
    assert.equal(picture.health, 'unknown')
    assert.equal(picture.serving, null)
    assert.equal(picture.alerts[0]?.since, NOW + 3600)
  })

  test('from the start as well', () => {
    const never = all(aVault(), (record) => ({
      ...record,
      pulse: { state: 'failed', fault: aFault('timeout'), since: NOW },
    }))
    assert.equal(derivePicture(never, null, NOW).health, 'unknown')
  })

  test('the first answer does not make the rest look down, a lasting failure does', () => {
    const blind = derivePicture(dark, well(), NOW + 60_000)
    const first = withServer(dark, 'pmp-b', read(NOW + 61_000))
    const dawn = derivePicture(first, blind, NOW + 61_000)
    assert.deepEqual(
      statuses(dawn).filter((status) => status === 'inactive'),
      [],
    )
    const later = derivePicture(withServer(dark, 'pmp-b', read(NOW + 75_000)), dawn, NOW + 75_000)
    assert.equal(later.servers[0]?.status, 'inactive')
  })

  test('one after the other is no cut', () => {
    const slowly = withServer(all(aVault(), failing('timeout', NOW)), 'pmp-b', failing('timeout', NOW + 600_000))
    const picture = derivePicture(
      withServer(slowly, 'pmp-ro', failing('timeout', NOW + 300_000)),
      well(),
      NOW + 600_001,
    )
    assert.deepEqual(new Set(statuses(picture)), new Set(['inactive', 'degraded'].slice(0, 1)))
  })

  test('whoever answers with an error was reached: that is no cut, however many do so together', () => {
    for (const code of ['hba', 'starting', 'protocol'] as const) {
      const picture = derivePicture(all(aVault(), failing(code, NOW + 2000)), well(), NOW + 2100)
      assert.ok(!rules(picture).includes('cut-off warning'), code)
    }
  })

  test('refusals are answers: all of them are down, and a cut is only a possibility', () => {
    const picture = derivePicture(all(aVault(), failing('refused', NOW + 2000)), well(), NOW + 2100)
    assert.deepEqual(new Set(statuses(picture)), new Set(['inactive']))
    assert.equal(picture.health, 'critical')
    assert.ok(rules(picture).includes('cut-off warning'))
  })
})

describe('age', () => {
  test('a reading older than two intervals is stale, much older it is told', () => {
    const views = (age: number) => derivePicture(aVault(), well(), NOW + age)
    assert.equal(views(3900).databases[0]?.stale, false)
    assert.equal(views(4100).databases[0]?.stale, true)
    assert.deepEqual(rules(views(4100)), [])
    assert.ok(rules(views(16_000)).includes('stale warning'))
  })

  test('nothing known yet is unknown', () => {
    const waiting = all(aVault(), (record) => ({ ...record, pulse: { state: 'waiting' } }))
    const picture = derivePicture(waiting, null, NOW)
    assert.deepEqual(new Set(statuses(picture)), new Set(['unknown']))
    assert.deepEqual([picture.health, picture.alerts.length, picture.servers[0]?.since], ['unknown', 0, null])
  })
})

describe('since', () => {
  test('a status keeps its beginning while it stays', () => {
    const before = well()
    const after = derivePicture(all(aVault(), read(NOW + 60_000)), before, NOW + 60_000)
    assert.deepEqual(
      after.servers.map(({ since }) => since),
      before.servers.map(({ since }) => since),
    )
    assert.equal(after.databases[0]?.since, before.databases[0]?.startedAt)
  })
  test('an outage began with the first failure', () => {
    const snapshot = withServer(all(aVault(), read(NOW + 8000)), 'pmp-b', failing('refused', NOW + 2000))
    assert.equal(derivePicture(snapshot, well(), NOW + 8000).servers[1]?.since, NOW + 2000)
  })
})
