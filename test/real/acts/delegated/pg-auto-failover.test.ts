// Acts that a real pg_auto_failover carries out: each asked once, and proven by PostgreSQL and by its monitor.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Acting, actingOn } from '../../../fakes/acting.ts'
import { withoutPgAutoFailover } from '../../../fakes/manager-programs.ts'
import { type MonitoredGroup, startPgAutoFailover } from '../../../fakes/pg-auto-failover.ts'
import { until } from '../../../wait.ts'
import { assertDone, killedAndResumed } from './asking.ts'

function optionsOf({ nodes, monitor }: MonitoredGroup) {
  return {
    databases: nodes.map(({ name, dsn, host }) => ({ name, dsn, host: host.name })),
    hosts: nodes.map(({ host }) => host),
    cluster: { manager: { kind: 'pg_auto_failover', monitor, act: true } },
  }
}

async function acting(context: TestContext, group: MonitoredGroup): Promise<Acting> {
  const opened = await actingOn(optionsOf(group))
  context.after(() => opened.close())
  return opened
}

const nameIn = (state: string) => state.split(' ')[0] ?? ''

/** How often the monitor was told to take the role from a primary. */
async function handOvers({ query }: MonitoredGroup): Promise<number> {
  const [row] = await query<{ n: number }>(
    `select count(*)::int as n from pgautofailover.event where description like '%to draining after a user-initiated failover%'`,
  )
  return row?.n ?? 0
}

describe('a real pg_auto_failover carries out', { skip: withoutPgAutoFailover }, () => {
  test('a promotion, restarts, maintenance, and a failover', async (context) => {
    const group = await startPgAutoFailover(context)
    const pgdeck = await acting(context, group)
    const over = await pgdeck.act('switchover', 'node2')
    assertDone(over)
    assert.equal(
      over.plan.checks.find(({ id }) => id === 'manager')?.message,
      'pg_auto_failover (default) carries this out',
    )
    assert.deepEqual(await group.states(), [
      'node1 secondary/secondary',
      'node2 primary/primary',
      'node3 secondary/secondary',
    ])
    assertDone(await pgdeck.act('restart', 'node3'))
    const ofPrimary = await pgdeck.act('restart', 'node2')
    assert.equal(ofPrimary.state, 'blocked')
    assert.match(
      ofPrimary.plan.checks.find(({ id }) => id === 'manager')?.message ?? '',
      /switch over, then restart it/,
    )

    assertDone(await pgdeck.act('fence', 'node3'))
    assert.equal((await group.states())[2], 'node3 maintenance/maintenance')
    // The monitor itself would do it, and nobody could write.
    const second = await pgdeck.act('fence', 'node1')
    assert.equal(second.plan.checks.find(({ id }) => id === 'maintenance-guard')?.result, 'fail')
    assert.equal(second.state, 'blocked')
    assertDone(await pgdeck.act('unfence', 'node3'))

    await group.nodes[1]?.kill()
    await until('node2 is seen to be down', 20_000, async () => {
      const { picture } = await pgdeck.look()
      return picture.databases.some(({ id, problem }) => id === 'node2' && problem !== null)
    })
    assertDone(await pgdeck.act('promote', 'node1'))
    assert.equal((await group.states())[0], 'node1 primary/primary')
    await group.nodes[1]?.start()
    await until('node2 is back', 120_000, async () => (await group.states())[1] === 'node2 secondary/secondary')
  })

  test('a new copy, also with pgdeck killed in the middle, and the end of a membership', async (context) => {
    const group = await startPgAutoFailover(context)
    const pgdeck = await acting(context, group)
    const [primary = ''] = (await group.states()).filter((state) => state.endsWith(' primary/primary')).map(nameIn)
    const [first = '', second = ''] = group.nodes.map(({ name }) => name).filter((name) => name !== primary)
    await group.query(`select pgautofailover.set_node_candidate_priority('default', '${first}', 40)`)
    const number = async (name: string) =>
      (
        await group.query<{ n: number }>(`select nodeid::int as n from pgautofailover.node where nodename = '${name}'`)
      )[0]?.n
    const before = await number(first)

    const rebuilt = await pgdeck.act('rebuild-replica', first)
    assertDone(rebuilt)
    assert.notEqual(await number(first), before)
    const [rank] = await group.query<{ p: number }>(
      `select candidatepriority::int as p from pgautofailover.node where nodename = '${first}'`,
    )
    assert.equal(rank?.p, 40)
    assert.ok((await group.states()).includes(`${first} secondary/secondary`))

    // Killed right after the monitor has forgotten the node, and its data is gone.
    const after = { type: 'said', step: 'ask-manager' }
    const action = 'rebuild-replica'
    assertDone(await killedAndResumed({ options: optionsOf(group), action, target: second, after }))
    const once = await group.query<{ n: number }>(
      `select count(*)::int as n from pgautofailover.node where nodename = '${second}'`,
    )
    assert.equal(once[0]?.n, 1)

    assert.equal((await pgdeck.act('decommission', primary)).state, 'blocked')
    assertDone(await pgdeck.act('decommission', second))
    assert.deepEqual((await group.states()).map(nameIn).toSorted(), [first, primary].toSorted())
  })

  test('what a pgdeck asked that was killed meanwhile: the next one looks, and asks no second time', async (context) => {
    const group = await startPgAutoFailover(context)
    const options = optionsOf(group)
    // Before it has asked; and right after the answer of the monitor, when all servers are about to restart.
    for (const [index, type] of ['step-started', 'said'].entries()) {
      const target = ['node2', 'node1'][index] ?? ''
      const after = { type, step: 'ask-manager' }
      assertDone(await killedAndResumed({ options, action: 'switchover', target, after }))
      assert.equal(await handOvers(group), index + 1)
    }
  })
})
