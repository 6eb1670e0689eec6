// Readers of Aurora, which read the storage of their writer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { lossPhrase, lossSentence } from '../../../src/model/failover/loss-text.ts'
import { managerBlockFor } from '../../../src/model/managers/manager-guard.ts'
import type { AuroraInstance } from '../../../src/model/measured/managers/aurora.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimaryPulse,
  aReceiver,
  aStale,
  aStandbyPulse,
  NO_MANAGER,
  NOW,
} from '../../builders/snapshot.ts'

const managerSigns = { ...NO_MANAGER, functions: [{ name: 'aurora_version', isPrivileged: true }] }
const instance = (name: string, over: Partial<AuroraInstance> = {}): AuroraInstance => ({
  name,
  isWriter: false,
  lagMs: 20,
  replayMicroseconds: null,
  durableLsn: 1n,
  ...over,
})
const INSTANCES = [
  instance('vault-1', { isWriter: true, lagMs: null }),
  instance('vault-2'),
  instance('vault-3', { lagMs: 90_000 }),
]
const told = (self: string | null, instances: readonly AuroraInstance[] | null = INSTANCES) => ({
  managerSigns,
  aurora: { self, instances },
  systemIdentifier: null,
})
const POSITION = { receiver: null, receivedLsn: null, replayedLsn: null, pause: null, applyLagSeconds: null }
const writerPulse = aPrimaryPulse({ ...told('vault-1'), slots: [], senders: [] })
const writer = aDatabase({ id: 'a', pulse: writerPulse })
const reader = (id: string, over: Parameters<typeof aStandbyPulse>[0] = {}, host = 'reader.example') =>
  aDatabase({ id, host, port: 5432, pulse: aStandbyPulse({ ...told('vault-2'), standby: POSITION, ...over }) })
const pictureOf = (...databases: Parameters<typeof aDatabase>[0][] | ReturnType<typeof aDatabase>[]) =>
  derivePicture(aCluster({ databases: databases as ReturnType<typeof aDatabase>[] }), null, NOW)

test('a reader is no stranger and not disconnected, and its lag is that of its service', () => {
  const picture = pictureOf(writer, reader('b'), reader('c', told('vault-3')))
  assert.deepEqual(
    picture.databases.map(({ role, status, upstreamId, lag }) => [role, status, upstreamId, lag?.seconds ?? null]),
    [
      ['primary', 'active', null, null],
      ['replica', 'shared-storage', 'a', 0.02],
      ['replica', 'shared-storage', 'a', 90],
    ],
  )
  assert.deepEqual(
    picture.alerts.filter(({ rule }) => rule.startsWith('repl')).map(({ rule, subject }) => [rule, subject.owner]),
    [['replication-lag-seconds', 'c']],
  )
})

test('nothing is lost inside the cluster, and pgdeck leaves the failover to the service', () => {
  for (const first of [writer, aDatabase({ id: 'a', pulse: aStale(writerPulse, NOW - 4000, aFault('refused')) })]) {
    const picture = pictureOf(first, reader('b'))
    const { failover } = picture
    assert.deepEqual([failover.candidate, failover.lossBytes, failover.lossBound], ['b', null, 'shared-storage'])
    assert.equal(lossPhrase(failover), 'lose nothing inside the cluster (shared storage)')
    assert.match(lossSentence(failover, 'a', 'ago'), /share one storage/)
    for (const action of ['promote', 'switchover', 'failback'] as const) {
      const block = managerBlockFor(picture, action, 'b')
      assert.deepEqual([block?.kind, block?.result, block?.mayOverride], ['aurora', 'fail', false])
      assert.match(block?.command ?? '', /failover-db-cluster .* --target-db-instance-identifier vault-2$/)
      assert.match(block?.reason ?? '', /only the service makes one of them the writer/)
    }
  }
})

test('a reader of another cluster may lack what the writer wrote: nothing is promised', () => {
  const abroad = [instance('dr-1', { isWriter: true }), instance('dr-2')]
  const picture = pictureOf(writer, reader('b', told('dr-2', abroad)))
  assert.notEqual(picture.failover.lossBound, 'shared-storage')
  assert.deepEqual([picture.databases[1]?.status, picture.databases[1]?.upstreamId], ['shared-storage', null])
  assert.equal(picture.links[0]?.upstreamName, 'dr-1')
})

