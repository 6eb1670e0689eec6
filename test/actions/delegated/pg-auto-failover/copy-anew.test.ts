// A node that is built anew is stopped only where the monitor may lose it, and is not left stopped by a refusal.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { copyAnew } from '../../../../src/actions/delegated/pg-auto-failover/copy-anew.ts'
import type { MonitorNode } from '../../../../src/actions/delegated/pg-auto-failover/monitor.ts'
import type { MonitorRequest } from '../../../../src/actions/delegated/pg-auto-failover/request.ts'
import { scratch } from '../../../config/scratch.ts'

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

interface Place {
  readonly onStop?: () => void
  /** Of a real directory: its scripts are run here. */
  readonly request?: MonitorRequest
}

/** Resolves to the commands of the host and what was said, until the copy is refused for that. */
async function refused(
  nodes: () => readonly MonitorNode[],
  why: RegExp,
  { onStop = () => {}, request = REQUEST }: Place = {},
) {
  const ran: string[] = []
  const said: string[] = []
  let isUp = true
  const host = {
    name: 'h3',
    async run([program = '', word = '', ...words]: readonly string[]) {
      if (program === 'sh' && request !== REQUEST) return ranBy(program, word, ...words)
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
  await assert.rejects(copyAnew(request, tools as unknown as ActionToolbox), why)
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
    const onStop = () => {
      stopped()
      throw new Error('lost')
    }
    assert.deepEqual((await refused(() => group, /lost/, { onStop })).ran, ['stop'])
  })
})

describe('data that could not be replaced', { skip: process.platform === 'win32' }, () => {
  test('stay where they are, and the keeper runs on', async (context) => {
    const { folder } = scratch(context)
    const request = requestIn(folder, 'node3')
    const { dataDirectory } = request
    const all = () => [PRIMARY, SECOND, THIRD]
    renameSync(join(dataDirectory, 'pg_wal'), join(folder, 'wal'))
    symlinkSync(join(folder, 'wal'), join(dataDirectory, 'pg_wal'))
    assert.deepEqual((await refused(all, /can’t be replaced: pg_wal of \S+ is a link/, { request })).ran, [])
    symlinkSync(dataDirectory, join(folder, 'link'))
    const linked = { ...request, dataDirectory: join(folder, 'link') }
    assert.deepEqual((await refused(all, /can’t be replaced: \S+ is a link/, { request: linked })).ran, [])
    assert.ok(existsSync(join(dataDirectory, 'PG_VERSION')))
  })

  test('of a node that somebody has made there meanwhile are not removed', async (context) => {
    const request = requestIn(scratch(context).folder, 'node_7')
    await refused(() => [PRIMARY, SECOND], /is that of node_7 now, and not of node3/, { request })
    assert.ok(existsSync(join(request.dataDirectory, 'PG_VERSION')))
    const own = requestIn(scratch(context).folder, 'node3')
    await refused(() => [PRIMARY, SECOND], /has ended, and the monitor lists no node3/, { request: own })
    assert.equal(existsSync(own.dataDirectory), false)
  })
})

/** A data directory, and a pg_autoctl with a keeper of that name there. */
function requestIn(folder: string, name: string) {
  const dataDirectory = join(folder, 'data')
  mkdirSync(join(dataDirectory, 'pg_wal'), { recursive: true })
  writeFileSync(join(dataDirectory, 'PG_VERSION'), '15\n')
  const program = join(folder, 'pg_autoctl')
  const answers = `case "$*" in *pg_autoctl.name) echo ${name};; show*) echo ${folder}/state;; *) exit 0;; esac`
  writeFileSync(program, `#!/bin/sh\n${answers}\n`, { mode: 0o755 })
  return { ...REQUEST, program, dataDirectory }
}

function ranBy(program: string, ...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' })
  return { exitCode: status, stdout, stderr }
}
