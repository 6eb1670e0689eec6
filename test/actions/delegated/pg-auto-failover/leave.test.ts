// When a node may be taken out of its formation, and what the monitor shows of that.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { whyNotWithout } from '../../../../src/actions/delegated/pg-auto-failover/checks.ts'
import { removeFromMonitor } from '../../../../src/actions/delegated/pg-auto-failover/leave.ts'
import { lookAtMonitor } from '../../../../src/actions/delegated/pg-auto-failover/look.ts'
import { type MonitorNode, mayLead } from '../../../../src/actions/delegated/pg-auto-failover/monitor.ts'
import type { MonitorRequest } from '../../../../src/actions/delegated/pg-auto-failover/request.ts'

function nodeOf(id: number, reported: string, assigned = reported, more: Partial<MonitorNode> = {}): MonitorNode {
  const known = { system: '7', priority: 50, quorum: true, reportedAgo: 1, isHealthy: true, group: 0 }
  return { ...known, id, name: `node${id}`, reported, assigned, ...more }
}

const [PRIMARY, SECOND, THIRD] = [nodeOf(1, 'primary'), nodeOf(2, 'secondary'), nodeOf(3, 'secondary')]

function requestTo(call: 'leave' | 'rebuild', { id, name }: MonitorNode): MonitorRequest {
  const none = {
    old: null,
    host: null,
    stop: [],
    startedAt: null,
    start: [],
    prefix: [],
    program: '',
    dataDirectory: null,
  }
  return { ...none, create: [], call, formation: 'default', node: name, nodeId: id, system: '7', database: 'db' }
}

/** The monitor with these nodes; `asked` gets the parameters of what is to change something. */
function monitorWith(nodes: readonly MonitorNode[], asked: unknown[] = []): ActionToolbox {
  const managerSql = ({ text, values }: { readonly text: string; readonly values: readonly unknown[] }) => {
    if (text.includes('remove_node')) asked.push(values)
    return Promise.resolve(nodes.map((node) => ({ node, sync: 1 })))
  }
  return { managerSql, overrideReason: () => null } as unknown as ActionToolbox
}

describe('a node that is to leave', () => {
  test('stays while commits need it, and may go where it holds up none', () => {
    const group = (...nodes: readonly MonitorNode[]) => ({ nodes, syncStandbys: 1 })
    assert.equal(whyNotWithout(THIRD, group(PRIMARY, SECOND, THIRD)), null)
    const sick = { ...SECOND, isHealthy: false }
    assert.match(
      whyNotWithout(THIRD, group(PRIMARY, sick, THIRD))?.message ?? '',
      /^0 other healthy secondaries would be left/,
    )
    assert.equal(whyNotWithout(sick, group(PRIMARY, sick, THIRD)), null)
    const idle = { ...SECOND, quorum: false }
    assert.notEqual(whyNotWithout(THIRD, group(PRIMARY, idle, THIRD)), null)
  })

  test('is refused as the primary, also as one that becomes it', async () => {
    for (const node of [PRIMARY, nodeOf(2, 'secondary', 'prepare_promotion'), nodeOf(1, 'apply_settings', 'primary')]) {
      const asked: unknown[] = []
      await assert.rejects(
        removeFromMonitor(requestTo('leave', node), monitorWith([node, THIRD], asked)),
        /the monitor has node\d as the primary, or makes it that/,
      )
      assert.deepEqual(asked, [])
    }
  })

  test('may go as a primary that is dead and replaced, and not while it may still be one', async () => {
    const silent = { reportedAgo: 300, isHealthy: false }
    const dead = nodeOf(1, 'primary', 'demoted', silent)
    const leader = nodeOf(2, 'wait_primary')
    assert.equal(mayLead(dead, { nodes: [dead, leader], syncStandbys: 0 }), false)
    for (const [node, other] of [
      [nodeOf(1, 'primary', 'draining', silent), SECOND],
      [nodeOf(1, 'primary', 'demoted', silent), nodeOf(2, 'secondary', 'prepare_promotion')],
      [nodeOf(1, 'primary', 'demoted'), leader],
      [nodeOf(1, 'primary', 'primary', silent), SECOND],
    ] as const)
      assert.equal(mayLead(node, { nodes: [node, other], syncStandbys: 0 }), true, node.assigned)
  })

  test('ends the step where the monitor does not remove it', { timeout: 10_000 }, async () => {
    const dropped = nodeOf(1, 'primary', 'dropped', { reportedAgo: 300, isHealthy: false })
    const asked: unknown[] = []
    const tools = { ...monitorWith([dropped, SECOND], asked), wait: () => Promise.resolve() }
    for (const call of ['leave', 'rebuild'] as const)
      await assert.rejects(
        removeFromMonitor(requestTo(call, dropped), tools),
        /the monitor does not remove node1: it has node1 primary → dropped/,
      )
    assert.equal(asked.length, 2, 'of a keeper that is silent nothing is waited for')
  })

  test('has left when the monitor does not list it and the others are settled', async () => {
    const look = (...nodes: readonly MonitorNode[]) => lookAtMonitor(requestTo('leave', THIRD), monitorWith(nodes))
    assert.equal((await look(PRIMARY, SECOND, THIRD)).state, 'none')
    assert.equal((await look(PRIMARY, SECOND, nodeOf(3, 'secondary', 'dropped'))).state, 'unfinished')
    assert.equal((await look(nodeOf(1, 'apply_settings', 'primary'), SECOND)).state, 'open')
    assert.equal((await look(PRIMARY, SECOND)).state, 'done')
    assert.equal((await look(PRIMARY, SECOND, { ...THIRD, id: 9 })).state, 'done', 'another node of that name')
  })
})

test('a new copy is one under a new number, and is done when it is a secondary', async () => {
  const look = (...nodes: readonly MonitorNode[]) => lookAtMonitor(requestTo('rebuild', THIRD), monitorWith(nodes))
  assert.equal((await look(PRIMARY, SECOND, THIRD)).state, 'none')
  assert.equal((await look(PRIMARY, SECOND)).state, 'unfinished')
  assert.equal((await look(PRIMARY, SECOND, { ...THIRD, id: 9 })).state, 'done')
})
