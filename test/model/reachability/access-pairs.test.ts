import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ClusterSnapshot, HostRecord } from '../../../src/model/measured/snapshot.ts'
import { type AccessPair, accessPairs } from '../../../src/model/reachability/access-pairs.ts'
import { PENDING } from '../../../src/model/values/reading.ts'
import { aHost } from '../../builders/hosts.ts'
import {
  aClient,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aServer,
  aServerPulse,
  aStale,
  aStandby,
  aVault,
  NOW,
} from '../../builders/snapshot.ts'

const servers = [
  aServer({
    id: 'pmp-a',
    type: 'primary',
    databaseId: 'db-1',
    applicationName: 'pmp-a',
    pulse: aServerPulse(),
  }),
  aServer({ id: 'pmp-ro', type: 'read-only', databaseId: 'db-ro', applicationName: 'pmp-ro', pulse: aServerPulse() }),
]
const clients = [aClient('pmp-a', '10.0.0.11', 3)]

function pairs(over: Partial<ClusterSnapshot> = {}): readonly AccessPair[] {
  const snapshot = { ...aVault({ databases: [aPrimary({ clients }), aStandby()], servers }), ...over }
  let picture = derivePicture(snapshot, null, NOW - 60_000)
  for (let at = NOW - 58_000; at <= NOW; at += 2_000) picture = derivePicture(snapshot, picture, at)
  return accessPairs(snapshot, picture)
}

function find(found: readonly AccessPair[], from: string, to: string): AccessPair {
  const pair = found.find((each) => each.from === from && each.to === to)
  assert.ok(pair, `${from} → ${to}`)
  return pair
}

const told = ({ purpose, status, evidence }: AccessPair) => [purpose, status, evidence]

describe('needed pairs', () => {
  test('are servers to databases, standbys to sources and this host to all', () => {
    assert.deepEqual(
      pairs().map(({ from, purpose, to }) => `${from} ${purpose} ${to}`),
      [
        'pmp-a uses db-1',
        'pmp-a may use db-ro',
        'pmp-ro uses db-ro',
        'db-ro replicates from db-1',
        'pgdeck watches db-1',
        'pgdeck watches db-ro',
        'pgdeck watches pmp-a',
        'pgdeck watches pmp-ro',
      ],
    )
  })

  test('to what a server may use are fine where pgdeck on its host finds the port open, directly', () => {
    const here = aHost({ id: 'jump', access: { kind: 'local' } })
    const onHere = servers.map((server) => ({ ...server, spec: { ...server.spec, hostId: 'jump' } }))
    const from = (over: Partial<ClusterSnapshot>) => told(find(pairs(over), 'pmp-a', 'db-ro'))
    const evidence = 'its port is open from the host of the server; it has not logged in there'
    assert.deepEqual(from({ hosts: [here], servers: onHere }), ['may use', 'ok', evidence])
    const unknown = ['may use', 'unknown', 'needed after a failover: it has not connected there']
    assert.deepEqual(from({ hosts: [here] }), unknown)
    assert.deepEqual(from({ hosts: [aHost({ id: 'jump' })], servers: onHere }), unknown)
    const standby = aStandby()
    const behind = { ...standby, spec: { ...standby.spec, via: 'jump' } }
    const databases = [aPrimary({ clients }), behind]
    assert.deepEqual(from({ hosts: [here], servers: onHere, databases }), unknown)
  })

  test('are fine where sessions, a stream or an answer show it', () => {
    const all = pairs()
    const used = find(all, 'pmp-a', 'db-1')
    assert.deepEqual(told(used), ['uses', 'ok', 'connected: 3 sessions from 10.0.0.11'])
    assert.equal(used.at, NOW)
    assert.deepEqual(told(find(all, 'db-ro', 'db-1')), ['replicates from', 'ok', 'streams'])
    assert.deepEqual(told(find(all, 'pgdeck', 'pmp-a')), ['watches', 'ok', 'answers'])
  })

  test('are unknown, not failing, where merely nothing is seen', () => {
    const all = pairs()
    assert.deepEqual(told(find(all, 'pmp-ro', 'db-ro')), ['uses', 'unknown', 'no session of it is visible'])
    assert.equal(find(all, 'pmp-a', 'db-ro').status, 'unknown')
    const hidden = pairs({ databases: [aPrimary({ clients: null }), aStandby()] })
    assert.match(find(hidden, 'pmp-a', 'db-1').evidence, /hidden from this role/)
  })

  test('fail with the database at the other end, since when it is down; the stream fails with it', () => {
    const fault = aFault('refused', 'db-1: connection refused')
    const down = { ...aPrimary(), pulse: aStale(aPrimaryPulse({ clients }), NOW - 42_000, fault) }
    const all = pairs({ databases: [down, aStandby({ standby: { receiver: null } })] })
    assert.deepEqual(told(find(all, 'pmp-a', 'db-1')), ['uses', 'fails', 'db-1 is inactive'])
    assert.deepEqual(told(find(all, 'db-ro', 'db-1')), [
      'replicates from',
      'fails',
      'disconnected: db-1, its upstream, is inactive',
    ])
    const own = find(all, 'pgdeck', 'db-1')
    assert.deepEqual(told(own), ['watches', 'fails', 'db-1: connection refused'])
    assert.equal(own.at, NOW - 40_000)
    assert.equal(own.portOpen, false)
  })

  test('hosts over ssh are looked into from here; one that bears the name of a database is another', () => {
    const access = { kind: 'ssh', destination: 'ops@10.0.0.11' } as const
    const host = (id: string, facts: HostRecord['facts']): HostRecord => {
      const spec = { id, address: null, access }
      return { spec, facts, history: [] }
    }
    const [well] = [aHost().facts]
    const fault = aFault('auth', 'h2: permission denied')
    const local: HostRecord = { ...aHost(), spec: { id: 'here', address: null, access: { kind: 'local' } } }
    const hosts = [host('db-1', well), host('h2', { state: 'failed', fault, since: NOW - 5_000 }), local]
    const all = pairs({ hosts })
    assert.deepEqual(told(find(all, 'pgdeck', 'db-1 (ssh)')), ['ssh', 'ok', 'answers'])
    assert.deepEqual(told(find(all, 'pgdeck', 'h2 (ssh)')), ['ssh', 'fails', 'h2: permission denied'])
    assert.equal(all.filter(({ purpose }) => purpose === 'ssh').length, 2)
    const waiting = pairs({ hosts: [host('h3', PENDING)] })
    assert.equal(find(waiting, 'pgdeck', 'h3 (ssh)').status, 'unknown')
  })

  test('mirrored servers keep to their own databases', () => {
    const { spec } = aVault({ databases: [aPrimary({ clients }), aStandby()], servers })
    const all = pairs({ spec: { ...spec, model: 'mirrored' } })
    assert.ok(all.every(({ purpose }) => purpose !== 'may use'))
  })
})
