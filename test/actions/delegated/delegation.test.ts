// Which plans the manager carries out, and what is said where it can't bring about all of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Action, ActionToolbox, Draft, PlanningView } from '../../../src/actions/definition/action.ts'
import { withDelegation } from '../../../src/actions/delegated/delegation.ts'
import { pauseManagerAction } from '../../../src/actions/delegated/manager-actions.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { PLAIN_PROFILE } from '../../../src/model/measured/spec.ts'
import { noImpact } from '../../../src/model/runs/plan.ts'
import { patroniDatabases } from '../../builders/patroni-cluster.ts'
import { aCluster, aFault, NOW } from '../../builders/snapshot.ts'
import { recordedPatroni } from '../../recorded/patroni.ts'

const DIRECT: Draft = {
  target: { id: 'n1', name: 'n1' },
  title: 'without the manager',
  danger: 'outage',
  impact: noImpact('It comes back.'),
  checks: [],
  input: {},
  steps: [],
}

test('a failback for which Patroni must be started first is not asked for: nothing in its plan starts it', async () => {
  const all = patroniDatabases({})
  const failure = { state: 'failed', fault: aFault('refused'), at: NOW, last: null } as never
  const databases = all.map((each) => (each.spec.id === 'n1' ? { ...each, pulse: failure, manager: failure } : each))
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  const manager = { kind: 'patroni', addresses: ['http://127.0.0.1:13132'], user: null, act: true }
  const start = ['systemctl', 'start', 'patroni']
  const config = {
    manager,
    databases: all.map(({ spec }) => ({ spec: { ...spec, hostId: spec.id }, patroni: spec.patroni })),
    hosts: [{ id: 'n1', start, stop: null }],
    spec: { profile: PLAIN_PROFILE },
  }
  const clusterView = { picture, config, snapshot: { databases } } as unknown as PlanningView
  const tools = { config, host: () => null, refresh: () => Promise.resolve(clusterView), wait: () => Promise.resolve() }
  const action = { name: 'failback', fields: [], draft: () => Promise.resolve(DIRECT) } as unknown as Action
  const request = { action: 'failback', target: 'n1', input: {} } as never
  const draft = await withDelegation(action).draft(clusterView, request, tools as unknown as ActionToolbox)
  assert.equal(draft.title, DIRECT.title)
  const found = await draft.checks.find(({ id }) => id === 'manager')?.run(clusterView, draft, tools as never)
  assert.match(found?.message ?? '', /its agent must start n1: pgdeck do unfence n1$/)
})

test('a plan of a profile is not the manager’s, and its check says why', async () => {
  const databases = patroniDatabases({})
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  const manager = { kind: 'patroni', addresses: ['http://127.0.0.1:13132'], user: null, act: true }
  const config = { manager, databases: [], hosts: [], spec: { profile: 'manageengine' } }
  const clusterView = { picture, config } as unknown as PlanningView
  const action = { name: 'promote', fields: [], draft: () => Promise.resolve(DIRECT) } as unknown as Action
  const request = { action: 'promote', target: 'n2', input: {} }
  const draft = await withDelegation(action).draft(clusterView, request, { config } as unknown as ActionToolbox)
  const found = await draft.checks.find(({ id }) => id === 'manager')?.run(clusterView, draft, {} as never)
  assert.equal(found?.result, 'fail')
  assert.match(found?.message ?? '', /pgdeck can’t ask it: the profile manageengine has steps of its own around this$/)
})

test('a manager that has lost its store is not waited for', async () => {
  const databases = patroniDatabases({ state: recordedPatroni.dcsLost, primary: null, seenAgoMs: 60_000 })
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  assert.equal(picture.manager?.details?.dcs?.state, 'lost')
  const manager = { kind: 'patroni', addresses: ['http://127.0.0.1:13132'], user: null, act: true }
  const config = { manager, databases: [], hosts: [], spec: { profile: PLAIN_PROFILE } }
  const clusterView = { picture, config } as unknown as PlanningView
  const tools = { config, refresh: () => assert.fail('it was read again') } as unknown as ActionToolbox
  const action = { name: 'promote', fields: [], draft: () => Promise.resolve(DIRECT) } as unknown as Action
  const request = { action: 'promote', target: 'n2', input: {} }
  const draft = await withDelegation(action).draft(clusterView, request, {
    ...tools,
    wait: () => assert.fail('it was waited for'),
  })
  const found = await draft.checks.find(({ id }) => id === 'manager')?.run(clusterView, draft, {} as never)
  assert.match(found?.message ?? '', /pgdeck can’t ask it: it has lost its configuration store/)
})

test('an act that only the manager has is refused with the reason why it can’t be asked', async () => {
  const picture = derivePicture(aCluster({ databases: patroniDatabases({}) }), null, NOW)
  // Another manager is configured than answers.
  const config = { manager: { kind: 'repmgr', act: true }, databases: [], hosts: [], spec: { profile: PLAIN_PROFILE } }
  const clusterView = { picture, config } as unknown as PlanningView
  const request = { action: 'pause-manager', target: null, input: {}, overrides: {} }
  const tools = { config } as unknown as ActionToolbox
  await assert.rejects(
    async () => withDelegation(pauseManagerAction).draft(clusterView, request, tools),
    /^PlanError: pause-manager: pgdeck can’t ask the manager: repmgr is configured and does not answer$/,
  )
  const mute = { ...config, manager: { kind: 'patroni', act: false } }
  await assert.rejects(
    async () =>
      withDelegation(pauseManagerAction).draft(clusterView, request, { config: mute } as unknown as ActionToolbox),
    /pause-manager: pgdeck may not ask Patroni.*"act": true/,
  )
})
