import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { TlsFacts } from '../../../src/model/measured/connections/certificate-facts.ts'
import type { ClusterSnapshot, DatabaseRecord, ServerRecord } from '../../../src/model/measured/snapshot.ts'
import type { ModelId } from '../../../src/model/measured/spec.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import { isWhole } from '../../../src/model/picture/subject.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aServer,
  aServerPulse,
  aSlot,
  aStale,
  aStandby,
  aVault,
  NOW,
  withDatabase,
  withServer,
} from '../../builders/snapshot.ts'

const LATER = NOW + 2500
const seen = (snapshot: ClusterSnapshot, previous: Picture | null = null) => derivePicture(snapshot, previous, LATER)
const servers = (picture: Picture) => picture.servers.map(({ id, status, access }) => `${id} ${status} ${access}`)
const names = (picture: Picture) => [
  picture.serving?.id ?? null,
  picture.serving?.access ?? null,
  ...picture.next.map(({ id, access }) => `${id} ${access}`),
]

const refused = (record: ServerRecord): ServerRecord => ({
  ...record,
  pulse: aStale(aServerPulse(), NOW, aFault('refused')),
})
const dead = (record: DatabaseRecord): DatabaseRecord => ({
  ...record,
  pulse: record.pulse.state === 'fresh' ? aStale(record.pulse.value, NOW, aFault('refused')) : record.pulse,
})
const answersItself = (record: ServerRecord): ServerRecord => ({
  ...record,
  pulse: { state: 'fresh', value: aServerPulse(), at: LATER },
})

describe('the recommended model', () => {
  test('all well', () => {
    const picture = seen(aVault())
    assert.deepEqual(servers(picture), [
      'pmp-a active read-write',
      'pmp-b active read-write',
      'pmp-ro standby redirects',
    ])
    assert.deepEqual(names(picture), ['pmp-a', 'read-write', 'pmp-b read-write', 'pmp-ro read-only'])
    assert.equal(picture.health, 'ok')
  })

  test('the primary server down: the secondary serves', () => {
    const picture = seen(withServer(aVault(), 'pmp-a', refused))
    assert.deepEqual(names(picture), ['pmp-b', 'read-write', 'pmp-ro read-only'])
    assert.equal(picture.servers[0]?.portOpen, false)
    assert.equal(picture.servers[2]?.status, 'standby')
    assert.equal(picture.health, 'critical')
  })

  test('the primary database down: the read-only server serves, read-only', () => {
    const lost = withDatabase(withServer(aVault(), 'pmp-ro', answersItself), 'db-1', dead)
    const picture = seen(lost)
    assert.deepEqual(servers(picture), ['pmp-a degraded none', 'pmp-b degraded none', 'pmp-ro active read-only'])
    assert.match(picture.servers[0]?.problem?.message ?? '', /its database db-1 is inactive/)
    assert.deepEqual(names(picture), ['pmp-ro', 'read-only'])
    assert.deepEqual(picture.alerts.map(({ rule, severity }) => `${rule} ${severity}`).toSorted(), [
      'database-inactive critical',
      'read-only-serves warning',
      'schedules-stopped warning',
    ])
  })

  test('the read-only server serving though the primary is up is told, once it has lasted', () => {
    const needless = withServer(aVault(), 'pmp-ro', answersItself)
    const once = seen(needless, seen(aVault()))
    assert.deepEqual(once.alerts, [])
    const lasting = derivePicture(needless, once, LATER + 10_000)
    assert.equal(lasting.serving?.id, 'pmp-a')
    assert.deepEqual(
      lasting.alerts.map(({ rule, severity, subject, message }) => [rule, severity, subject.owner, message]),
      [
        [
          'read-only-serves',
          'warning',
          'pmp-ro',
          'pmp-ro serves its visitors itself, read-only, although pmp-a serves: it should redirect them',
        ],
      ],
    )
  })

  test('everything down: nobody serves', () => {
    let snapshot = aVault()
    for (const id of ['pmp-a', 'pmp-b', 'pmp-ro']) snapshot = withServer(snapshot, id, refused)
    const picture = seen(snapshot)
    assert.equal(picture.serving, null)
    assert.deepEqual(picture.next, [])
    assert.ok(picture.alerts.some(({ rule, severity }) => rule === 'nobody-serves' && severity === 'critical'))
    assert.ok(
      picture.alerts.some(
        ({ rule, subject, severity }) =>
          rule === 'server-inactive' && isWhole(subject, 'pmp-a') && severity === 'critical',
      ),
    )
  })

  test('not to know is not the same as nobody', () => {
    const unread = aVault({ servers: [aServer({ id: 'pmp-a', type: 'primary', databaseId: 'db-1' })] })
    const picture = seen(unread)
    assert.equal(picture.serving, null)
    assert.ok(!picture.alerts.some(({ rule }) => rule === 'nobody-serves'))
    assert.equal(picture.health, 'unknown')
  })

  test('what a standby streams from may serve, though nobody watches it', () => {
    const elsewhere = aReceiver({ senderHost: '10.0.0.9', senderPort: 5432 })
    const picture = seen(aCluster({ databases: [aStandby({ standby: { receiver: elsewhere } })] }))
    assert.deepEqual([picture.serving, picture.health, picture.alerts], [null, 'unknown', []])
    const alone = seen(aCluster({ databases: [aStandby({ standby: { receiver: null } })] }))
    assert.ok(alone.alerts.some(({ rule }) => rule === 'nobody-serves'))
  })

  test('a database that this program may not read can be taken to serve', () => {
    const picture = seen(
      withDatabase(aVault(), 'db-1', (record) => ({
        ...record,
        pulse: { state: 'failed', fault: aFault('auth'), since: NOW },
      })),
    )
    assert.equal(picture.serving?.id, 'pmp-a')
    assert.equal(picture.databases[0]?.status, 'unknown')
    assert.ok(picture.alerts.some(({ rule, subject }) => rule === 'stale' && isWhole(subject, 'db-1')))
  })

  test('after a promotion by hand the old primary’s servers are degraded', () => {
    const promoted = withDatabase(aVault(), 'db-ro', () =>
      aDatabase({ id: 'db-ro', port: 5433, pulse: aPrimaryPulse({ serverPort: 5433, startedAt: 1 }) }),
    )
    const reversed = withDatabase(promoted, 'db-1', () => aStandby({}, { id: 'db-1', port: 5432 }))
    const picture = seen(withServer(reversed, 'pmp-ro', answersItself))
    assert.deepEqual(servers(picture).slice(0, 2), ['pmp-a degraded read-only', 'pmp-b degraded read-only'])
  })
})

