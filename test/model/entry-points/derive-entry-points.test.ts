// Where poolers, proxies and addresses lead, whether that is right, and what is told of it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { deriveEvents } from '../../../src/model/events/derive-events.ts'
import type { EntryPointRecord } from '../../../src/model/measured/entry-points/entry-point-reading.ts'
import type { ClusterSnapshot } from '../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import { packLockToken } from '../../../src/model/runs/lock/lock-key.ts'
import { formatRunName } from '../../../src/model/runs/lock/run-name.ts'
import { failedReading } from '../../../src/model/values/reading.ts'
import {
  anAddress,
  aPool,
  aPooler,
  aProxied,
  aProxy,
  aShopBehind,
  behind,
  REACHED_STANDBY,
} from '../../builders/entry-points.ts'
import { patroniDatabases } from '../../builders/patroni-cluster.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, aStandby, NOW, withDatabase } from '../../builders/snapshot.ts'

const pictureOf = (snapshot: ClusterSnapshot, previous: Picture | null = null, at = NOW) =>
  derivePicture(snapshot, previous, at)

function behindOf(...records: readonly EntryPointRecord[]): Picture {
  return pictureOf(aShopBehind(...records))
}

const alertsOf = ({ alerts }: Picture) => alerts.map(({ rule, severity, message }) => `${severity} ${rule}: ${message}`)

/** `active db-1+`: status and destinations; `+` right, `-` wrong, `?` unknown. */
function viewsOf({ entryPoints }: Picture): readonly string[] {
  const mark = (isExpected: boolean | null) => (isExpected === null ? '?' : isExpected ? '+' : '-')
  return entryPoints.map(({ status, leadsTo }) =>
    [status, ...leadsTo.map(({ name, isExpected }) => `${name}${mark(isExpected)}`)].join(' '),
  )
}

