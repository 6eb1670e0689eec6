// The plan of the vendor's promotion says what becomes of pools and addresses, as every promotion does.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionToolbox, PlanningView } from '../../../../src/actions/definition/action.ts'
import { promotionParticipants } from '../../../../src/actions/definition/participants.ts'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import { FaultError } from '../../../../src/model/values/fault.ts'
import { manageEnginePromotion } from '../../../../src/profiles/manageengine/actions/promotion.ts'
import { aFault, aPrimary, aPrimaryPulse, aStale, aStandby, aVault, NOW } from '../../../builders/snapshot.ts'

test('a read-only server that takes over has the check of poolers', async () => {
  const lost = { ...aPrimary(), pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('refused')) }
  const snapshot = aVault({ databases: [lost, aStandby()] })
  const picture = derivePicture(snapshot, null, NOW)
  const endpoint = { host: '10.0.0.21', port: 6432 }
  const pooler = {
    spec: { id: 'pgb', ...endpoint, database: null, expects: 'primary' },
    connection: { user: 'admin', endpoints: [endpoint] },
    via: null,
    pauseMs: 30_000,
    repoint: null,
  }
  const databases = snapshot.databases.map(({ spec }) => ({ spec, connection: { endpoints: [spec] }, via: null }))
  const servers = snapshot.servers.map(({ spec }) => ({ spec }))
  const config = { spec: snapshot.spec, databases, hosts: [], servers, poolers: [pooler] }
  const view = () => ({ picture, snapshot, config, manager: null }) as unknown as PlanningView
  const tools = {
    config,
    view,
    refresh: async () => view(),
    signal: new AbortController().signal,
    host: () => null,
    writeOutput: () => {},
    sql: async () => [],
    entryPoints: {
      async command() {
        throw new FaultError({ code: 'timeout', message: 'silent', hint: null })
      },
    },
  } as unknown as ActionToolbox
  const participants = promotionParticipants(view(), 'db-ro')
  assert.ok(participants)
  const request = { action: 'promote', target: 'db-ro', input: {} }
  const draft = await manageEnginePromotion.draft(participants, view(), request, tools)
  assert.ok(draft)
  const found = await draft.checks.find(({ id }) => id === 'poolers')?.run(view(), draft, tools)
  assert.match(found?.message ?? '', /can’t see where the pools of pgb lead: silent/)
})
