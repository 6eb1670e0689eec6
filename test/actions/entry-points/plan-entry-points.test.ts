// Which pools an act pauses and leads: only those that lead to the primary, whatever else the pooler has.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../src/actions/definition/action.ts'
import type { SessionPlace } from '../../../src/actions/definition/entry-point-tools.ts'
import { planEntryPoints } from '../../../src/actions/entry-points/plan-entry-points.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ClusterSnapshot } from '../../../src/model/measured/snapshot.ts'
import type { DatabaseView } from '../../../src/model/picture/picture.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { aPool, aPooler, aShopBehind } from '../../builders/entry-points.ts'
import { NOW } from '../../builders/snapshot.ts'

const row = (name: string, host: string | null, port: number, more = {}) => {
  return { name, host, port, database: name, pool_mode: null, paused: 0, disabled: 0, ...more }
}

const SETTINGS = Object.entries({ pool_mode: 'transaction', admin_users: 'postgres' }).map(([key, value]) => {
  return { key, value }
})

interface Scene {
  readonly rows: readonly object[]
  /** By `host:port`: the database whose server answers a session there, or `other`. */
  readonly behind?: Readonly<Record<string, string>>
  readonly database?: string | null
  readonly id?: string
  /** Of the pooler; absent: that of pgdeck. */
  readonly host?: string
  readonly repoint?: boolean
  readonly isLost?: boolean
  /** The console does not answer. */
  readonly isSilent?: boolean
  /** All of it is paused, by a PAUSE without a name. */
  readonly isWhole?: boolean
  /** What was seen before. */
  readonly seen?: Parameters<typeof aPooler>[0]
  readonly to?: string
  /** The host of the primary in its dsn. */
  readonly dsnHost?: string
  /** The host of the new primary in its dsn; absent: the loopback. */
  readonly targetHost?: string
  /** What the primary reports as its own address; null: it was never read. */
  readonly serverAddress?: string | null
  /** Of the configuration: `host:port`. */
  readonly addresses?: readonly string[]
  /** The host through whose ssh the pooler is reached. */
  readonly via?: string
  /** The host of the primary. */
  readonly primaryOn?: string
}

async function planned(...scenes: readonly Scene[]) {
  const [first] = scenes
  assert.ok(first)
  const { isLost = false, seen = {}, to = 'db-ro', addresses = [], primaryOn = null } = first
  const snapshot = spelled(aShopBehind(aPooler(seen)), first)
  const asRead = derivePicture(snapshot, null, NOW)
  const fault = { code: 'refused', message: 'no', hint: null } as const
  const lost = (view: DatabaseView) =>
    isLost && view.id === 'db-1' ? { ...view, problem: { ...fault, since: NOW } as DatabaseView['problem'] } : view
  const picture = { ...asRead, databases: asRead.databases.map((view) => reporting(lost(view), first)) }
  const view = () => ({ picture, snapshot })
  const behind: Readonly<Record<string, string>> = Object.assign({}, ...scenes.map((scene) => scene.behind ?? {}))
  const asked: string[] = []
  const poolers = scenes.map(({ id = 'pgb', database = null, repoint = false, host = '127.0.0.1', via = null }) => ({
    spec: { id, host, port: 6432, database, expects: 'primary' },
    connection: { user: 'postgres', endpoints: [{ host, port: 6432 }] },
    via,
    pauseMs: 30_000,
    repoint: repoint ? { host: 'app-1', command: ['repoint'] } : null,
  }))
  const hosts = ['app-1', 'host-1'].map((id) => ({ id, address: null, access: { kind: 'ssh', destination: id } }))
  const databases = picture.databases.map(({ id, host, port }) => ({
    spec: { id, host, port, hostId: id === 'db-1' ? primaryOn : null },
    connection: { endpoints: [{ host, port }] },
    via: null,
  }))
  const named = addresses.map((text) => {
    const [host = '', port] = text.split(':')
    const spec = { id: text, host, port: Number(port), expects: 'standby' }
    return { spec, connection: { endpoints: [{ host, port: Number(port) }] }, via: null }
  })
  const tools = {
    config: { databases, hosts, poolers, addresses: named },
    signal: new AbortController().signal,
    view,
    refresh: async () => view(),
    host: () => ({ accessKind: 'local' }),
    entryPoints: {
      async command(pooler: string, text: string) {
        if (first.isSilent) throw new FaultError({ ...fault, code: 'timeout' })
        if (text === 'SHOW CONFIG') return SETTINGS
        if (text === 'SHOW VERSION') return [{ version: 'PgBouncer 1.22.0' }]
        if (text === 'SHOW STATE') return [{ key: 'paused', value: first.isWhole ? 'yes' : 'no' }]
        return scenes.find(({ id = 'pgb' }) => id === pooler)?.rows ?? []
      },
      async sessionAt(place: SessionPlace) {
        const at = place.kind === 'pool' ? `${place.host}:${place.port}` : place.address
        asked.push(at)
        const found = behind[at]
        if (found === undefined) throw new FaultError({ ...fault, message: `${at} refused` })
        const database = picture.databases.find(({ id }) => id === found)
        const identity = database?.identity ?? { systemIdentifier: '9', postmasterStart: '9', port: 9 }
        return { server: { identity }, isStandby: found === 'db-ro' }
      },
    },
  } as unknown as ActionToolbox
  const [primary, target] = ['db-1', to].map((id) => picture.databases.find((each) => each.id === id))
  assert.ok(primary && target)
  const plan = await planEntryPoints({ primary, target, pauses: !isLost }, tools)
  const check = plan.checks.find(({ id }) => id === 'poolers')
  const ends = [...plan.release, ...plan.byHand]
  const steps = [...plan.hold, ...ends]
  const result = await check?.run({} as never, { steps } as never, tools)
  const ids = (steps: readonly { readonly id: string }[]) => steps.map(({ id }) => id).join(' ')
  return { hold: ids(plan.hold), release: ids(ends), said: result?.message ?? null, asked, plan, ends }
}

