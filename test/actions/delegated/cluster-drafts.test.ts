// Which checks a rolling restart has under a manager, and what it says of databases that it leaves out.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delegatedRollingRestart } from '../../../src/actions/delegated/cluster-drafts.ts'
import type { Delegation } from '../../../src/actions/delegated/delegated-draft.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ManagerKind } from '../../../src/model/measured/managers/manager-signs.ts'
import { aCluster, aFault, aPrimary, aStale, aStandby, aStandbyPulse, NOW } from '../../builders/snapshot.ts'

async function rollingUnder(kind: ManagerKind) {
  const down = { ...aStandby({}, { id: 'db3' }), pulse: aStale(aStandbyPulse(), NOW - 60_000, aFault('refused')) }
  const databases = [aPrimary({}, { id: 'db1' }), aStandby({}, { id: 'db2' }), down]
  const snapshot = aCluster({ databases })
  const planned = { request: {}, how: 'ssh', where: 'box', title: '', detail: '', effects: [], restarts: ['db1'] }
  const clusterView = { picture: derivePicture(snapshot, null, NOW), snapshot }
  const draft = await delegatedRollingRestart({
    acts: { kind, plan: async () => ({ ...planned, checks: [], deadlineSeconds: 60 }) },
    clusterView,
    tools: {
      sql: async () => [{ at: '2026-01-01 00:00:00Z' }],
      host: () => null,
      config: { databases: [], hosts: [] },
    },
    request: { action: 'rolling-restart', target: null, input: { switchover: 'false' } },
  } as unknown as Delegation)
  assert.ok('checks' in draft)
  const left = await draft.checks.find(({ id }) => id === 'left-out')?.run(clusterView as never, draft, {} as never)
  return { ids: draft.checks.map(({ id }) => id), left: left?.message }
}

test('a rolling restart names what it leaves out; under repmgr it has the checks of each restart on its host', async () => {
  const { ids, left } = await rollingUnder('repmgr')
  assert.match(left ?? '', /not restarted, because they do not answer: db3/)
  for (const id of ['start-role', 'answers', 'files']) assert.ok(ids.includes(id), id)
  assert.equal(ids.filter((id) => id === 'manager').length, 1)
  assert.equal((await rollingUnder('patroni')).ids.includes('start-role'), false, 'Patroni decides on the role')
})
