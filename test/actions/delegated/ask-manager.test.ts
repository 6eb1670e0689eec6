// A request goes out once: what the manager is at already is taken for it only where it must be, and only when repeated.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { ActionToolbox, PlanningView } from '../../../src/actions/definition/action.ts'
import { askManagerKind } from '../../../src/actions/delegated/ask-manager.ts'
import { NO_EFFECT } from '../../../src/actions/delegated/effects.ts'
import { patroniActs } from '../../../src/actions/delegated/patroni/patroni-acts.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { patroniDatabases } from '../../builders/patroni-cluster.ts'
import { aCluster, aFault, aPrimaryPulse, aStale, NOW } from '../../builders/snapshot.ts'
import { serveHttp } from '../../fakes/web.ts'
import { recordedPatroni, reportAt } from '../../recorded/patroni.ts'

/** Resolves to how often an agent was asked to restart n1, which Patroni shows in that state. */
async function timesAsked(context: TestContext, state: string, attempts: number): Promise<number> {
  const told = reportAt(recordedPatroni.plain, 'n1')
  let asked = 0
  const address = await serveHttp(context, (request, response) => {
    const own = { database_system_identifier: told.systemIdentifier, patroni: { scope: told.scope, name: 'n1' } }
    if (request.method === 'POST') asked++
    response.end(request.method === 'POST' ? 'restarted successfully' : JSON.stringify(own))
  })
  const rest = new URL(address).origin
  const databases = patroniDatabases({
    change: (report) => ({
      ...report,
      members: report.members.map((member) => (member.name === 'n1' ? { ...member, state } : member)),
    }),
  })
  const view = { picture: derivePicture(aCluster({ databases }), null, NOW) } as PlanningView
  const trust = { ca: null, cert: null, key: null }
  const manager = { kind: 'patroni', addresses: [rest], trust, user: null, passwordCommand: null, act: true }
  const tools = {
    config: { manager, databases: [] },
    signal: new AbortController().signal,
    stepRecord: () => ({ attempts }),
    refresh: () => Promise.resolve(view),
    wait: () => Promise.resolve(),
    writeOutput: () => {},
  }
  const request = {
    method: 'POST',
    path: '/restart',
    body: '{}',
    addresses: [rest],
    member: 'n1',
    scope: told.scope,
    systemIdentifier: told.systemIdentifier,
    goal: 'member',
    name: 'n1',
    at: null,
  }
  const args = { step: 'ask-manager', manager: 'patroni', act: 'restart', request, database: null, effect: NO_EFFECT }
  await askManagerKind.run(
    { ...args, restarts: [], settleSeconds: 0, deadlineSeconds: 60, undo: null },
    tools as unknown as ActionToolbox,
  )
  return asked
}

describe('a manager that is busy', () => {
  test('is asked all the same the first time: it may be at something else', async (context) => {
    for (const state of ['starting', 'stopping', 'restarting', 'creating replica'])
      assert.equal(await timesAsked(context, state, 1), 1, state)
  })

  test('is not asked again for what it may have begun', async (context) => {
    for (const state of ['starting', 'stopping', 'restarting', 'creating replica'])
      assert.equal(await timesAsked(context, state, 2), 0, state)
  })

  test('is asked again where its member stays as it is', async (context) => {
    for (const state of ['start failed', 'restart failed', 'stop failed', 'stopped', 'crashed'])
      assert.equal(await timesAsked(context, state, 2), 1, state)
  })
})

test('a run that is undone resumes the Patroni that it has paused, and does so once', async (context) => {
  const told = reportAt(recordedPatroni.plain, 'n1')
  let paused = true
  const bodies: string[] = []
  const address = await serveHttp(context, (request, response) => {
    if (request.method === 'PATCH') {
      paused = false
      request.setEncoding('utf8').on('data', (text: string) => void bodies.push(`${request.url} ${text}`))
    }
    const own = { database_system_identifier: told.systemIdentifier, patroni: { scope: told.scope, name: 'n1' } }
    response.end(JSON.stringify(own))
  })
  const rest = new URL(address).origin
  const viewNow = (isPaused: boolean) => {
    const databases = patroniDatabases({ change: (report) => ({ ...report, paused: isPaused }) })
    return { picture: derivePicture(aCluster({ databases }), null, NOW) } as PlanningView
  }
  const trust = { ca: null, cert: null, key: null }
  const manager = { kind: 'patroni', addresses: [rest], trust, user: null, passwordCommand: null, act: true }
  const tools = {
    config: { manager, databases: [], hosts: [] },
    signal: new AbortController().signal,
    refresh: () => Promise.resolve(viewNow(paused)),
    wait: () => Promise.resolve(),
    writeOutput: () => {},
  } as unknown as ActionToolbox
  const before = viewNow(false)
  const { manager: seen } = before.picture
  assert.ok(seen)
  const planned = await patroniActs.plan({ act: 'pause' }, { clusterView: before, manager: seen, tools })
  assert.ok('request' in planned)
  const step = askManagerKind.plan({
    id: 'ask-manager',
    acts: patroniActs,
    act: 'pause',
    planned,
    database: null,
    effect: NO_EFFECT,
    ifStopped: '',
    changes: [],
  })
  assert.match(step.undo ?? '', /^PATCH \S+\/config \{"pause":null\}$/)
  const args = askManagerKind.argsOf(step)
  assert.ok(args && askManagerKind.undo)
  assert.match(await askManagerKind.undo(args, tools), /Patroni: it is not paused/)
  assert.match(await askManagerKind.undo(args, tools), /Patroni: it is not paused/)
  assert.deepEqual(bodies, ['/config {"pause":null}'])
})

test('a database that is to be started again is back when it answers, whatever its manager says before that', async () => {
  const seen = async (isDown: boolean, paused: boolean) => {
    const all = patroniDatabases({ change: (report) => ({ ...report, paused }) })
    const databases = all.map((each, index) =>
      index === 0 && isDown ? { ...each, pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('refused')) } : each,
    )
    const view = { picture: derivePicture(aCluster({ databases }), null, NOW) } as PlanningView
    const tools = { refresh: async () => view, stepRecord: () => null } as unknown as ActionToolbox
    const address = { addresses: ['http://127.0.0.1:1'], member: null, scope: null, systemIdentifier: null }
    const request = { method: 'PATCH', path: '/config', body: '{}', goal: 'resumed', name: null, at: null, ...address }
    const args = { step: 'ask-manager', manager: 'patroni', act: 'put-back', request, database: all[0]?.spec.id ?? '' }
    const effect = { ...NO_EFFECT, kind: 'answers' as const }
    const limits = { restarts: [], settleSeconds: 0, deadlineSeconds: 60, undo: null }
    return (await askManagerKind.verify({ ...args, effect, ...limits }, tools)).result
  }
  assert.equal(await seen(true, false), 'not-yet', 'not paused any more, and still down')
  assert.equal(await seen(false, true), 'not-yet', 'somebody else has started it')
  assert.equal(await seen(false, false), 'yes')
})
