// A recorded trace as a test: a primary that is stopped under its standby. Ids and statuses are wire words, so that only a
// change of what is derived fails here, and no change of wording.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { subjectText } from '../../src/model/picture/subject.ts'
import { replayTrace } from '../../src/state/trace/replay.ts'
import { parseTrace } from '../../src/state/trace/trace-format.ts'

const TRACE = parseTrace(readFileSync(new URL('primary-lost.jsonl', import.meta.url), 'utf8'))

/** What is derived at so many seconds after the start. */
function derivedAt(seconds: number) {
  const [cluster] = replayTrace(TRACE, { until: TRACE.head.initial.now + seconds * 1_000 }).clusters
  assert.ok(cluster?.picture)
  const { health, serving, alerts, databases } = cluster.picture
  return {
    health,
    serving,
    alerts: alerts.map(({ rule, subject }) => `${rule} ${subjectText(subject)}`),
    databases: databases.map(({ id, role, status }) => `${id} ${role} ${status}`),
    measured: cluster.databases.map(({ pulse }) => pulse.state),
  }
}

test('while both answer, the primary serves and nothing is wrong', () => {
  assert.deepEqual(derivedAt(2.5), {
    health: 'ok',
    serving: { id: 'db-a', access: 'read-write' },
    alerts: [],
    databases: ['db-a primary active', 'db-b replica streaming'],
    measured: ['fresh', 'fresh'],
  })
})

test('once the primary refuses connections, nobody serves, and what it last said is kept', () => {
  assert.deepEqual(derivedAt(5), {
    health: 'critical',
    serving: null,
    alerts: ['nobody-serves vault', 'database-inactive db-a'],
    databases: ['db-a primary inactive', 'db-b replica disconnected'],
    measured: ['stale', 'fresh'],
  })
})
