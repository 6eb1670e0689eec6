// The plan that removes a standby for good from a cluster with a manager: it is told first, and its checks replace some.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delegation } from '../../../src/actions/delegated/delegated-draft.ts'
import { delegatedDecommission } from '../../../src/actions/delegated/fence-drafts.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { noImpact } from '../../../src/model/runs/plan.ts'
import { aCluster, aPrimary, aStandby, NOW } from '../../builders/snapshot.ts'

function leave(plan: () => Promise<unknown>) {
  const databases = [aPrimary({}, { id: 'db1' }), aStandby({}, { id: 'db2' })]
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  const checks = ['manager', 'sync-standbys', 'last-standby'].map((id) => ({ id, mayOverride: true, run: () => null }))
  const steps = [{ id: 'stop' }, { id: 'drop-slot' }]
  return delegatedDecommission({
    acts: { kind: 'pg_auto_failover', plan },
    manager: { kind: 'pg_auto_failover' },
    clusterView: { picture, snapshot: { databases } },
    tools: {},
    request: { action: 'decommission', target: 'db2', input: {} },
    direct: async () => ({ checks, impact: noImpact('It is stopped.'), steps, input: {} }),
  } as unknown as Delegation)
}

test('the manager is told before anything is stopped, and its own checks stand in for those of the same matter', async () => {
  const own = { id: 'standbys-left', mayOverride: true, run: () => null }
  const words = { how: 'sql', where: 'the monitor', title: 'drop it', detail: 'x', effects: ['Its keeper ends.'] }
  const rest = { request: { call: 'leave' }, restarts: ['db2'], deadlineSeconds: 60 }
  const draft = await leave(async () => ({ ...words, ...rest, checks: [own], replaces: ['sync-standbys'] }))
  assert.ok('steps' in draft)
  assert.deepEqual(
    draft.steps.map(({ id }) => id),
    ['ask-manager', 'stop', 'drop-slot'],
  )
  assert.deepEqual(
    draft.checks.map(({ id }) => id),
    ['manager', 'last-standby', 'standbys-left'],
  )
  assert.equal(draft.impact.statement, 'It is stopped. Its keeper ends.')
})

test('where it can’t be told, that is said', async () => {
  assert.deepEqual(await leave(async () => ({ why: 'it is the primary' })), { why: 'it is the primary' })
})
