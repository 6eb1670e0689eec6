// A dsn behind which the server changes: an address that moves, a balancer; and what looks like that and is none.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { Store } from '../../../src/state/store.ts'
import { actingOn } from '../../fakes/acting.ts'
import { openProxy, UNDISTURBED } from '../../fakes/proxy.ts'
import { until } from '../../wait.ts'
import { sharedCluster } from '../embedded.ts'

/** A dsn to other ports than the node's own: of a proxy in front of it, of several hosts. */
function dsnOf(node: PostgresNode, ...ports: readonly number[]): string {
  const places = ports.map((port) => `127.0.0.1:${port}`).join(',')
  return `${node.dsn('postgres').replace(`127.0.0.1:${node.port}`, places)}?sslmode=disable`
}

function alerts(store: Store): readonly string[] {
  const picture = store.latest().clusters[0]?.picture
  return (picture?.alerts ?? []).filter(({ rule }) => rule === 'two-servers').map(({ message }) => message)
}

/** Reads through a proxy in front of what `far` names, as `service`. */
async function behind(node: PostgresNode, far: () => number, body: (watched: Watched) => Promise<void>): Promise<void> {
  const proxy = await openProxy(far)
  const acting = await actingOn({ databases: [{ name: 'service', dsn: dsnOf(node, proxy.port) }] })
  try {
    const read = async () => {
      await acting.executor.propose({ action: 'reload', target: 'service', input: {} }).catch(() => {})
      return alerts(acting.store)
    }
    const reconnected = async () => {
      await proxy.become({ kind: 'reset' })
      await proxy.become(UNDISTURBED)
      return read()
    }
    await body({ acting, read, reconnected })
  } finally {
    await acting.close()
    await proxy.close()
  }
}

interface Watched {
  readonly acting: Awaited<ReturnType<typeof actingOn>>
  /** Everything is read anew; answers with the alerts of this rule. */
  readonly read: () => Promise<readonly string[]>
  /** The same after every connection was lost. */
  readonly reconnected: () => Promise<readonly string[]>
}

async function startOf(node: PostgresNode): Promise<string> {
  const [row] = await node.query<{ at: string }>(
    `select to_char(pg_postmaster_start_time() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as at`,
  )
  return row?.at ?? '?'
}

const cluster = sharedCluster({ standbys: 2 })

/** The last test stops the primary. */
async function shared(body: (nodes: Readonly<Record<'primary' | 'one' | 'two', PostgresNode>>) => Promise<void>) {
  const {
    primary,
    standbys: [one, two],
  } = cluster()
  assert.ok(one && two)
  await body({ primary, one, two })
}

test('an address that moved to another server is told with both, and refuses changes of roles', () =>
  shared(async ({ one, two }) => {
    let far = one.port
    await behind(
      one,
      () => far,
      async ({ acting, reconnected }) => {
        assert.deepEqual(await reconnected(), [])
        far = two.port
        const [message = ''] = await reconnected()
        for (const node of [one, two]) {
          assert.ok(message.includes(`port ${node.port}`), message)
          assert.ok(message.includes(await startOf(node)), message)
        }
        const plan = await acting.executor.propose({ action: 'promote', target: 'service', input: {} })
        assert.equal(plan.state, 'blocked')
        const check = plan.plan.checks.find(({ id }) => id === 'two-servers')
        assert.deepEqual([check?.result, check?.mayOverride], ['fail', true])
      },
    )
  }))

test('a balancer is found by the sessions of a plan, and told', () =>
  shared(async ({ one, two }) => {
    let turn = 0
    await behind(
      one,
      () => (turn++ % 2 === 0 ? one.port : two.port),
      async ({ acting, read }) => {
        const plan = await acting.executor.propose({ action: 'promote', target: 'service', input: {} })
        const check = plan.plan.checks.find(({ id }) => id === 'two-servers')
        assert.deepEqual([plan.state, check?.result, check?.mayOverride], ['blocked', 'fail', false])
        assert.match((await read()).join(), /service reaches more than one server/)
      },
    )
  }))

test('a restart is no second server', () =>
  shared(async ({ one }) => {
    await behind(
      one,
      () => one.port,
      async ({ read, reconnected }) => {
        assert.deepEqual(await read(), [])
        await one.restart()
        assert.deepEqual(await reconnected(), [])
      },
    )
  }))

test('of several hosts in one dsn the one that answers is no second server', () =>
  shared(async ({ primary, one }) => {
    const acting = await actingOn({ databases: [{ name: 'any', dsn: dsnOf(one, primary.port, one.port) }] })
    const { store } = acting
    try {
      const at = () => store.latest().clusters[0]?.picture?.databases[0]?.port
      assert.equal(at(), primary.port)
      await primary.stop('immediate')
      await until('the other host answers', 2_000, async () => {
        await acting.executor.propose({ action: 'reload', target: 'any', input: {} }).catch(() => {})
        return at() === one.port
      })
      assert.deepEqual(alerts(store), [])
    } finally {
      await acting.close()
    }
  }))
