// Where the steps for pools of PgBouncer stand in the plan of a promotion after the loss of the primary.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionToolbox, PlanningView } from '../../../src/actions/definition/action.ts'
import { promotionParticipants } from '../../../src/actions/definition/participants.ts'
import { failoverDraft } from '../../../src/actions/promotion/failover-draft.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, aStale, aStandby, NOW } from '../../builders/snapshot.ts'

async function plannedSteps(repoint: boolean): Promise<readonly string[]> {
  const lost = { ...aPrimary(), pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('refused')) }
  const other = { ...aStandby({}, { id: 'db-3', port: 5434 }) }
  const snapshot = aCluster({ databases: [lost, aStandby({}, {}), other] })
  const picture = derivePicture(snapshot, null, NOW)
  const endpoint = { host: '127.0.0.1', port: 6432 }
  const pooler = {
    spec: { id: 'pgb', ...endpoint, database: 'orders', expects: 'primary' },
    connection: { user: 'admin', endpoints: [endpoint] },
    via: null,
    pauseMs: 30_000,
    repoint: repoint ? { host: 'app-1', command: ['repoint'] } : null,
  }
  const databases = snapshot.databases.map(({ spec }) => ({ spec, connection: { endpoints: [spec] }, via: null }))
  const config = { spec: snapshot.spec, databases, hosts: [], servers: [], poolers: [pooler] }
  const view = () => ({ picture, snapshot, config, manager: null }) as unknown as PlanningView
  const { host, port } = lost.spec
  const tools = {
    config,
    view,
    refresh: async () => view(),
    signal: new AbortController().signal,
    host: (id: string | null) => (id === 'app-1' ? { accessKind: 'ssh' } : null),
    writeOutput: () => {},
    sql: async () => [],
    entryPoints: {
      command: async (_: string, text: string) =>
        text === 'SHOW DATABASES' ? [{ name: 'orders', host, port, paused: 0, disabled: 0 }] : [],
    },
  } as unknown as ActionToolbox
  const participants = promotionParticipants(view(), 'db-ro')
  assert.ok(participants)
  const request = { action: 'promote', target: 'db-ro', input: {} }
  return (await failoverDraft(participants, view(), request, tools)).steps.map(({ id }) => id)
}

test('no standby waits until a person has edited pgbouncer.ini, but pools that a command leads are first', async () => {
  const byHand = await plannedSteps(false)
  const byCommand = await plannedSteps(true)
  const repoint = byHand.find((id) => id.includes('db-3')) ?? assert.fail(byHand.join(' '))
  assert.ok(byHand.indexOf('pgb-lead') > byHand.indexOf(repoint), byHand.join(' '))
  assert.ok(byHand.indexOf('pgb-lead') > byHand.indexOf('slots'), byHand.join(' '))
  assert.ok(byCommand.indexOf('pgb-lead') < byCommand.indexOf(repoint), byCommand.join(' '))
})
