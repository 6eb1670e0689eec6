// A node that is built anew is stopped only where the monitor may lose it, and is not left stopped by a refusal.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { copyAnew } from '../../../../src/actions/delegated/pg-auto-failover/copy-anew.ts'
import type { MonitorNode } from '../../../../src/actions/delegated/pg-auto-failover/monitor.ts'
import type { MonitorRequest } from '../../../../src/actions/delegated/pg-auto-failover/request.ts'

function nodeOf(id: number, reported: string, more: Partial<MonitorNode> = {}): MonitorNode {
  const known = { system: '7', priority: 50, quorum: true, reportedAgo: 1, isHealthy: true, group: 0 }
  return { ...known, id, name: `node${id}`, reported, assigned: reported, ...more }
}

const [PRIMARY, SECOND, THIRD] = [nodeOf(1, 'primary'), nodeOf(2, 'secondary'), nodeOf(3, 'secondary')]
const REQUEST: MonitorRequest = {
  ...{ call: 'rebuild', formation: 'default', node: 'node3', nodeId: 3, system: '7', old: null, database: 'db-3' },
  ...{ host: 'h3', stop: ['keeper', 'stop'], startedAt: null, start: ['keeper', 'start'], prefix: [] },
  ...{ program: 'pg_autoctl', dataDirectory: '/data', create: [] },
}

/** Resolves to the commands of the host and what was said, until the copy is refused for that. */
async function refused(nodes: () => readonly MonitorNode[], why: RegExp, onStop = () => {}) {
  const ran: string[] = []
  const said: string[] = []
  let isUp = true
  const host = {
    async run([program = '', word = '']: readonly string[]) {
      if (program === 'keeper') ran.push(word)
      if (word === 'stop') {
        isUp = false
        onStop()
      }
      return { exitCode: program === 'test' && !isUp ? 1 : 0, stdout: '', stderr: '' }
    },
  }
  const tools = {
    managerSql: async ({ text }: { readonly text: string }) =>
      text.includes('remove_node') ? [] : nodes().map((node) => ({ node, sync: 1 })),
    overrideReason: () => null,
    host: () => host,
    signal: new AbortController().signal,
    writeOutput: (text: string) => void said.push(text),
    wait: async () => {},
  }
  await assert.rejects(copyAnew(REQUEST, tools as unknown as ActionToolbox), why)
  return { ran, said: said.join('\n') }
}

describe('a node that is built anew', () => {
  test('keeps running where commits need it by now, or where it is the primary by now', async () => {
    const few = [PRIMARY, { ...SECOND, isHealthy: false }, THIRD]
    assert.deepEqual((await refused(() => few, /they would hang/)).ran, [])
    const leads = [{ ...PRIMARY, reported: 'demoted', assigned: 'demoted' }, SECOND, { ...THIRD, assigned: 'primary' }]
    assert.deepEqual((await refused(() => leads, /has node3 as the primary/)).ran, [])
  })

  test('is started again where the monitor does not remove it', async () => {
    const { ran, said } = await refused(() => [PRIMARY, SECOND, THIRD], /did not remove node3/)
    assert.deepEqual(ran, ['stop', 'start'])
    assert.match(said, /the keeper of node3 was started again: nothing was removed/)
  })

  test('stays stopped where the monitor has begun to drop it', async () => {
    let group: readonly MonitorNode[] = [PRIMARY, SECOND, THIRD]
    const stopped = () => {
      group = [PRIMARY, SECOND, { ...THIRD, reported: 'primary', assigned: 'dropped' }]
    }
    const { ran } = await refused(
      () => group,
      /lost/,
      () => {
        stopped()
        throw new Error('lost')
      },
    )
    assert.deepEqual(ran, ['stop'])
  })
})
