// Which checks the plan of a restart has under a manager.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delegatedRestart } from '../../../src/actions/delegated/database-drafts.ts'
import type { Delegation } from '../../../src/actions/delegated/delegated-draft.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ManagerKind } from '../../../src/model/measured/managers/manager-signs.ts'
import { aCluster, aPrimary, NOW } from '../../builders/snapshot.ts'

const POOLS = [{ name: 'orders', host: 'vip', port: 5000, paused: 0, disabled: 0 }]
const POOLER = {
  spec: { id: 'pgb', host: '10.0.0.21', port: 6432, database: 'orders', expects: 'primary' },
  connection: { user: 'admin', endpoints: [{ host: '10.0.0.21', port: 6432 }] },
  via: null,
  pauseMs: 30_000,
  repoint: null,
}
const SETTINGS = [
  { key: 'pool_mode', value: 'transaction' },
  { key: 'admin_users', value: 'admin' },
]

async function restartUnder(kind: ManagerKind) {
  const snapshot = aCluster({ databases: [aPrimary({}, { id: 'db1' })] })
  const picture = derivePicture(snapshot, null, NOW)
  const planned = { request: {}, how: 'ssh', where: 'box', title: '', detail: '', effects: [], restarts: ['db1'] }
  const view = () => ({ picture, snapshot })
  const server = { identity: picture.databases[0]?.identity }
  const draft = await delegatedRestart({
    acts: { kind, plan: async () => ({ ...planned, checks: [{ id: 'repmgrd' }], deadlineSeconds: 60 }) },
    clusterView: { picture },
    tools: {
      sql: async () => [{ at: '2026-01-01 00:00:00Z', may: true }],
      config: { databases: [], hosts: [], poolers: [POOLER] },
      view,
      refresh: async () => view(),
      entryPoints: {
        command: async (_pooler: string, text: string) => (text === 'SHOW CONFIG' ? SETTINGS : POOLS),
        sessionAt: async () => ({ server, isStandby: false }),
      },
    },
    request: { action: 'restart', target: 'db1', input: {} },
    direct: async () => ({ checks: ['manager', 'start-role', 'data-directory', 'poolers'].map((id) => ({ id })) }),
  } as unknown as Delegation)
  assert.ok('checks' in draft)
  return draft
}

const checksUnder = async (kind: ManagerKind) => (await restartUnder(kind)).checks.map(({ id }) => id)

test('a restart under repmgr, which pgdeck does on the host, has all checks of one without a manager', async () => {
  assert.deepEqual(await checksUnder('repmgr'), ['manager', 'start-role', 'data-directory', 'repmgrd', 'poolers'])
  assert.equal((await checksUnder('patroni')).includes('start-role'), false)
})

test('a restart of the primary by a manager pauses its pools, behind a checkpoint, and resumes them', async () => {
  for (const kind of ['patroni', 'repmgr'] as const) {
    const { steps, impact } = await restartUnder(kind)
    assert.deepEqual(
      steps.map(({ id }) => id),
      ['checkpoint', 'pause-pgb', 'ask-manager', 'pgb-lead', 'resume-pgb'],
    )
    assert.match(impact.statement, /Clients of orders at pgb wait meanwhile/)
  }
})