/** With the addresses of its primary as the scene has them. */
function spelled(snapshot: ClusterSnapshot, { dsnHost, targetHost }: Scene): ClusterSnapshot {
  const databases = snapshot.databases.map((record) => {
    const host = record.spec.id === 'db-1' ? dsnHost : targetHost
    return host === undefined ? record : { ...record, spec: { ...record.spec, host } }
  })
  return { ...snapshot, databases, spec: { ...snapshot.spec, databases: databases.map(({ spec }) => spec) } }
}

function reporting(view: DatabaseView, { serverAddress }: Scene): DatabaseView {
  if (view.id !== 'db-1' || serverAddress === undefined) return view
  return { ...view, pulse: serverAddress === null || view.pulse === null ? null : { ...view.pulse, serverAddress } }
}

describe('a pooler of many databases', () => {
  const rows = [
    row('orders', 'vip', 5000),
    row('crm', '10.9.9.9', 5432),
    row('reports', '127.0.0.1', 5433),
    row('stock', 'vip', 5000),
    row('away', '10.8.8.8', 5432),
  ]

  test('pauses and leads only the pools of the primary, each resumed behind its own lead, and asks each place once', async () => {
    const behind = { 'vip:5000': 'db-1', '10.9.9.9:5432': 'other', '127.0.0.1:5433': 'db-ro' }
    const { hold, release, said, asked } = await planned({ rows, behind })
    assert.equal(hold, 'pause-pgb-orders pause-pgb-stock')
    assert.equal(release, 'pgb-orders-lead resume-pgb-orders pgb-stock-lead resume-pgb-stock')
    assert.match(
      said ?? '',
      /do not lead to the primary: crm \(a primary that is none of this cluster .*reports \(db-ro, a standby\)/,
    )
    assert.match(said ?? '', /where away at pgb leads is not seen from here: .*10.8.8.8:5432 refused; it is not paused/)
    assert.equal(asked.filter((place) => place === 'vip:5000').length, 1)
  })

  test('that the configuration names is paused also where pgdeck can’t see where it leads, and not where it leads elsewhere', async () => {
    const unseen = await planned({ rows, database: 'away' })
    assert.deepEqual([unseen.hold, unseen.release], ['pause-pgb', 'resume-pgb'])
    const elsewhere = await planned({ rows, database: 'crm', behind: { '10.9.9.9:5432': 'other' } })
    assert.deepEqual([elsewhere.hold, elsewhere.release], ['', ''])
    assert.match(elsewhere.said ?? '', /do not lead to the primary: crm/)
  })

  test('leads those that name the primary itself by the command, and those for which a person is needed at the end', async () => {
    const itself = [row('a', '127.0.0.1', 5432), row('b', 'vip', 5000), row('c', 'vip', 5000, { disabled: 1 })]
    const scene = { rows: itself, behind: { 'vip:5000': 'db-1' } }
    const byPerson = await planned(scene)
    assert.equal(byPerson.release, 'pgb-b-lead resume-pgb-b pgb-a-lead resume-pgb-a')
    assert.deepEqual(
      byPerson.plan.byHand.filter(({ how }) => how === 'manual').map(({ id }) => id),
      ['pgb-a-lead'],
    )
    const byCommand = await planned({ ...scene, repoint: true })
    assert.equal(byCommand.release, 'pgb-a-lead resume-pgb-a pgb-b-lead resume-pgb-b')
  })

  test('has an id for each step, whatever the names are', async () => {
    const behind = { 'vip:5000': 'db-1' }
    const odd = [row('odd name', 'vip', 5000), row('odd=name', 'vip', 5000), row('b', 'vip', 5000)]
    const { hold } = await planned({ id: 'a', rows: odd, behind }, { id: 'a-b', database: 'b', rows: odd, behind })
    assert.equal(hold, 'pause-a-odd_name pause-a-odd_name-2 pause-a-b pause-a-b-2')
  })

  test('leaves out a name that the console can’t be told, and says so', async () => {
    const quoted = [row('or"ders', 'vip', 5000), row('stock', 'vip', 5000)]
    const { hold, release, said } = await planned({ rows: quoted, behind: { 'vip:5000': 'db-1' } })
    assert.deepEqual([hold, release], ['pause-pgb-stock', 'pgb-stock-lead resume-pgb-stock'])
    assert.match(said ?? '', /or"ders at pgb can’t be paused/)
  })

  test('is asked for one that uses several hosts in turn nothing', async () => {
    const { hold, asked, said } = await planned({ rows: [row('all', 'db-1,db-2', 5432)] })
    assert.deepEqual([hold, asked], ['', []])
    assert.match(said ?? '', /it uses several hosts in turn \(db-1,db-2\)/)
  })

  test('leads after the loss of the primary the pools that were seen to lead there, and those whose address was faster', async () => {
    const seen = {
      id: 'pgb',
      databases: [aPool({ name: 'orders', host: 'vip', port: 5000, connectedTo: [{ host: '127.0.0.1', port: 5432 }] })],
    }
    const lost = await planned({ rows, seen, isLost: true, behind: { '10.9.9.9:5432': 'other' } })
    assert.deepEqual([lost.hold, lost.release], ['', 'pgb-orders-lead'])
    const fast = await planned({ rows, isLost: true, behind: { 'vip:5000': 'db-ro' } })
    assert.equal(fast.release, 'pgb-orders-lead pgb-stock-lead')
  })

  test('that somebody has paused as a whole is left alone', async () => {
    const { hold, said, plan } = await planned({ rows: [row('a', '127.0.0.1', 5432)], repoint: true, isWhole: true })
    assert.deepEqual([hold, plan.release.map(({ id }) => id)], ['', ['pgb-a-lead']])
    assert.match(said ?? '', /a at pgb is paused already/)
  })

  test('elsewhere has a loopback of its own', async () => {
    const { hold, asked } = await planned({ host: '10.0.0.21', rows: [row('a', '127.0.0.1', 5432)] })
    assert.deepEqual([hold, asked], ['', ['127.0.0.1:5432']])
  })

  test('has nothing to lead for a restart of the primary that it names itself', async () => {
    const { hold, release } = await planned({ rows: [row('a', '127.0.0.1', 5432)], to: 'db-1' })
    assert.deepEqual([hold, release], ['pause-pgb-a', 'resume-pgb-a'])
  })
})

describe('a pooler whose console does not answer', () => {
  test('is led by its command, or where it led before, without a pause', async () => {
    const silent = { rows: [], isSilent: true }
    const byConfiguration = await planned({ ...silent, database: 'orders', repoint: true })
    assert.deepEqual([byConfiguration.hold, byConfiguration.release], ['', 'pgb-lead'])
    assert.equal(byConfiguration.ends[0]?.how, 'local')
    const seen = { id: 'pgb', databases: [aPool({ name: 'a' }), aPool({ name: 'b', host: '10.9.9.9' })] }
    for (const isLost of [false, true]) {
      const before = await planned({ ...silent, seen, isLost })
      assert.deepEqual([before.hold, before.release], ['', 'pgb-a-lead'])
      assert.match(before.said ?? '', /a is led to the new primary by what is known of it, without a pause/)
    }
  })

  test('is not led where nothing is known of it, nor for a restart', async () => {
    const unknown = await planned({ rows: [], isSilent: true, database: 'orders' })
    assert.equal(unknown.release, '')
    assert.match(unknown.said ?? '', /they are neither paused nor led to the new primary/)
    const restart = await planned({ rows: [], isSilent: true, database: 'orders', repoint: true, to: 'db-1' })
    assert.equal(restart.release, '')
    assert.match(restart.said ?? '', /their clients see errors meanwhile/)
  })
})

describe('a pool that names the primary by another spelling than its dsn', () => {
  const at = (host: string | null, port = 5432) => ({ rows: [row('a', host, port)], repoint: true })
  const how = async (scene: Scene) => {
    const { plan, said, ends } = await planned(scene)
    return { by: ends.find(({ id }) => id.endsWith('-lead'))?.how ?? null, hold: plan.hold.length, said }
  }
  const behind = { '10.0.0.11:5432': 'db-1', 'db-1.example.net:5432': 'db-1', '127.0.0.1:5432': 'db-1' }
  const byName = { dsnHost: 'db-1.example.net', serverAddress: '10.0.0.11', behind }

  test('is led by the command', async () => {
    assert.equal((await how({ ...at('10.0.0.11'), ...byName })).by, 'local')
    assert.equal((await how({ ...at('db-1.example.net'), ...byName, dsnHost: '10.0.0.11' })).by, 'local')
    const lost = { serverAddress: null, isLost: true, database: 'a', behind: {} }
    assert.equal((await how({ ...at('10.0.0.11'), dsnHost: 'db-1.example.net', ...lost })).by, 'local')
    assert.equal((await how({ ...at('10.0.0.11'), dsnHost: 'localhost', database: 'a', behind: {} })).by, 'local')
  })

  test('is led by a person without a command where that is sure, else it is warned of', async () => {
    const sure = await how({ ...at('10.0.0.11'), ...byName, repoint: false })
    assert.deepEqual([sure.by, sure.hold], ['manual', 1])
    const name = { ...at('db.example.net'), ...byName, behind: { 'db.example.net:5432': 'db-1' }, repoint: false }
    const unsure = await how(name)
    assert.equal(unsure.by, 'sql')
    assert.match(unsure.said ?? '', /does not know what moves .* a \(db.example.net:5432\)/)
    const known = await how({ ...name, addresses: ['db.example.net:5432'] })
    assert.deepEqual([known.by, known.said], ['sql', 'clients of a at pgb wait meanwhile'])
  })

  test('is led by what moves where the address is known, and by nobody for a restart', async () => {
    const vip = { ...at('vip', 5000), behind: { 'vip:5000': 'db-1' } }
    assert.equal((await how(vip)).by, 'local')
    assert.equal((await how({ ...vip, addresses: ['vip:5000'] })).by, 'sql')
    assert.equal((await how({ ...vip, to: 'db-1' })).by, 'sql')
    assert.equal((await how({ ...at('10.0.0.11'), ...byName, to: 'db-1' })).by, null)
  })

  test('is led by a person where the new primary has only an address of its own host, and never by that of another host', async () => {
    const there = { ...at('10.0.0.11'), ...byName, host: '10.0.0.21' }
    const lacking = await how(there)
    assert.equal(lacking.by, 'manual')
    assert.match(lacking.said ?? '', /the configuration has no address of the new primary that pgb can use/)
    const { ends } = await planned(there)
    assert.match(ends[0]?.detail ?? '', /a = host=ADDRESS port=5433/)
    assert.equal((await how({ ...there, via: 'host-1', host: '127.0.0.1' })).by, 'manual')
    assert.equal((await how({ ...there, targetHost: '10.0.0.12' })).by, 'local')
  })

  test('beside its primary is known by the host, also behind ssh', async () => {
    const beside = {
      ...at('127.0.0.1'),
      dsnHost: 'db-1.example.net',
      serverAddress: '10.0.0.11',
      via: 'host-1',
      targetHost: '10.0.0.12',
    }
    assert.equal((await how({ ...beside, primaryOn: 'host-1' })).by, 'local')
    assert.equal((await how({ ...beside, primaryOn: 'app-1' })).hold, 0)
    assert.equal((await how({ ...at(null), dsnHost: 'db-1', host: 'db-1', targetHost: 'db-2' })).by, 'local')
  })
})