describe('an address', () => {
  test('leads to the database whose server answered, whatever its own address', () => {
    const picture = behindOf(anAddress({ serverAddress: '172.17.0.3' }))
    assert.deepEqual(viewsOf(picture), ['active db-1+'])
    assert.deepEqual(alertsOf(picture), [])
  })

  test('is known by its address after a restart, and where the system is not told', () => {
    const restarted = { systemIdentifier: aPrimaryPulse().systemIdentifier ?? '', postmasterStart: '1', port: 5432 }
    assert.deepEqual(viewsOf(behindOf(anAddress({ identity: restarted }))), ['active db-1+'])
    const hidden = { identity: null, systemIdentifier: null }
    assert.deepEqual(viewsOf(behindOf(anAddress({ ...hidden, serverAddress: '10.0.0.11' }))), [
      'elsewhere 10.0.0.11:5432, not watched-',
    ])
  })

  test('that should lead to the primary and leads to a standby is critical; the other way round a warning', () => {
    const toStandby = behindOf(anAddress(REACHED_STANDBY))
    assert.deepEqual(viewsOf(toStandby), ['elsewhere db-ro-'])
    assert.deepEqual(alertsOf(toStandby), ['critical address-elsewhere: vip leads to db-ro, not to the primary'])
    assert.deepEqual(viewsOf(behindOf(anAddress({ ...REACHED_STANDBY, expects: 'standby' }))), ['active db-ro+'])
    const toPrimary = behindOf(anAddress({ expects: 'standby' }))
    assert.deepEqual(alertsOf(toPrimary), ['warning address-elsewhere: vip leads to db-1, not to a standby'])
  })

  test('of another system is elsewhere; a server that is not watched is no fault while it may be the primary', () => {
    const stranger = { systemIdentifier: '1', postmasterStart: '1', port: 5432 }
    const other = behindOf(anAddress({ identity: stranger, systemIdentifier: '1', serverAddress: '10.9.9.9' }))
    assert.deepEqual(viewsOf(other), ['elsewhere 10.9.9.9:5432, a server of another system-'])
    const without = aShopBehind(anAddress({ identity: null, serverAddress: '10.9.9.9' }))
    const standbyOnly = { ...without, databases: without.databases.filter(({ spec }) => spec.id === 'db-ro') }
    assert.deepEqual(viewsOf(pictureOf(standbyOnly)), ['active 10.9.9.9:5432, not watched?'])
  })

  test('that leads to the primary that is not to be kept is elsewhere', () => {
    const snapshot = aShopBehind(anAddress())
    const databases = [
      aPrimary({ senders: [] }),
      aStandby({}, { pulse: aPrimaryPulse({ timeline: 2, serverPort: 5433, startedAt: NOW - 80_000_000 }) }),
    ]
    const both = { ...snapshot, databases }
    assert.deepEqual(viewsOf(pictureOf(both)), ['elsewhere db-1-'])
  })

  test('that does not answer is critical for the primary; its last destination is kept, and told no more', () => {
    const fault = aFault('timeout', '10.0.0.99:5000 did not answer')
    const [silent, standby] = [behindOf(anAddress({ fault })), behindOf(anAddress({ fault, expects: 'standby' }))]
    assert.deepEqual(viewsOf(silent), ['silent db-1+'])
    assert.deepEqual(alertsOf(silent), [
      'critical address-silent: no new session through vip: 10.0.0.99:5000 did not answer',
    ])
    assert.match(alertsOf(standby).join(), /^warning address-silent/)
    const wrong = behindOf(anAddress({ ...REACHED_STANDBY, fault }))
    assert.equal(alertsOf(wrong).length, 1)
  })

  test('tells which database it led to before, once', () => {
    const first = behindOf(anAddress())
    const second = pictureOf(aShopBehind(anAddress(REACHED_STANDBY)), first, NOW + 2_000)
    const [event, ...others] = deriveEvents(first, second).filter(({ subject }) => subject.owner === 'vip')
    assert.equal(event?.text, 'leads to db-ro now, before to db-1')
    assert.equal(event.severity, 'warning')
    assert.deepEqual(others, [])
    const third = pictureOf(aShopBehind(anAddress(REACHED_STANDBY)), second, NOW + 4_000)
    assert.doesNotMatch(
      deriveEvents(second, third)
        .map(({ text }) => text)
        .join(),
      /leads to .* before/,
    )
  })
})

