// What an unfence asks of repmgr: the return of the node, then that its daemons go on.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delegation } from '../../../src/actions/delegated/delegated-draft.ts'
import { delegatedUnfence } from '../../../src/actions/delegated/fence-drafts.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ManagerKind } from '../../../src/model/measured/managers/manager-signs.ts'
import { noImpact } from '../../../src/model/runs/plan.ts'
import { aCluster, aPrimary, aStandby, NOW } from '../../builders/snapshot.ts'

async function unfence(kind: ManagerKind, refused: string | null) {
  const picture = derivePicture(
    aCluster({ databases: [aPrimary({}, { id: 'db1' }), aStandby({}, { id: 'db2' })] }),
    null,
    NOW,
  )
  const asked: string[] = []
  const plan = async ({ act }: { act: string }) => {
    asked.push(act)
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
  const draft = await delegatedUnfence({
    acts: { kind, plan },
    clusterView: { picture, snapshot: { databases: [] } },
    tools: { config: { databases: [], hosts: [] }, host: () => null },
    request: { action: 'unfence', target: 'db2', input: {} },
    direct: async () => ({ checks: [], impact: noImpact(''), steps: [], input: {} }),
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
