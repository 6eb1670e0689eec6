// Hosts over a real sshd and here, by the poller: figures, a database that is reached through one, what the screen shows.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { ClusterConfig, HostConfig } from '../../src/config/config.ts'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { hostSpec } from '../../src/config/host.ts'
import { openSshConnection } from '../../src/io/ssh/ssh.ts'
import type { Picture } from '../../src/model/picture/picture.ts'
import { createPoller, type Poller } from '../../src/runtime/polling/poller.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore, type Store } from '../../src/state/store.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { startSshd, type TestSshd, withoutSshd } from '../fakes/sshd.ts'
import { patiently, until } from '../wait.ts'
import { type TestCluster, withCluster } from './embedded.ts'

const LIMIT_MS = 20_000
/** A slow machine is to make nobody silent. */
const PACE = { intervalMs: 300, timeoutMs: patiently(1_500) } as const

function aHost(id: string, access: HostConfig['access'], over: Partial<HostConfig> = {}): HostConfig {
  const nothing = { address: null, dataDirectory: null, binDirectory: null, start: null, stop: null }
  return { id, access, ...nothing, platform: 'linux', installDirectory: null, logs: [], ...over }
}

/** The primary on `h1`, reached through its ssh; `here` is this host; `closed` leads nowhere. */
function configOf({ primary }: TestCluster): ClusterConfig {
  const [cluster] = configFromDsns([primary.dsn('pgdeck', 'postgres')], {}).clusters
  const [database] = cluster?.databases ?? []
  assert.ok(cluster && database)
  const through = { ...database, spec: { ...database.spec, id: 'db-1', hostId: 'h1' }, via: 'h1' }
  const folders = { dataDirectory: primary.dataDirectory, binDirectory: primary.binaries.bin }
  const hosts = [
    aHost('h1', { kind: 'ssh', destination: 'box' }, folders),
    aHost('here', { kind: 'local' }, folders),
    aHost('closed', { kind: 'none' }),
  ]
  const spec = { ...cluster.spec, ...PACE, databases: [through.spec], hosts: hosts.map(hostSpec) }
  return { ...cluster, spec, databases: [through], hosts }
}

interface Watch {
  readonly store: Store
  readonly poller: Poller
  /** Resolves with the first published picture that satisfies the condition. */
  readonly seen: (what: string, condition: (picture: Picture) => boolean) => Promise<Picture>
}

/** What the screen shows of the hosts, row by row. */
function rowsShown(store: Store): readonly string[] {
  store.dispatch({ type: 'view-opened', view: 'hosts' })
  const lines = frame(store.published(), { columns: 200, rows: 40, glyphs: UNICODE_GLYPHS }, [])
  return lines.map((line) => line.map(({ text }) => text).join(''))
}

async function watching(context: TestContext, config: ClusterConfig, sshd: TestSshd | null): Promise<Watch> {
  const store = createStore(initialState({ clusters: [config.spec], now: Date.now() }))
  const ssh = (destination: string) => openSshConnection({ destination, configFile: sshd?.configFile })
  const poller = createPoller({ store, clusters: [config], withHost: true, ssh })
  context.after(() => poller.stop())
  poller.start()
  const now = () => store.published().clusters[0]?.picture ?? null
  const seen = async (what: string, condition: (picture: Picture) => boolean) => {
    await until(what, LIMIT_MS, () => {
      const picture = now()
      return picture !== null && condition(picture)
    })
    return now() ?? assert.fail('no picture')
  }
  return { store, poller, seen }
}