describe('a pooler', () => {
  test('leads where its open connections are, else where its configuration says', () => {
    assert.deepEqual(viewsOf(behindOf(aPooler())), ['active db-1+'])
    const open = aPool({ host: 'db.example.net', connectedTo: [{ host: '127.0.0.1', port: 5433 }] })
    const picture = behindOf(aPooler({ databases: [open] }))
    assert.deepEqual(viewsOf(picture), ['elsewhere db-ro-'])
    assert.deepEqual(alertsOf(picture), [
      'critical pooler-elsewhere: pool-1: database shop leads to db-ro, not to the primary',
    ])
    assert.deepEqual(viewsOf(behindOf(aPooler({ databases: [aPool({ host: 'db.example.net' })] }))), [
      'active db.example.net:5432?',
    ])
  })

  test('on a loopback address leads to its own host', () => {
    const snapshot = aShopBehind(aPooler({ host: '10.0.0.11' }))
    const remote = withDatabase(snapshot, 'db-1', () => aPrimary({ serverAddress: '10.0.0.11' }, { host: '10.0.0.11' }))
    assert.deepEqual(viewsOf(pictureOf(remote)), ['active db-1+'])
  })

  test('before an address of the configuration leads where that leads', () => {
    const pool = aPooler({ databases: [aPool({ host: '10.0.0.99', port: 5000 })] })
    assert.deepEqual(viewsOf(behindOf(pool, anAddress(REACHED_STANDBY))), ['elsewhere db-ro-', 'elsewhere db-ro-'])
  })

  test('before an address is judged by what it expects itself, and not by an address that does not answer', () => {
    const databases = [aPool({ host: '10.0.0.99', port: 5000 })]
    const readers = aPooler({ databases, expects: 'standby' })
    assert.deepEqual(viewsOf(behindOf(readers, anAddress({ expects: 'primary' }))), ['elsewhere db-1-', 'active db-1+'])
    const writers = aPooler({ databases })
    const address = anAddress({ ...REACHED_STANDBY, expects: 'standby' })
    assert.deepEqual(viewsOf(behindOf(writers, address)), ['elsewhere db-ro-', 'active db-ro+'])
    const silent = anAddress({ ...REACHED_STANDBY, fault: aFault('timeout') })
    assert.deepEqual(viewsOf(behindOf(writers, silent)), ['active db-ro?', 'silent db-ro-'])
  })

  test('tells a change only between databases of the cluster: one place may be shown by its name and by its address', () => {
    const ledTo = (...databases: ReturnType<typeof aPool>[]) => aShopBehind(aPooler({ databases }))
    const changes = (before: ClusterSnapshot, after: ClusterSnapshot) => {
      const first = pictureOf(before)
      return deriveEvents(first, pictureOf(after, first, NOW + 2_000)).flatMap(({ subject, text }) =>
        subject.owner === 'pool-1' && text.startsWith('leads to') ? [text] : [],
      )
    }
    const byName = aPool({ host: 'db.example.net' })
    const byAddress = aPool({ host: 'db.example.net', connectedTo: [{ host: '10.7.7.7', port: 5432 }] })
    assert.deepEqual(changes(ledTo(byName), ledTo(byAddress)), [])
    const [toPrimary, toStandby] = [aPool(), aPool({ port: 5433 })]
    assert.deepEqual(changes(ledTo(aPool({ ...toPrimary, host: '127.0.0.1' })), ledTo(byName)), [])
    const snapshot = (pool: ReturnType<typeof aPool>) => aShopBehind(aPooler({ host: '127.0.0.1', databases: [pool] }))
    assert.deepEqual(changes(snapshot(toPrimary), snapshot(toStandby)), ['leads to db-ro now, before to db-1'])
  })

  test('tells of clients that wait by its limits', () => {
    const waiting = (longestWaitSeconds: number) =>
      alertsOf(behindOf(aPooler({ databases: [aPool({ clientsWaiting: 14, longestWaitSeconds })] })))
    assert.deepEqual(waiting(3.1), [])
    assert.match(
      waiting(12).join(),
      /^warning pooler-waiting: pool-1: 14 clients wait .* to shop, the longest for 12 s/,
    )
    assert.match(waiting(45).join(), /^critical pooler-waiting/)
  })

  test('that is paused is critical, with the commands that end it', () => {
    const held = aPool({ paused: true, clientsWaiting: 3, longestWaitSeconds: 90 })
    const picture = behindOf(aPooler({ databases: [held] }))
    assert.deepEqual(viewsOf(picture), ['paused db-1+'])
    assert.match(
      alertsOf(picture).join(),
      /^critical pooler-paused: pool-1: database shop is paused without a run, 3 clients wait: give RESUME "shop" on its console, .*do --resume RUN\)$/,
    )
    assert.equal(picture.alerts.length, 1)
    const whole = behindOf(aPooler({ isPaused: true }))
    assert.match(alertsOf(whole).join(), /all its databases are paused.*give RESUME on its console/)
    const several = ['a', 'b', 'c', 'd', 'e'].map((name) => aPool({ name, paused: name !== 'e' }))
    assert.match(
      alertsOf(behindOf(aPooler({ databases: several }))).join(),
      /databases a, b, c and 1 more are paused.*give RESUME "a", RESUME "b", RESUME "c" and 1 more on/,
    )
  })

  test('is a warning for three minutes while an action that pauses poolers holds the cluster, and for no other action', () => {
    const databases = [aPool({ paused: true })]
    const during = (action: string) => {
      const objid = packLockToken({ id: 7, step: 3, steps: 9 })
      const application = formatRunName({ user: 'ann', hostname: 'jump-1' }, action, 'db-ro')
      const holder = { pid: 77, role: 'pgdeck', address: null, startedAt: NOW - 5_000, objid, application }
      return withDatabase(aShopBehind(aPooler({ databases })), 'db-1', () => aPrimary({ runs: [holder] }))
    }
    const first = pictureOf(during('promote'))
    assert.match(alertsOf(first).join(), /^warning pooler-paused: .* paused while ann@jump-1 runs promote db-ro/)
    assert.match(alertsOf(pictureOf(during('reload'))).join(), /^critical pooler-paused: .* paused without a run/)
    const late = pictureOf(during('promote'), first, NOW + 181_000)
    assert.match(
      alertsOf(late).join(),
      /critical pooler-paused: .* still paused while ann@jump-1 runs promote db-ro: look at that run, or give RESUME/,
    )
  })

  test('that an action has paused makes its own address silent only as a warning', () => {
    const pooler = aPooler({ host: '10.0.0.99', databases: [aPool({ paused: true })] })
    const fault = aFault('timeout', 'shop at pool-1 is paused')
    const objid = packLockToken({ id: 7, step: 3, steps: 9 })
    const application = formatRunName({ user: 'ann', hostname: 'jump-1' }, 'switchover', 'db-ro')
    const holder = { pid: 77, role: 'pgdeck', address: null, startedAt: NOW - 5_000, objid, application }
    const alerts = (at: number, more: { readonly database?: string; readonly via?: string } = {}) => {
      const snapshot = aShopBehind(pooler, anAddress({ at, fault, ...more }))
      return alertsOf(pictureOf(withDatabase(snapshot, 'db-1', () => aPrimary({ runs: [holder] })))).join('\n')
    }
    assert.match(alerts(6432), /^warning address-silent: no new session through vip: shop at pool-1 is paused/m)
    assert.match(alerts(5000), /^critical address-silent/m)
    assert.match(alerts(6432, { database: 'shop' }), /^warning address-silent/m)
    assert.match(alerts(6432, { database: 'reports' }), /^critical address-silent/m)
    assert.match(alerts(6432, { database: 'shop', via: 'host-1' }), /^critical address-silent/m)
  })

  test('with a disabled database refuses new clients', () => {
    const picture = behindOf(aPooler({ databases: [aPool({ disabled: true }), aPool({ name: 'b' })] }))
    assert.deepEqual(viewsOf(picture), ['disabled db-1+'])
    assert.match(alertsOf(picture).join(), /^critical pooler-disabled: .* database shop is disabled.*ENABLE "shop"/)
  })

  test('whose console does not answer is a warning, and nothing else is told of it', () => {
    const databases = [aPool({ paused: true })]
    const picture = behindOf(aPooler({ databases, fault: aFault('refused') }))
    assert.match(alertsOf(picture).join(), /^warning pooler-silent: pool-1 tells nothing: refused/)
    assert.equal(picture.alerts.length, 1)
  })
})

