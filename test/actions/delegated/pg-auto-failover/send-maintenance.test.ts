// The end of a maintenance whose fence has stopped the keeper too: every attempt starts one that does not report.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { lookAtMonitor } from '../../../../src/actions/delegated/pg-auto-failover/look.ts'
import { sendToMonitor } from '../../../../src/actions/delegated/pg-auto-failover/send.ts'

interface Now {
  readonly assigned: string
  readonly reportedAgo: number
}

const REQUEST = {
  ...{ call: 'maintenance-off', formation: 'default', node: 'node3', nodeId: 3, system: '7', old: null },
  ...{ database: 'db-3', host: 'h3', stop: [], startedAt: null, start: ['keeper', 'start'], prefix: [] },
  ...{ program: '', dataDirectory: null, create: [] },
}

/** The monitor and the host; `pass`: what the time between two looks brings. */
function monitorOf(first: Now, pass = (now: Now): Now => now) {
  let now = first
  const done: string[] = []
  const node = { id: 3, name: 'node3', group: 0, reported: 'maintenance', isHealthy: false, system: '7' }
  const host = {
    async run(argv: readonly string[]) {
      done.push(argv.join(' '))
      return { exitCode: 0, stdout: '', stderr: '' }
    },
  }
  const tools = {
    async managerSql({ text }: { readonly text: string }) {
      if (!text.includes('stop_maintenance')) return [{ node: { ...node, ...now }, sync: 1 }]
      done.push('stop_maintenance')
      now = { ...now, assigned: 'catchingup' }
      return [{ done: true }]
    },
    host: () => host,
    signal: new AbortController().signal,
    writeOutput: () => {},
    async wait() {
      now = pass(now)
    },
  } as unknown as ActionToolbox
  return { done, look: () => lookAtMonitor(REQUEST, tools), send: () => sendToMonitor(REQUEST, tools) }
}

describe('the end of a maintenance', () => {
  test('starts a keeper that is silent, and one that has just reported and is gone', async () => {
    const both = ['stop_maintenance', 'keeper start']
    const silent = monitorOf({ assigned: 'maintenance', reportedAgo: 60 })
    await silent.send()
    assert.deepEqual(silent.done, both)
    const late = monitorOf({ assigned: 'maintenance', reportedAgo: 1 }, (now) => ({ ...now, reportedAgo: 5 }))
    await late.send()
    assert.deepEqual(late.done, both)
    const alive = monitorOf({ assigned: 'maintenance', reportedAgo: 1 })
    await alive.send()
    assert.deepEqual(alive.done, both.slice(0, 1))
  })

  test('is not complete, and not asked of the monitor again, while its keeper is silent', async () => {
    const { look, send, done } = monitorOf({ assigned: 'catchingup', reportedAgo: 60 })
    const seen = await look()
    assert.equal(seen.state, 'unfinished')
    assert.match(seen.words, /its keeper has not reported for 60 s/)
    await send()
    assert.deepEqual(done, ['keeper start'])
    const open = await monitorOf({ assigned: 'catchingup', reportedAgo: 1 }).look()
    assert.equal(open.state, 'open')
  })
})
