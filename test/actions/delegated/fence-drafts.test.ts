// What an unfence asks of repmgr: the return of the node, then that its daemons go on.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Draft } from '../../../src/actions/definition/action.ts'
import { askManagerKind } from '../../../src/actions/delegated/ask-manager.ts'
import type { Delegation, NotDelegated } from '../../../src/actions/delegated/delegated-draft.ts'
import {
  delegatedDecommission,
  delegatedFence,
  delegatedStart,
  delegatedUnfence,
} from '../../../src/actions/delegated/fence-drafts.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ManagerKind } from '../../../src/model/measured/managers/manager-signs.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import { noImpact } from '../../../src/model/runs/plan.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, aStale, aStandby, NOW } from '../../builders/snapshot.ts'

interface Nodes {
  readonly drafts?: (delegation: Delegation) => Promise<Draft | NotDelegated>
  readonly first?: DatabaseRecord
  readonly second?: DatabaseRecord
  readonly third?: DatabaseRecord
}

interface About {
  readonly action?: string
  readonly paused?: boolean | null
  /** The acts by which the manager itself starts it. */
  readonly starts?: readonly string[]
  readonly members?: readonly { readonly name: string; readonly databaseId: string }[]
}

async function drafted(
  kind: ManagerKind,
  refused: string | null,
  {
    drafts = delegatedUnfence,
    second = aStandby({}, { id: 'db2' }),
    first = aPrimary({}, { id: 'db1' }),
    third,
  }: Nodes = {},
  { action = 'unfence', paused = true, starts = ['rejoin'], members = [] }: About = {},
) {
  const picture = derivePicture(aCluster({ databases: [first, second, ...(third ? [third] : [])] }), null, NOW)
  const asked: string[] = []
  const plan = async ({ act, endsBy = '' }: { readonly act: string; readonly endsBy?: string }) => {
    asked.push(`${act}${endsBy && `, ended by ${endsBy}`}`)
    if (act === refused) return { why: 'no repmgrd runs' }
    const restarts = starts.includes(act) ? ['db2'] : []
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
  const draft = await drafts({
    acts: { kind, plan },
    manager: { kind, paused, details: { members } },
    clusterView: { picture, snapshot: { databases: [] } },
    tools: { config: { databases: [], hosts: [] }, host: () => null },
    request: { action, target: 'db2', input: {} },
    direct: async () => ({ checks: [], danger: 'routine', impact: noImpact(''), steps: [{ id: 'own' }], input: {} }),
  } as unknown as Delegation)
  return { asked, draft }
}

async function unfence(...about: Parameters<typeof drafted>) {
  const { asked, draft } = await drafted(...about)
  assert.ok('steps' in draft)
  return { asked, steps: draft.steps.map(({ id }) => id) }
}

const DOWN = {
  first: aStandby({}, { id: 'db1' }),
  second: { ...aPrimary({}, { id: 'db2' }), pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('refused')) },
}

test('a node that repmgr brings back leaves no daemon paused', async () => {
  assert.deepEqual(await unfence('repmgr', null), {
    asked: ['rejoin', 'put-back'],
    steps: ['ask-manager', 'resume-manager'],
  })
  assert.deepEqual((await unfence('repmgr', 'put-back')).steps, ['ask-manager'], 'where none runs')
  assert.deepEqual((await unfence('pg_auto_failover', null)).asked, ['rejoin'], 'which ends both itself')
})

test('a stop tells the manager first, and names the start as what ends that; repmgr minds none of a standby', async () => {
  const stop = (kind: ManagerKind, nodes: Nodes = {}) =>
    unfence(kind, null, { ...nodes, drafts: delegatedFence }, { action: 'stop' })
  const told = { asked: ['take-out, ended by start'], steps: ['ask-manager', 'own'] }
  assert.deepEqual(await stop('repmgr', { first: DOWN.first, second: aPrimary({}, { id: 'db2' }) }), told)
  assert.deepEqual(await stop('repmgr', DOWN), told, 'its role now is unknown')
  assert.deepEqual(await stop('repmgr'), { asked: [], steps: ['own'] })
  assert.deepEqual(await stop('pg_auto_failover'), told)
})