test('before any of them has answered, each is there and unknown', () => {
  const { entryPoints: _, ...snapshot } = aShopBehind(aPooler(), anAddress())
  const picture = pictureOf(snapshot)
  assert.deepEqual(viewsOf(picture), ['unknown', 'unknown'])
  assert.deepEqual(alertsOf(picture), [])
})

describe('a proxy', () => {
  const primary = aProxied('n1', 5432)
  const standby = aProxied('n2', 5433, { state: 'down' })

  test('leads to its servers that are up; those for emergencies only while no other is', () => {
    assert.deepEqual(viewsOf(behindOf(aProxy([primary, standby]))), ['active db-1+'])
    const spare = aProxied('n2', 5433, { isBackup: true })
    assert.deepEqual(viewsOf(behindOf(aProxy([primary, spare]))), ['active db-1+'])
    assert.deepEqual(viewsOf(behindOf(aProxy([aProxied('n1', 5432, { state: 'down' }), spare]))), ['elsewhere db-ro-'])
  })

  test('knows servers without an address by their names', () => {
    const named = (name: string) => viewsOf(behindOf(aProxy([aProxied(name, 1, { address: null })])))
    assert.deepEqual(named('DB-1'), ['active db-1+'])
    assert.deepEqual(named('node-7'), ['active node-7?'])
  })

  test('knows servers without an address by the names that the manager has for the databases', () => {
    const databases = patroniDatabases({}).map((record) => {
      const id = `db-${record.spec.id}`
      return { ...record, spec: { ...record.spec, id }, displayName: id }
    })
    const unnamed = { address: null }
    const picture = pictureOf(
      behind(aCluster({ databases }), [
        aProxy([aProxied('N2', 0, unnamed)]),
        aProxy([aProxied('n2', 0, unnamed), aProxied('n3', 0, unnamed)], { id: 'proxy-read', expects: 'standby' }),
      ]),
    )
    assert.deepEqual(viewsOf(picture), ['active db-n2+', 'elsewhere db-n2- db-n3+'])
  })

  test('that sends writers to a standby too is critical', () => {
    const picture = behindOf(aProxy([primary, { ...standby, state: 'up' }]))
    assert.deepEqual(viewsOf(picture), ['elsewhere db-1+ db-ro-'])
    assert.deepEqual(alertsOf(picture), [
      'critical proxy-elsewhere: proxy-write: backend primary leads to db-ro, not to the primary',
    ])
  })

  test('without a server that is up names the states', () => {
    const down = aProxied('n1', 5432, { state: 'maintenance', status: 'MAINT' })
    const picture = behindOf(aProxy([down, standby]))
    assert.deepEqual(viewsOf(picture), ['no-server'])
    assert.deepEqual(alertsOf(picture), [
      'critical proxy-no-server: proxy-write: no server of backend primary is up (n1 MAINT and n2 DOWN)',
    ])
    assert.match(alertsOf(behindOf(aProxy([], { expects: 'standby' }))).join(), /^warning proxy-no-server.*it has none/)
  })

  test('tells of servers that come and go where they are to be up', () => {
    const readers = (state: 'up' | 'down') =>
      aShopBehind(aProxy([aProxied('n2', 5433), aProxied('n3', 5434, { state })], { expects: 'standby' }))
    const first = pictureOf(readers('up'))
    const second = pictureOf(readers('down'), first, NOW + 2_000)
    const texts = deriveEvents(first, second).filter(({ subject }) => subject.owner === 'proxy-write')
    assert.match(texts.map(({ text }) => text).join(), /^server n3 is DOWN/)
  })

  test('whose statistics can’t be read is a warning', () => {
    assert.match(alertsOf(behindOf(aProxy([primary], { fault: aFault('auth') }))).join(), /^warning proxy-silent/)
  })
})