describe('the other models', () => {
  const two = (model: ModelId, ...list: readonly ServerRecord[]) =>
    aCluster({ model, databases: [aPrimary(), aStandby()], servers: list })
  const a = aServer({ id: 'a', type: 'primary', databaseId: 'db-1', pulse: aServerPulse() })
  const b = aServer({ id: 'b', type: 'secondary', databaseId: 'db-1', port: 7273, pulse: aServerPulse() })
  const ro = aServer({
    id: 'ro',
    type: 'read-only',
    databaseId: 'db-ro',
    pulse: aServerPulse({ location: 'https://a.example.net:7272/' }),
  })

  test('primary-with-read-only', () => {
    assert.deepEqual(names(seen(two('primary-with-read-only', a, ro))), ['a', 'read-write', 'ro read-only'])
  })
  test('shared-database', () => {
    assert.deepEqual(names(seen(two('shared-database', b, a))), ['a', 'read-write', 'b read-write'])
    assert.deepEqual(names(seen(two('shared-database', refused(a), b))), ['b', 'read-write'])
  })
  test('databases: the primary, next its best standby', () => {
    assert.deepEqual(names(seen(aCluster({ databases: [aStandby(), aPrimary()] }))), [
      'db-1',
      'read-write',
      'db-ro read-write',
    ])
    const lost = seen(aCluster({ databases: [aStandby({ standby: { receiver: null } }), dead(aPrimary())] }))
    assert.equal(lost.serving, null)
    assert.ok(lost.alerts.some(({ rule }) => rule === 'nobody-serves'))
  })

  describe('mirrored', () => {
    const own = aDatabase({
      id: 'db-2',
      port: 5434,
      pulse: aPrimaryPulse({ systemIdentifier: '42', serverPort: 5434 }),
    })
    const mirrored = (primary: ServerRecord) =>
      aCluster({
        model: 'mirrored',
        databases: [aPrimary({ senders: [] }), own],
        servers: [primary, { ...b, spec: { ...b.spec, databaseId: 'db-2' } }],
      })
    test('two writable databases are normal; the secondary refuses password resets', () => {
      const picture = seen(mirrored(a))
      assert.deepEqual(names(picture), ['a', 'read-write', 'b read-write-no-resets'])
      assert.deepEqual(picture.alerts, [])
      assert.equal(picture.failover.candidate, 'db-2')
    })
    test('changes that nobody takes any more make them diverge', () => {
      const idle = aSlot({ name: 'from_db_1', type: 'logical', active: false })
      const databases = [aPrimary({ senders: [], slots: [idle] }), own]
      const { alerts } = seen({ ...mirrored(a), databases })
      assert.deepEqual(
        alerts.map(({ message }) => message),
        ['db-1: slot from_db_1 is inactive: the mirrored databases diverge'],
      )
    })

    test('the secondary serves when the primary is down', () => {
      assert.deepEqual(names(seen(mirrored(refused(a)))), ['b', 'read-write-no-resets'])
    })
  })
})

