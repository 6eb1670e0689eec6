// What the states of the nodes say of a promotion: not begun, at it, or at something else.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import type { ManagerLook } from '../../../../src/actions/delegated/definition/manager-acts.ts'
import { lookAtMonitor } from '../../../../src/actions/delegated/pg-auto-failover/look.ts'

type States = readonly [reported: string, assigned: string, reportedAgo?: number]

const NOTHING_ON_A_HOST = { start: [], prefix: [], program: '', dataDirectory: null, create: [] }

/** The promotion of node2, from node1 as the primary. */
function lookAt(...nodes: readonly States[]): Promise<ManagerLook> {
  const rows = nodes.map(([reported, assigned, reportedAgo = 1], index) => ({
    node: {
      id: index + 1,
      name: `node${index + 1}`,
      group: 0,
      reported,
      assigned,
      isHealthy: reportedAgo < 20,
      reportedAgo,
      system: '7',
    },
    sync: 1,
  }))
  const request = {
    call: 'promotion',
    formation: 'default',
    node: 'node2',
    nodeId: 2,
    system: '7',
    old: 'node1',
    database: 'db2',
    host: null,
    stop: [],
    startedAt: null,
    ...NOTHING_ON_A_HOST,
  }
  return lookAtMonitor(request, { managerSql: () => Promise.resolve(rows) } as unknown as ActionToolbox)
}

const isThisOf = (look: ManagerLook) => (look.state === 'open' ? (look.isThis ?? false) : null)

describe('a promotion by the monitor', () => {
  test('has not begun while a third node is dead', async () => {
    const dead: States = ['secondary', 'catchingup', 3600]
    assert.equal((await lookAt(['primary', 'primary'], ['secondary', 'secondary'], dead)).state, 'none')
  })

  test('may have begun while the old primary does not report', async () => {
    const look = await lookAt(['primary', 'draining', 3600], ['secondary', 'secondary'], ['secondary', 'secondary'])
    assert.equal(look.state, 'open')
    assert.equal(isThisOf(look), false)
  })

  test('is what it is at only where that node takes over', async () => {
    const other = await lookAt(['primary', 'apply_settings'], ['secondary', 'secondary'], ['catchingup', 'secondary'])
    assert.equal(isThisOf(other), false)
    const own = await lookAt(['primary', 'draining'], ['secondary', 'prepare_promotion'], ['secondary', 'secondary'])
    assert.equal(isThisOf(own), true)
  })
})