test('names are unique in a region only: a copy in another one is no reader of a writer of that name', () => {
  const east = 'vault-1.c1.us-east-1.rds.amazonaws.com'
  const west = 'vault-2.c2.eu-west-1.rds.amazonaws.com'
  const far = aDatabase({ id: 'a', host: east, port: 5432, pulse: writerPulse })
  const apart = pictureOf(far, reader('b', {}, west))
  assert.notEqual(apart.failover.lossBound, 'shared-storage')
  assert.equal(apart.databases[1]?.upstreamId, null)
  const near = pictureOf(far, reader('b', {}, 'vault.cluster-ro-c1.us-east-1.rds.amazonaws.com'))
  assert.equal(near.failover.lossBound, 'shared-storage')
  const others = [instance('vault-1', { isWriter: true }), instance('vault-9')]
  const denied = pictureOf(aDatabase({ id: 'a', pulse: aPrimaryPulse({ ...told('vault-1', others) }) }), reader('b'))
  assert.notEqual(denied.failover.lossBound, 'shared-storage', 'the writer does not know it')
})

test('an instance with a walreceiver has storage of its own', () => {
  const pulse = aStandbyPulse({ ...told('vault-2'), standby: { ...POSITION, receiver: aReceiver() } })
  const picture = pictureOf(writer, aDatabase({ id: 'b', pulse }))
  assert.notEqual(picture.databases[1]?.status, 'shared-storage')
  assert.notEqual(picture.failover.lossBound, 'shared-storage')
  assert.equal(managerBlockFor(picture, 'promote', 'b')?.mayOverride, false, 'its service promotes it')
})

test('beside databases elsewhere, Aurora is in charge of its own only', () => {
  const own = [
    aDatabase({ id: 'p', pulse: aPrimaryPulse({}) }),
    aDatabase({ id: 's', port: 5433, pulse: aStandbyPulse({}) }),
  ]
  const copy = aDatabase({ id: 'c', host: 'vault-1.example', port: 5432, pulse: writerPulse })
  const picture = pictureOf(...own, copy)
  assert.equal(managerBlockFor(picture, 'promote', 's'), null)
  const block = managerBlockFor(picture, 'fence', 'c')
  assert.deepEqual([block?.kind, block?.result, block?.mayOverride], ['aurora', 'fail', false])
  assert.match(block?.reason ?? '', /aurora_version/)
})

test('where its functions tell nothing, it is a reader all the same, and its lag is unknown', () => {
  const picture = pictureOf(writer, reader('b', told(null, null)))
  const [, view] = picture.databases
  assert.deepEqual([view?.status, view?.lag?.seconds ?? null], ['shared-storage', null])
  assert.notEqual(picture.failover.lossBound, 'shared-storage')
})

test('its own endpoint names an instance; the only reader needs no name', () => {
  const third = pictureOf(writer, reader('c', told(null), 'VAULT-3.c1abcd.eu-central-1.rds.amazonaws.com'))
  assert.equal(third.databases[1]?.lag?.seconds, 90)
  const unclear = pictureOf(writer, reader('c', told(null), 'vault.cluster-ro-c1abcd.eu-central-1.rds.amazonaws.com'))
  assert.equal(unclear.databases[1]?.lag?.seconds ?? null, null)
})

test('readers of another size than their writer replay no WAL: no setting is too low', () => {
  const small = {
    max_connections: 10,
    max_worker_processes: 2,
    max_wal_senders: 2,
    max_prepared_transactions: 0,
    max_locks_per_transaction: 64,
  }
  const picture = pictureOf(writer, reader('b', { settings: small }))
  assert.deepEqual(picture.failover.blockers, [])
  assert.equal(
    picture.alerts.some(({ rule }) => rule === 'required-settings'),
    false,
  )
})

test('another standby is as before, whatever its function is called', () => {
  const fake = { ...NO_MANAGER, functions: [{ name: 'aurora_version', isPrivileged: false }] }
  const picture = pictureOf(writer, reader('b', { managerSigns: fake }))
  assert.equal(picture.databases[1]?.status, 'disconnected')
})