describe('an answer', () => {
  const primaryAnswers = (over: Parameters<typeof aServerPulse>[0]) =>
    seen(
      withServer(aVault(), 'pmp-a', (record) => ({
        ...record,
        pulse: { state: 'fresh', value: aServerPulse(over), at: LATER },
      })),
    ).servers[0]

  const table: readonly [string, Parameters<typeof aServerPulse>[0], string, string | null][] = [
    ['an error', { httpStatus: 500 }, 'degraded none', 'protocol'],
    [
      'a redirection to its own login page',
      { httpStatus: 302, location: 'https://pmp-a.example.net:7272/login' },
      'active read-write',
      null,
    ],
    [
      'a redirection to a sign-on elsewhere',
      { httpStatus: 302, location: 'https://sso.example.net/' },
      'active read-write',
      null,
    ],
    [
      'a redirection to another of ours',
      { httpStatus: 302, location: 'https://PMP-B.example.net:7272/x?y#z' },
      'standby redirects',
      null,
    ],
    [
      'another port is another place',
      { httpStatus: 302, location: 'https://pmp-b.example.net:9999/' },
      'active read-write',
      null,
    ],
    ['no URL at all', { httpStatus: 302, location: 'javascript:alert(1)' }, 'active read-write', null],
  ]
  for (const [name, over, expected, code] of table) {
    test(name, () => {
      const view = primaryAnswers(over)
      assert.equal(`${view?.status} ${view?.access}`, expected)
      assert.equal(view?.problem?.code ?? null, code)
    })
  }

  test('a bad certificate degrades, the access stays', () => {
    const tls: TlsFacts = {
      daysLeft: -3,
      nameMatches: true,
      trusted: true,
      problem: 'the certificate expired on 2026-11-19',
      subject: null,
      issuer: null,
      validToAt: NOW,
      fingerprint: '',
    }
    const view = primaryAnswers({ tls })
    assert.deepEqual([view?.status, view?.access, view?.problem?.code], ['degraded', 'read-write', 'tls'])
  })

  test('that sends visitors to a server known to be down is degraded', () => {
    const snapshot = withServer(aVault(), 'pmp-ro', (record) => ({
      ...record,
      pulse: { state: 'fresh', value: aServerPulse({ location: 'https://pmp-a.example.net:7272/' }), at: LATER },
    }))
    const view = seen(withServer(snapshot, 'pmp-a', refused)).servers[2]
    assert.deepEqual([view?.status, view?.access], ['degraded', 'redirects'])
  })
})

describe('configured and active servers', () => {
  const count = (record: ServerRecord, ...clients: readonly [string, string | null][]) => {
    const pulse = { clients: clients.map(([applicationName, address]) => ({ applicationName, address, count: 1 })) }
    return seen(aVault({ databases: [aPrimary(pulse)], servers: [record] })).databases[0]?.servers
  }
  const named = aServer({ id: 'a', type: 'primary', databaseId: 'db-1', applicationName: 'pmp-a' })
  const placed = aServer({ id: 'a', type: 'primary', databaseId: 'db-1', clientAddress: '10.0.0.11' })
  const plain = aServer({
    id: 'a',
    type: 'primary',
    databaseId: 'db-1',
    pulse: aServerPulse({ addresses: ['10.0.0.11'] }),
  })

  test('by application name', () => {
    assert.deepEqual(count(named, ['pmp-a', null]), { configured: 1, active: 1 })
    assert.deepEqual(count(named, ['pmp-b', null]), { configured: 1, active: 0 })
  })
  test('by address, in whatever notation', () => {
    assert.equal(count(placed, ['x', '::ffff:10.0.0.11'])?.active, 1)
    assert.equal(count(placed, ['x', '10.0.0.12'])?.active, 0)
  })
  test('by the addresses of its name, but not by our own session', () => {
    assert.equal(count(plain, ['x', '10.0.0.11/32'])?.active, 1)
    assert.equal(count(plain, ['pgdeck', '10.0.0.11'])?.active, 0)
  })
  test('unknown where the sessions can’t be seen', () => {
    assert.equal(seen(aVault({ databases: [aPrimary({ clients: null })] })).databases[0]?.servers.active, null)
  })
})
