import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { ClusterConfig, HostConfig } from '../../src/config/config.ts'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { hostSpec } from '../../src/config/host.ts'
import { until } from '../../src/demo/until.ts'
import { openSsh } from '../../src/io/ssh.ts'
import type { Picture } from '../../src/model/picture.ts'
import { createPoller } from '../../src/runtime/poller.ts'
import { startState } from '../../src/state/start.ts'
import { createStore, type Store } from '../../src/state/store.ts'
import { startSshd, type TestSshd, withoutSshd } from '../fakes/sshd.ts'
import { type TestCluster, withCluster } from './embedded.ts'

const LIMIT_MS = 20_000

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
  const spec = { ...cluster.spec, intervalMs: 300, databases: [through.spec], hosts: hosts.map(hostSpec) }
  return { ...cluster, spec, databases: [through], hosts }
}

interface Watch {
  readonly store: Store
  /** Resolves with the first published picture that satisfies the condition. */
  readonly seen: (what: string, condition: (picture: Picture) => boolean) => Promise<Picture>
}

async function watching(context: TestContext, config: ClusterConfig, sshd: TestSshd): Promise<Watch> {
  const store = createStore(startState({ clusters: [config.spec], now: Date.now() }))
  const ssh = (destination: string) => openSsh({ destination, configFile: sshd.configFile })
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
  return { store, seen }
}

describe('hosts, by the poller', { skip: withoutSshd }, () => {
  test('give figures over ssh and here, carry a database, and tell why it is gone', async (context) => {
    const sshd = await startSshd(context)
    await withCluster({}, async (cluster) => {
      const { seen } = await watching(context, configOf(cluster), sshd)

      const first = await seen('the database answers through ssh', ({ databases }) => databases[0]?.status === 'active')
      assert.deepEqual(
        first.hosts.map(({ id, tenants }) => [id, tenants]),
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
      assert.deepEqual(withRates.alerts, [])

      await cluster.primary.kill()
      const down = await seen('its host is asked after the death', ({ alerts }) =>
        alerts.some(({ rule, message }) => rule === 'database-inactive' && message.includes('its postmaster')),
      )
      const alert = down.alerts.find(({ rule }) => rule === 'database-inactive')
      assert.match(alert?.message ?? '', /h1 \(ssh\): 127\.0\.0\.1:\d+ can’t be reached from box/)
      assert.match(alert?.message ?? '', /its postmaster (does not run|died \(pid \d+ is gone\))/)
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
      const store = createStore(startState({ clusters: [config.spec], now: Date.now() }))
      const ssh = (destination: string) => openSsh({ destination, configFile: sshd.configFile })
      const poller = createPoller({ store, clusters: [config], withHost: true, ssh })
      await poller.once()
      assert.equal(store.latest().clusters[0]?.databases[0]?.pulse.state, 'fresh')
      assert.equal(store.latest().clusters[0]?.hosts[0]?.facts.state, 'fresh')
      await poller.stop()
      await until('no session of ssh is left', 5_000, () => sshd.sessions().length === 0)
    })
  })
})