test('of two DSNs of one server, the one that counts is named, and the other is no second primary', () => {
  const snapshot = aShopBehind(anAddress(), aProxy([aProxied('n1', 5432)]))
  const [primary, ...others] = snapshot.databases
  const again = primary && { ...primary, spec: { ...primary.spec, id: 'again', port: 5000 }, displayName: 'again' }
  const picture = pictureOf({
    ...snapshot,
    databases: [...(again ? [again] : []), ...(primary ? [primary] : []), ...others],
  })
  assert.deepEqual(viewsOf(picture), ['active db-1+', 'active db-1+'])
  const same = picture.databases.map(({ id, sameServerAs = null }) => [id, sameServerAs])
  assert.deepEqual(same.sort(), [
    ['again', 'db-1'],
    ['db-1', null],
    ['db-ro', null],
  ])
})

test('while this host is cut off, nothing is told of them that was not told before', () => {
  const snapshot = aShopBehind(anAddress({ fault: aFault('unreachable') }))
  const fault = aFault('unreachable')
  const lost = {
    ...snapshot,
    databases: snapshot.databases.map((each) => ({ ...each, pulse: failedReading(each.pulse, fault, NOW) })),
  }
  const { alerts } = pictureOf(lost, behindOf(anAddress()), NOW)
  assert.doesNotMatch(alerts.map(({ rule }) => rule).join(), /address/)
})