describe('hosts, by the poller', { skip: withoutSshd }, () => {
  test('give figures over ssh and here, carry a database, and tell why it is gone', async (context) => {
    const sshd = await startSshd(context)
    await withCluster({}, async (cluster) => {
      const { seen, store } = await watching(context, configOf(cluster), sshd)

      const first = await seen('the database answers through ssh', ({ databases }) => databases[0]?.status === 'active')
      assert.deepEqual(
        first.hosts.map(({ id, nodeIds }) => [id, nodeIds]),
        [
          ['h1', ['db-1']],
          ['here', []],
          ['closed', []],
        ],
      )
      const withRates = await seen('two samples of each host', ({ hosts }) =>
        hosts.every(({ facts, id }) => id === 'closed' || facts?.rates != null),
      )
      const [h1, here, closed] = withRates.hosts
      for (const host of [h1, here]) {
        const { facts } = host ?? {}
        assert.ok((facts?.memory?.totalBytes ?? 0) > 0)
        assert.equal(facts?.postmaster.state === 'known' && facts.postmaster.value.state, 'running')
        // The embedded servers come without pg_controldata: then that is what is told.
        const { control } = facts ?? assert.fail('no facts')
        assert.match(control.state === 'known' ? control.value.state : control.why, /in production|pg_controldata/)
        const [data] = host?.spaces ?? []
        assert.ok(data?.freePercent != null && data.freePercent > 0)
      }
      assert.equal(closed?.facts, null)
      assert.deepEqual(
        withRates.alerts.filter(({ rule }) => rule !== 'disk'),
        [],
      )

      const rows = rowsShown(store)
      const figures = String.raw`\d+\.\d\d +\d+ % .*[kMGT]B · \d+ % .*● running`
      for (const start of ['h1 +ssh box +', 'here +local +']) {
        assert.ok(
          rows.some((row) => new RegExp(` ${start}${figures}`).test(row)),
          rows.join('\n'),
        )
      }
      assert.ok(
        rows.some((row) => /closed +no access +no access · add "ssh"/.test(row)),
        rows.join('\n'),
      )
      assert.ok(
        rows.some((row) => /this host sees .*1 of 1 target answering/.test(row)),
        rows.join('\n'),
      )

      await cluster.primary.kill()
      const down = await seen('its host is asked after the death', ({ alerts }) =>
        alerts.some(({ rule, message }) => rule === 'database-inactive' && message.includes('its postmaster')),
      )
      const alert = down.alerts.find(({ rule }) => rule === 'database-inactive')
      assert.match(alert?.message ?? '', /h1 \(ssh\): box can’t reach 127\.0\.0\.1:\d+/)
      assert.match(alert?.message ?? '', /its postmaster (is not running|died \(pid \d+ is gone\))/)
      assert.equal(down.databases[0]?.problem?.code, 'refused')

      await cluster.primary.start()
      await seen('it is back', ({ databases }) => databases[0]?.status === 'active')

      await sshd.stop()
      const cut = await seen('the way is told', ({ databases, hosts }) => {
        return databases[0]?.problem?.code === 'unreachable' && hosts[0]?.problem != null
      })
      assert.match(cut.databases[0]?.problem?.message ?? '', /^h1 \(ssh\): /)
      assert.ok(cut.hosts[0]?.facts, 'the last good figures stay')
      assert.equal(cut.hosts[0]?.stale, true)
    })
  })

  test('leave no connection when polling stops', async (context) => {
    const sshd = await startSshd(context)
    await withCluster({}, async (cluster) => {
      const config = configOf(cluster)
      const store = createStore(initialState({ clusters: [config.spec], now: Date.now() }))
      const ssh = (destination: string) => openSshConnection({ destination, configFile: sshd.configFile })
      const poller = createPoller({ store, clusters: [config], withHost: true, ssh })
      await poller.once()
      assert.equal(store.latest().clusters[0]?.databases[0]?.pulse.state, 'fresh')
      assert.equal(store.latest().clusters[0]?.hosts[0]?.facts.state, 'fresh')
      await poller.stop()
      await until('no session of ssh is left', 5_000, () => sshd.sessions().length === 0)
    })
  })
})

describe('hosts that only their databases lead to', { skip: process.platform !== 'linux' && 'no /proc here' }, () => {
  test('are read through SQL while they are looked at, and only those', async (context) => {
    await withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys, nodes } = cluster
      await primary.query('GRANT pg_read_server_files TO pgdeck')
      await primary.query('GRANT EXECUTE ON FUNCTION pg_read_file(text) TO pgdeck')
      await cluster.caughtUp()
      const dsns = nodes.map((node) => node.dsn('pgdeck', 'postgres'))
      const [config] = configFromDsns(dsns, {}).clusters
      assert.ok(config)
      const [first, second] = config.databases
      assert.ok(first && second && standbys.length === 1)
      const here = aHost('here', { kind: 'local' })
      const databases = [first, { ...second, spec: { ...second.spec, hostId: 'here' } }]
      const specs = databases.map(({ spec }) => spec)
      const spec = { ...config.spec, ...PACE, databases: specs, hosts: [hostSpec(here)] }
      const { store, poller, seen } = await watching(context, { ...config, spec, databases, hosts: [here] }, null)
      await seen('both answer', (picture) =>
        picture.databases.every(({ problem, readAt }) => !problem && readAt !== null),
      )
      assert.deepEqual(
        store.latest().clusters[0]?.databases.map(({ onDemand }) => Object.keys(onDemand)),
        [[], []],
      )

      poller.setActiveQueries(config.spec.name, ['hostFiles'])
      await until('its files are read', LIMIT_MS, () => {
        return store.latest().clusters[0]?.databases[0]?.onDemand.hostFiles?.state === 'fresh'
      })
      store.flush()
      const rows = rowsShown(store)
      const figures = String.raw`\d+\.\d\d +\? +\S+ [kMGT]B · \d+ %`
      assert.ok(
        rows.some((row) => new RegExp(` 127\\.0\\.0\\.1 +through SQL +${figures}`).test(row)),
        rows.join('\n'),
      )
      assert.deepEqual(Object.keys(store.latest().clusters[0]?.databases[1]?.onDemand ?? {}), [])
    })
  })
})
