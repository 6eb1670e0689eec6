// Acts that a real repmgr carries out on the hosts of its nodes: each asked once, and proven by PostgreSQL and by repmgr.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Acting, actingOn } from '../../../fakes/acting.ts'
import { withoutRepmgr } from '../../../fakes/manager-programs.ts'
import { type RepmgrCluster, startRepmgr } from '../../../fakes/repmgr.ts'
import { withoutSshd } from '../../../fakes/sshd.ts'
import { until } from '../../../wait.ts'
import { assertDone, killedAndResumed } from './asking.ts'

function optionsOf({ nodes, dsn }: RepmgrCluster) {
  return {
    databases: nodes.map(({ name, dsn: own, host }) => ({ name, dsn: own, host: host.name })),
    hosts: nodes.map(({ host }) => host),
    cluster: { manager: { kind: 'repmgr', dsn, act: true } },
  }
}

async function acting(context: TestContext, cluster: RepmgrCluster): Promise<Acting> {
  const opened = await actingOn(optionsOf(cluster))
  context.after(() => opened.close())
  return opened
}

async function primaryAmong(pgdeck: Acting): Promise<string | undefined> {
  return (await pgdeck.look()).picture.databases.find(({ role }) => role === 'primary')?.id
}

async function eventsOf({ query, nodes }: RepmgrCluster, event: string, index: number): Promise<number> {
  const [row] = await query<{ n: number }>(
    `select count(*)::int as n from repmgr.events where event = '${event}' and successful`,
    nodes[index]?.port,
  )
  return row?.n ?? 0
}

describe('a real repmgr carries out', { skip: withoutRepmgr || withoutSshd }, () => {
  test('a switchover, restarts, a pause, another upstream, a failover, a return and a new copy', async (context) => {
    const cluster = await startRepmgr(context)
    const pgdeck = await acting(context, cluster)
    const [first, second] = cluster.nodes
    const over = await pgdeck.act('switchover', 'node2')
    assertDone(over)
    const found = (id: string) => over.plan.checks.find((check) => check.id === id)
    assert.match(found('dry-run')?.message ?? '', /prerequisites for executing STANDBY SWITCHOVER are met$/)
    assert.equal(found('manager')?.message, 'repmgr carries this out')
    assert.equal(await primaryAmong(pgdeck), 'node2')

    assertDone(await pgdeck.act('restart', 'node1'))
    assertDone(await pgdeck.act('restart', 'node2'))
    assert.equal(await primaryAmong(pgdeck), 'node2')
    assertDone(await pgdeck.act('follow', 'node1', { upstream: 'node3' }))
    assertDone(await pgdeck.act('follow', 'node1', { upstream: 'node2' }))

    // Paused by us: it stays paused after the failover, and repmgr does not choose before.
    assertDone(await pgdeck.act('pause-manager', null))
    await second?.kill()
    await until('node2 is seen to be down', 20_000, async () => {
      const { picture } = await pgdeck.look()
      return picture.databases.some(({ id, problem }) => id === 'node2' && problem !== null)
    })
    assertDone(await pgdeck.act('promote', 'node1'))
    assert.equal(await primaryAmong(pgdeck), 'node1')
    assertDone(await pgdeck.act('failback', 'node2'))
    assertDone(await pgdeck.act('resume-manager', null))
    assertDone(await pgdeck.act('rebuild-replica', 'node2'))
    const pausedOn = (port: number | undefined) =>
      cluster.query<{ paused: boolean }>('select repmgr.repmgrd_is_paused() as paused', port)
    assert.deepEqual(await pausedOn(first?.port), [{ paused: false }])
    assertDone(await pgdeck.act('fence', 'node3'))
    assertDone(await pgdeck.act('unfence', 'node3'))
    // Of a standby they mind no stop, and watch over the primary meanwhile.
    assertDone(await pgdeck.act('stop', 'node3'))
    assert.deepEqual(await pausedOn(first?.port), [{ paused: false }])
    assertDone(await pgdeck.act('start', 'node3'))
    assert.deepEqual(await pausedOn(first?.port), [{ paused: false }])
    assertDone(await pgdeck.act('decommission', 'node3'))
    assert.deepEqual(await cluster.query('select node_name from repmgr.nodes where node_id = 3', first?.port), [])
  })

  test('what a pgdeck asked that was killed meanwhile: the next one looks, and asks no second time', async (context) => {
    const cluster = await startRepmgr(context)
    const options = optionsOf(cluster)
    // Before it asks, while repmgr is at it, and after that.
    for (const [index, moment] of [{ lines: 2 }, { lines: 2, afterMs: 1_500 }, { lines: 3 }].entries()) {
      const target = ['node2', 'node1', 'node2'][index] ?? ''
      const run = await killedAndResumed({ options, action: 'switchover', target, ...moment })
      assertDone(run)
      assert.equal(await eventsOf(cluster, 'standby_switchover', 2), index + 1)
    }
  })
})
