// What an unfence asks of repmgr: the return of the node, then that its daemons go on.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delegation } from '../../../src/actions/delegated/delegated-draft.ts'
import {
  delegatedDecommission,
  delegatedFence,
  delegatedStart,
  delegatedUnfence,
} from '../../../src/actions/delegated/fence-drafts.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ManagerKind } from '../../../src/model/measured/managers/manager-signs.ts'
import { noImpact } from '../../../src/model/runs/plan.ts'
import { aCluster, aPrimary, aStandby, NOW } from '../../builders/snapshot.ts'

async function unfence(
  kind: ManagerKind,
  refused: string | null,
  { drafts = delegatedUnfence, second = aStandby({}, { id: 'db2' }), action = 'unfence' } = {},
) {
  const picture = derivePicture(aCluster({ databases: [aPrimary({}, { id: 'db1' }), second] }), null, NOW)
  const asked: string[] = []
  const plan = async ({ act, endsBy = '' }: { readonly act: string; readonly endsBy?: string }) => {
    asked.push(`${act}${endsBy && `, ended by ${endsBy}`}`)
    if (act === refused) return { why: 'no repmgrd runs' }
    const restarts = act === 'rejoin' ? ['db2'] : []
    return {
      request: { call: act },
      how: 'ssh',
      where: 'box',
      title: act,
      detail: act,
      checks: [],
      effects: [],
      restarts,
      deadlineSeconds: 60,
    }
  }
  const draft = await drafts({
    acts: { kind, plan },
    clusterView: { picture, snapshot: { databases: [] } },
    tools: { config: { databases: [], hosts: [] }, host: () => null },
    request: { action, target: 'db2', input: {} },
    direct: async () => ({ checks: [], impact: noImpact(''), steps: [{ id: 'own' }], input: {} }),
  } as unknown as Delegation)
  assert.ok('steps' in draft)
  return { asked, steps: draft.steps.map(({ id }) => id) }
}

test('a node that repmgr brings back leaves no daemon paused', async () => {
  assert.deepEqual(await unfence('repmgr', null), {
    asked: ['rejoin', 'put-back'],
    steps: ['ask-manager', 'resume-manager'],
  })
  assert.deepEqual((await unfence('repmgr', 'put-back')).steps, ['ask-manager'], 'where none runs')
  assert.deepEqual((await unfence('pg_auto_failover', null)).asked, ['rejoin'], 'which ends both itself')
})

test('a stop tells the manager first, and names the start as what ends that', async () => {
  assert.deepEqual(await unfence('repmgr', null, { drafts: delegatedFence, action: 'stop' }), {
    asked: ['take-out, ended by start'],
    steps: ['ask-manager', 'own'],
  })
})

test('a start under repmgr is pgdeck’s own for a standby, and a return for what was a primary', async () => {
  const asStandby = { drafts: delegatedStart, action: 'start' }
  assert.deepEqual(await unfence('repmgr', null, asStandby), { asked: ['put-back'], steps: ['own', 'resume-manager'] })
  assert.deepEqual((await unfence('repmgr', 'put-back', asStandby)).steps, ['own'], 'where no daemon runs')
  const asPrimary = { ...asStandby, second: aPrimary({}, { id: 'db2' }) }
  assert.deepEqual((await unfence('repmgr', null, asPrimary)).steps, ['ask-manager', 'resume-manager'])
  assert.deepEqual((await unfence('pg_auto_failover', null, asStandby)).asked, ['rejoin'])
})

test('repmgr forgets a node before that is stopped for good', async () => {
  const drafts = { drafts: delegatedDecommission, action: 'decommission' }
  assert.deepEqual(await unfence('repmgr', null, drafts), { asked: ['leave'], steps: ['ask-manager', 'own'] })
})
