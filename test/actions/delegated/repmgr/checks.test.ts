// Which standbys repmgr leads over to a new primary: those that are registered under the old one.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Draft, PlanningView } from '../../../../src/actions/definition/action.ts'
import { daemonsAround, siblingsAreRegistered } from '../../../../src/actions/delegated/repmgr/checks.ts'

const PRIMARY = { id: 'db1', name: 'db-main', node: 'node1' }
const follower = (upstream: string | null) => ({ id: 'db3', name: 'db-ro', upstream })
const ask = (upstreams: readonly (string | null)[]) =>
  siblingsAreRegistered(upstreams.map(follower), PRIMARY).run({} as PlanningView, {} as Draft, {} as never)

describe('the check of siblings', () => {
  test('passes for those under the old primary, and says nothing without any', () => {
    assert.deepEqual(ask(['node1']), { result: 'pass', message: 'repmgr.nodes has db-ro under db-main', hint: null })
    assert.equal(ask([]), null)
  })

  for (const [upstream, named] of [
    ['node2', 'node2'],
    [null, 'nothing'],
  ] as const)
    test(`warns of one under ${named}, with the command that registers it`, () => {
      assert.deepEqual(ask([upstream]), {
        result: 'warn',
        message: `repmgr.nodes has ${named} as the upstream of db-ro: repmgr would not let it follow the new primary`,
        hint: 'Register it first: pgdeck do follow db3 --set upstream=db1',
      })
    })
})

test('a pause of the daemons is warned of, unless the plan ends it', async () => {
  const place = { host: 'box', prefix: [], program: 'repmgr', file: '/etc/repmgr.conf' }
  const run = async () => ({ exitCode: 0, stdout: '1,node1,primary,1,1,7,1,100,0,default\n', stderr: '' })
  const tools = { signal: new AbortController().signal, host: () => ({ name: 'box', run }) }
  const found = async (resumes: boolean) => {
    const finding = await daemonsAround(place, resumes).run({} as PlanningView, {} as Draft, tools as never)
    return `${finding?.result}: ${finding?.message}`
  }
  assert.equal(await found(false), 'warn: repmgrd is paused beside node1')
  assert.equal(await found(true), 'pass: repmgrd is paused beside node1: this ends that')
})
