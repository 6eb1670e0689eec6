// The poller over real servers: what it tells of killed, hung and frozen ones, and that it leaves nothing behind.

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { describe, test } from 'node:test'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import type { DatabaseView } from '../../src/model/picture/picture.ts'
import { createPoller } from '../../src/runtime/polling/poller.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore, type Store } from '../../src/state/store.ts'
import { patiently, until as untilTrue } from '../wait.ts'
import { type TestCluster, withCluster } from './embedded.ts'

const INTERVAL_MS = 300
/** Long enough that whoever is well answers within it on a slow machine too. */
const TIMEOUT_MS = 2_000
/** What "told within interval + timeout" may take on a machine that is busy with other tests. */
const GENEROUS_MS = patiently(10_000)

interface Watch {
  readonly store: Store
  readonly view: (index: number) => DatabaseView
  /** Resolves when a published picture satisfies the condition; names what it waited for when it never does. */
  readonly until: (what: string, condition: () => boolean) => Promise<void>
}

async function watching(dsns: readonly string[], body: (watch: Watch) => Promise<void>): Promise<void> {
  const { clusters } = configFromDsns(dsns, {})
  const [first] = clusters
  assert.ok(first)
  const config = { ...first, spec: { ...first.spec, intervalMs: INTERVAL_MS, timeoutMs: TIMEOUT_MS } }
  const store = createStore(initialState({ clusters: [config.spec], now: Date.now() }))
  const poller = createPoller({ store, clusters: [config] })
  const ids = config.databases.map((database) => database.spec.id)
  const view = (index: number) => {
    const found = store.published().clusters[0]?.picture?.databases.find((database) => database.id === ids[index])
    return found ?? assert.fail(`no picture of database ${index} yet`)
  }
  const until = (what: string, condition: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const late = () =>
        reject(new Error(`never came: ${what}; last seen ${JSON.stringify(ids.map((_, i) => view(i).status))}`))
      const timer = setTimeout(late, GENEROUS_MS)
      const leave = store.subscribe(check)
      function check() {
        if (!store.published().clusters[0]?.picture || !condition()) return
        clearTimeout(timer)
        leave()
        resolve()
      }
      check()
    })
  poller.start()
  try {
    await body({ store, view, until })
  } finally {
    await poller.stop()
  }
}

function dsnsOf({ nodes }: TestCluster): readonly string[] {
  return nodes.map((node) => node.dsn('pgdeck', 'postgres'))
}

/** A listener that takes connections and never answers: a black hole behind a port. */
async function blackHole(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  return { server, port: address.port }
}

describe('poller on real servers', () => {
  test('draws a streaming pair, tells a killed primary and its return, and keeps the last good value', async () => {
    await withCluster({ standbys: 1 }, async (cluster) => {
      await watching(dsnsOf(cluster), async ({ view, until }) => {
        await until('streaming', () => view(0).status === 'active' && view(1).status === 'streaming')
        assert.equal(view(1).upstreamId, view(0).id)
        const lsn = view(0).lsn

        await cluster.primary.kill()
        await until('the kill is told', () => view(0).status === 'inactive' && view(0).problem?.code === 'refused')
        assert.ok((view(0).lsn ?? 0n) >= (lsn ?? 1n), 'the last position is still known')
        assert.equal(view(0).stale, true)
        await until('the standby lost its link', () => view(1).status === 'disconnected' && view(1).problem === null)

        await cluster.primary.start()
        await until('all is well again', () => view(0).status === 'active' && view(1).status === 'streaming')
      })
    })
  })

  test('a server that hangs delays nobody, and one session per database serves every poll', async () => {
    const hole = await blackHole()
    try {
      await withCluster({}, async (cluster) => {
        const dsns = [...dsnsOf(cluster), `postgresql://pgdeck@127.0.0.1:${hole.port}/postgres?sslmode=disable`]
        await watching(dsns, async ({ store, view, until }) => {
          await until('the hang is told', () => view(1).problem?.code === 'timeout')
          const reads = new Set<number>()
          const leave = store.subscribe(() => reads.add(view(0).readAt ?? 0))
          await until('the other goes on being read', () => reads.size >= 5)
          leave()
          await until('the other is well', () => view(0).status === 'active')
          // One that a busy machine made us give up ends a moment later.
          await untilTrue('one session is there', 5_000, async () => {
            const [held] = await cluster.primary.query<{ count: string }>(
              `select count(*) from pg_stat_activity where application_name = 'pgdeck'`,
            )
            return held?.count === '1'
          })
        })
      })
    } finally {
      hole.server.close()
    }
  })

  test('a frozen standby is told as silent while the primary is read on, and is read again once thawed', async () => {
    await withCluster({ standbys: 1 }, async (cluster) => {
      const [standby] = cluster.standbys
      assert.ok(standby)
      await watching(dsnsOf(cluster), async ({ view, until }) => {
        await until('streaming', () => view(1).status === 'streaming')
        await standby.freeze()
        await until('told', () => view(1).problem?.code === 'timeout' && view(0).problem === null)
        await standby.thaw()
        await until('read again', () => view(1).problem === null && view(1).status === 'streaming')
      })
    })
  })

  test('after stop no session is left', async () => {
    await withCluster({}, async (cluster) => {
      await watching(dsnsOf(cluster), ({ view, until }) => until('active', () => view(0).status === 'active'))
      // The server notices the end of a session a moment after the client.
      await untilTrue('no session of pgdeck is left', 5_000, async () => {
        const [left] = await cluster.primary.query<{ count: string }>(
          `select count(*) from pg_stat_activity where application_name = 'pgdeck'`,
        )
        return left?.count === '0'
      })
    })
  })
})
