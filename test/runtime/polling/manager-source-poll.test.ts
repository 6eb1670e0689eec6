// The declared manager of a cluster as a whole, asked at addresses that are no database's.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterConfig } from '../../../src/config/config.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ManagerReading } from '../../../src/model/measured/managers/manager-report.ts'
import type { ManagerSource } from '../../../src/model/measured/snapshot.ts'
import type { ProbeOutcome } from '../../../src/model/values/reading.ts'
import { freshReading } from '../../../src/model/values/reading.ts'
import { createManagerSourcePolls } from '../../../src/runtime/polling/manager-source-poll.ts'
import type { Event } from '../../../src/state/event.ts'
import type { Store } from '../../../src/state/store.ts'
import { aCluster, aDatabase, aPrimaryPulse, aSender, aStandbyPulse, NOW } from '../../builders/snapshot.ts'
import { serveHttp } from '../../fakes/web.ts'
import { recordedPatroni } from '../../recorded/patroni.ts'

const LIMITS = { timeoutMs: 2_000, intervalMs: 1_000, force: true }

/** Databases on one host, as all of the recorded cluster are. */
function databasesOf() {
  const systemIdentifier = '7713915222667723337'
  const senders = ['n1', 'n3'].map((applicationName) => aSender({ applicationName }))
  return [
    aDatabase({ id: 'a', port: 23_131, pulse: aStandbyPulse({ systemIdentifier }) }),
    aDatabase({ id: 'b', port: 23_132, pulse: aPrimaryPulse({ systemIdentifier, senders }) }),
    aDatabase({ id: 'c', port: 23_133, pulse: aStandbyPulse({ systemIdentifier }) }),
  ]
}

function patroniAt(addresses: readonly string[]): ClusterConfig {
  const managerSources = addresses.map((address) => ({ kind: 'patroni' as const, address }))
  return {
    spec: { ...aCluster().spec, managerSources },
    databases: [],
    servers: [],
    hosts: [],
    manager: {
      kind: 'patroni',
      addresses,
      trust: { ca: null, cert: null, key: null },
      user: null,
      passwordCommand: null,
      act: false,
    },
  }
}

/** Polls each address once; what was heard, by address. */
async function heardAt(addresses: readonly string[]): Promise<readonly ManagerSource[]> {
  const outcomes = new Map<string, ProbeOutcome<ManagerReading>>()
  const dispatch = (event: Event) => {
    if (event.type === 'manager-source-polled') outcomes.set(event.address, event.outcome)
  }
  const config = patroniAt(addresses)
  const polls = createManagerSourcePolls({ dispatch } as unknown as Store, config)
  // As for an action: that waits longer on a slow machine.
  await Promise.all(polls.map((each) => each.poll({ ...LIMITS, anew: true })))
  await Promise.all(polls.map((each) => each.close()))
  return (config.spec.managerSources ?? []).map((source) => {
    const outcome = outcomes.get(source.address)
    return outcome?.ok ? { ...source, reading: freshReading(outcome.value, NOW) } : assert.fail('it was not polled')
  })
}

test('names the members of databases that share a host, and tells which agent is silent', async (context) => {
  const state = recordedPatroni.plain
  const answers: Readonly<Record<string, unknown>> = {
    '/patroni': state.patroni.n1,
    '/cluster': state.cluster,
    '/config': state.config,
    '/history': state.history,
  }
  const alive = await serveHttp(context, ({ url = '' }, response) => response.end(JSON.stringify(answers[url])))
  // A declared address where nothing listens any more: that of the leader.
  const managerSources = await heardAt([alive, 'http://127.0.0.1:23110'])
  const { manager, alerts, failover } = derivePicture(
    { ...aCluster({ databases: databasesOf() }), managerSources },
    null,
    NOW,
  )
  assert.deepEqual([manager?.activity, manager?.leader, manager?.scope], ['live', 'b', 'test'])
  assert.deepEqual(manager?.names, { a: 'n1', b: 'n2', c: 'n3' })
  assert.equal(manager?.agents.b, 'silent')
  assert.equal(failover.candidate, 'a')
  const told = alerts.filter(({ rule }) => rule === 'manager-silent' || rule === 'manager-agent-down')
  assert.deepEqual(
    told.map(({ rule, severity, subject }) => [rule, severity, subject.owner]),
    [['manager-agent-down', 'warning', 'b']],
    'told once: for the member, not for its address again',
  )
})

test('of another cluster counts for nothing', async (context) => {
  const own = recordedPatroni.dcsLost.patroni.n1
  const stranger = await serveHttp(context, ({ url }, response) =>
    response.end(JSON.stringify(url === '/patroni' ? own : url === '/cluster' ? recordedPatroni.plain.cluster : {})),
  )
  const managerSources = await heardAt([stranger])
  const { manager } = derivePicture({ ...aCluster({ databases: databasesOf() }), managerSources }, null, NOW)
  assert.deepEqual([manager?.activity, manager?.leader, manager?.systemIdentifierMatches], ['silent', null, false])
})

test('is asked for its settings and its history once a minute, and for an action again', async (context) => {
  const asked: string[] = []
  const state = recordedPatroni.plain
  const answers: Readonly<Record<string, unknown>> = {
    '/patroni': state.patroni.n1,
    '/cluster': state.cluster,
    '/config': state.config,
    '/history': state.history,
  }
  const address = await serveHttp(context, ({ url = '' }, response) => {
    asked.push(url)
    response.end(JSON.stringify(answers[url]))
  })
  const [poll] = createManagerSourcePolls({ dispatch: () => {} } as unknown as Store, patroniAt([address]))
  assert.ok(poll)
  const count = (path: string) => asked.filter((url) => url === path).length
  await poll.poll({ ...LIMITS, anew: true })
  await poll.poll(LIMITS)
  assert.deepEqual(['/patroni', '/cluster', '/config', '/history'].map(count), [2, 2, 1, 1])
  await poll.poll({ ...LIMITS, anew: true })
  assert.deepEqual(['/config', '/history'].map(count), [2, 2])
  await poll.close()
})
