// What is remembered of a server says nothing of another one in its place, and is one server's under all of its names.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { configFromDsns } from '../../../src/config/from-dsns.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { faultOf, lastGood } from '../../../src/model/values/reading.ts'
import { createPoller } from '../../../src/runtime/polling/poller.ts'
import { createPersistedStateStore } from '../../../src/runtime/stores/persisted-state-store.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import type { State } from '../../../src/state/state.ts'
import { createStore } from '../../../src/state/store.ts'
import { openProxy, UNDISTURBED } from '../../fakes/proxy.ts'
import { withCluster } from '../embedded.ts'

/** Through that port instead of the server's own. */
function dsnThrough(node: PostgresNode, port: number): string {
  return `${node.dsn('postgres').replace(`127.0.0.1:${node.port}`, `127.0.0.1:${port}`)}?sslmode=disable`
}

/** A program that watches these, with what an earlier one kept in that folder. */
function watching(dsns: readonly string[], folder: string) {
  const [config] = configFromDsns([...dsns], {}).clusters
  assert.ok(config)
  const store = createStore(initialState({ clusters: [config.spec], now: Date.now() }))
  const poller = createPoller({ store, clusters: [config] })
  const kept = createPersistedStateStore({ store, folder })
  kept.load()
  return {
    ids: config.spec.databases.map(({ id }) => id),
    async read(): Promise<State['clusters'][number]> {
      await poller.once()
      store.flush()
      const [cluster] = store.latest().clusters
      assert.ok(cluster)
      return cluster
    },
    async close() {
      await poller.stop()
      await kept.close()
    },
  }
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const top = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  try {
    await body(join(top, 'state'))
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
}

test('a server of another system under the same name has nothing of the one before', () =>
  inFolder((folder) =>
    withCluster({}, ({ primary: first }) =>
      withCluster({}, async ({ primary: second }) => {
        let far = first.port
        const proxy = await openProxy(() => far)
        const program = watching([dsnThrough(first, proxy.port)], folder)
        try {
          await program.read()
          const before = (await program.read()).databases[0]
          assert.equal(before?.history.length, 2)
          far = second.port
          // Both clusters of the tests have one password for all roles, each its own: that of the first is wrong there.
          await second.query(`alter role postgres password '${first.password}'`)
          await proxy.become({ kind: 'reset' })
          await proxy.become(UNDISTURBED)
          const cluster = await program.read()
          const [record] = cluster.databases
          assert.ok(record)
          assert.equal(record.pulse.state, 'fresh', faultOf(record.pulse)?.message)
          assert.equal(record.history.length, 1)
          assert.equal(record.lastSeenAsPrimary?.identity?.port, second.port)
          assert.equal(record.lastSeenAsPrimary?.systemIdentifier, lastGood(record.pulse)?.systemIdentifier)
          assert.deepEqual(
            cluster.events.map(({ rule, text }) => rule ?? text),
            ['two-servers'],
          )
        } finally {
          await program.close()
          await proxy.close()
        }
      }),
    ),
  ))

test('one server under two names is one when both are down, also for the next program', () =>
  inFolder((folder) =>
    withCluster({ standbys: 1 }, async ({ primary, standbys: [standby] }) => {
      assert.ok(standby)
      const proxy = await openProxy(() => primary.port)
      const dsns = [dsnThrough(primary, proxy.port), `${primary.dsn('postgres')}`, standby.dsn('postgres')]
      const first = watching(dsns, folder)
      try {
        await first.read()
      } finally {
        await first.close()
      }
      await primary.stop()
      await proxy.close()
      const second = watching(dsns, folder)
      try {
        const { picture } = await second.read()
        const [, own, copy] = second.ids
        assert.deepEqual([picture?.failover.ifFails, picture?.failover.candidate], [own, copy])
        assert.deepEqual(
          picture?.links.map(({ upstreamId, downstreamId }) => [upstreamId, downstreamId]),
          [[own, copy]],
        )
      } finally {
        await second.close()
      }
    }),
  ))