test('repmgrd stays paused while another node is down, which may have been fenced in that pause', async () => {
  const member = { name: 'node3', databaseId: 'db3' }
  const fenced = { ...DOWN.second, spec: { ...DOWN.second.spec, id: 'db3' } }
  for (const [nodes, resumed] of [
    [{ second: aPrimary({}, { id: 'db2' }) }, ['ask-manager', 'resume-manager']],
    [DOWN, ['own', 'ask-manager']],
  ] as const) {
    assert.deepEqual((await unfence('repmgr', null, nodes)).steps, resumed)
    const { draft } = await drafted('repmgr', null, { ...nodes, third: fenced }, { members: [member] })
    assert.ok('steps' in draft)
    assert.deepEqual(
      draft.steps.map(({ id }) => id),
      resumed.slice(0, 1),
    )
    assert.match(draft.impact.statement, /stays paused, because node3 does not answer: nothing fails over by itself/)
  }
  const { draft } = await drafted('repmgr', null, DOWN)
  assert.ok('steps' in draft)
  assert.equal(draft.danger, 'disruptive', 'as resume-manager')
  assert.match(draft.impact.statement, /repmgrd decides by itself again/)
  assert.deepEqual((await unfence('repmgr', null, {}, { paused: false })).steps, ['ask-manager'], 'nobody paused it')
})

test('a start under repmgr is pgdeck’s own for a standby, and a return for what was a primary', async () => {
  const asStandby = { drafts: delegatedStart }
  const { asked, draft } = await drafted('repmgr', null, asStandby)
  assert.ok('steps' in draft)
  assert.deepEqual([asked, draft.steps.map(({ id }) => id)], [[], ['own']])
  assert.match(draft.impact.statement, /repmgrd stays paused: nothing fails over by itself until/)
  const asPrimary = { ...asStandby, second: aPrimary({}, { id: 'db2' }) }
  assert.deepEqual((await unfence('repmgr', null, asPrimary)).steps, ['ask-manager', 'resume-manager'])
  assert.deepEqual((await unfence('pg_auto_failover', null, asStandby)).asked, ['rejoin'])
})

test('repmgr forgets a node before that is stopped for good', async () => {
  const drafts = { drafts: delegatedDecommission }
  assert.deepEqual(await unfence('repmgr', null, drafts, { action: 'decommission' }), {
    asked: ['leave'],
    steps: ['ask-manager', 'own'],
  })
})

test('a manager that starts a server has done so once the server answers; it may choose another primary', async () => {
  for (const drafts of [delegatedStart, delegatedUnfence]) {
    const { draft } = await drafted('patroni', null, { ...DOWN, drafts }, { starts: ['put-back'] })
    assert.ok('steps' in draft)
    const [asked] = draft.steps
    assert.equal(asked && askManagerKind.argsOf(asked)?.effect.kind, 'answers')
    assert.match(draft.impact.statement, /It may make db1 the primary instead/)
  }
})

test('a crashed primary is started beside repmgrd only while its daemons are paused: they may be promoting another', async () => {
  for (const drafts of [delegatedStart, delegatedUnfence]) {
    for (const paused of [false, null]) {
      const { draft } = await drafted('repmgr', null, { ...DOWN, drafts }, { paused })
      assert.match('why' in draft ? draft.why : '', /may be promoting another one: pgdeck do pause-manager/)
    }
    assert.deepEqual((await unfence('repmgr', null, { ...DOWN, drafts })).steps, ['own', 'ask-manager'])
    assert.ok('steps' in (await drafted('pg_auto_failover', null, { ...DOWN, drafts }, { paused: null })).draft)
  }
})
