// The audits of application servers are read while they are shown: on from where they were, a failing one beside the others.

import assert from 'node:assert/strict'
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadConfig } from '../../../src/config/load.ts'
import { createPoller } from '../../../src/runtime/polling/poller.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { closedFirst, scratch } from '../../config/scratch.ts'
import { until } from '../../wait.ts'

function line(what: string): string {
  return `${JSON.stringify({ time: new Date().toISOString(), who: 'ann', what })}\n`
}

function watched(context: TestContext) {
  const { folder, write } = scratch(context)
  const [one, other] = ['one.log', 'other.log'].map((name) => join(folder, name))
  assert.ok(one && other)
  writeFileSync(one, line('first'))
  const server = { url: 'http://127.0.0.1:1/', database: 'db-1', host: 'h1' }
  const cluster = {
    name: 'vault',
    databases: [{ name: 'db-1', dsn: 'postgresql://pgdeck@127.0.0.1:1/postgres' }],
    hosts: [{ name: 'h1', local: true }],
    servers: [
      { ...server, name: 'app-1', type: 'primary', audit: [{ file: one }, { file: other, category: 'task' }] },
      { ...server, name: 'app-2', type: 'secondary' },
    ],
  }
  const path = write('pgdeck.json', JSON.stringify({ clusters: [cluster] }))
  const { clusters } = loadConfig({ path, env: {}, cwd: folder })
  const store = createStore(initialState({ clusters: clusters.map(({ spec }) => spec), now: Date.now() }))
  const poller = createPoller({ store, clusters })
  closedFirst(context, () => poller.stop())
  const audits = () => store.latest().clusters[0]?.servers[0]?.audits ?? []
  const whats = () => audits().map(({ entries }) => entries.map(({ what }) => what))
  return { one, other, store, poller, audits, whats }
}

test('each source is read by itself, and on from where it was', async (context) => {
  const { one, other, poller, audits, whats, store } = watched(context)
  assert.deepEqual(audits(), [])
  await poller.readAudits()
  assert.deepEqual(whats(), [['first'], []])
  assert.match(audits()[1]?.fault?.message ?? '', /there is no file .*other\.log/)
  assert.equal(store.latest().clusters[0]?.servers[1]?.audits?.length ?? 0, 0)

  appendFileSync(one, line('second'))
  writeFileSync(other, line('backup'))
  await poller.readAudits()
  assert.deepEqual(whats(), [['second', 'first'], ['backup']])
  assert.deepEqual([audits()[1]?.fault, audits()[1]?.entries[0]?.category], [null, 'task'])

  rmSync(one)
  await poller.readAudits()
  assert.match(audits()[0]?.fault?.message ?? '', /there is no file/)
  assert.deepEqual(whats()[0], ['second', 'first'], 'a fault erases nothing')
})

test('nothing is read before the view is open', async (context) => {
  const { poller, audits, whats } = watched(context)
  await poller.once()
  assert.deepEqual(audits(), [])
  poller.start()
  poller.setAuditsRead(true)
  await until('the entries are there', 20_000, () => whats()[0]?.[0] === 'first')
})
