// Where the steps for pools of PgBouncer stand in the plans that move the primary.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox, PlanningView } from '../../../src/actions/definition/action.ts'
import { promotionParticipants } from '../../../src/actions/definition/participants.ts'
import { switchoverDraft } from '../../../src/actions/promotion/switchover-draft.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { aCluster, aPrimary, aStandby, NOW } from '../../builders/snapshot.ts'

const SETTINGS = Object.entries({ pool_mode: 'transaction', admin_users: 'admin' }).map(([key, value]) => ({
  key,
  value,
}))

function site() {
  const snapshot = aCluster({ databases: [aPrimary(), aStandby()] })
  const picture = derivePicture(snapshot, null, NOW)
  const endpoint = { host: '10.0.0.21', port: 6432 }
  const pooler = {
    spec: { id: 'pgb', ...endpoint, database: 'orders', expects: 'primary' },
    connection: { user: 'admin', endpoints: [endpoint] },
    via: null,
    pauseMs: 30_000,
    repoint: null,
  }
  const databases = snapshot.databases.map(({ spec }) => ({ spec, connection: { endpoints: [spec] }, via: null }))
  const config = { spec: snapshot.spec, databases, hosts: [], servers: [], poolers: [pooler] }
  const view = () => ({ picture, snapshot, config, manager: null }) as unknown as PlanningView
  const tools = {
    config,
    view,
    refresh: async () => view(),
    signal: new AbortController().signal,
    host: () => null,
    writeOutput: () => {},
    sql: async () => [{ at: '2026-01-01 00:00:00Z', may: true }],
    entryPoints: {
      command: async (_: string, text: string) =>
        text === 'SHOW CONFIG' ? SETTINGS : [{ name: 'orders', host: 'vip', port: 5000, paused: 0, disabled: 0 }],
      sessionAt: async () => ({ server: { identity: picture.databases[0]?.identity }, isStandby: false }),
    },
  } as unknown as ActionToolbox
  return { view: view(), tools }
}

describe('the pools of a switchover', () => {
  test('are paused behind a checkpoint, which the shutdown would write while clients wait', async () => {
    const { view, tools } = site()
    const participants = promotionParticipants(view, 'db-ro')
    assert.ok(participants)
    const draft = await switchoverDraft(participants, view, { action: 'switchover', target: 'db-ro', input: {} }, tools)
    const ids = draft.steps.map(({ id }) => id)
    assert.deepEqual(ids.slice(0, 3), ['checkpoint', 'pause-pgb', 'stop-old-primary'])
  })
})
