// Which checks the plan of a restart has under a manager.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delegatedRestart } from '../../../src/actions/delegated/database-drafts.ts'
import type { Delegation } from '../../../src/actions/delegated/delegated-draft.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ManagerKind } from '../../../src/model/measured/managers/manager-signs.ts'
import { aCluster, aPrimary, NOW } from '../../builders/snapshot.ts'

async function checksUnder(kind: ManagerKind): Promise<readonly string[]> {
  const picture = derivePicture(aCluster({ databases: [aPrimary({}, { id: 'db1' })] }), null, NOW)
  const planned = { request: {}, how: 'ssh', where: 'box', title: '', detail: '', effects: [], restarts: ['db1'] }
  const draft = await delegatedRestart({
    acts: { kind, plan: async () => ({ ...planned, checks: [{ id: 'repmgrd' }], deadlineSeconds: 60 }) },
    clusterView: { picture },
    tools: { sql: async () => [{ at: '2026-01-01 00:00:00Z' }] },
    request: { action: 'restart', target: 'db1', input: {} },
    direct: async () => ({ checks: [{ id: 'manager' }, { id: 'start-role' }, { id: 'data-directory' }] }),
  } as unknown as Delegation)
  assert.ok('checks' in draft)
  return draft.checks.map(({ id }) => id)
}

test('a restart under repmgr, which pgdeck does on the host, has all checks of one without a manager', async () => {
  assert.deepEqual(await checksUnder('repmgr'), ['manager', 'start-role', 'data-directory', 'repmgrd'])
  assert.equal((await checksUnder('patroni')).includes('start-role'), false)
})
