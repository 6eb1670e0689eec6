// While somebody looks, what other processes write to the trail is seen; a touched or unreadable trail is told.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { appendAuditLog } from '../../../src/io/audit/audit-log-writer.ts'
import type { AuditEntry } from '../../../src/model/events/audit-entry.ts'
import { createAuditLogWatch } from '../../../src/runtime/audit/audit-log-watch.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { aVault } from '../../builders/snapshot.ts'
import { scratch } from '../../config/scratch.ts'
import { until } from '../../wait.ts'

function following(context: TestContext) {
  const folder = join(scratch(context).folder, 'state')
  const store = createStore(initialState({ clusters: [aVault().spec], now: Date.now() }))
  const follower = createAuditLogWatch({ store, folder, everyMs: 5 })
  context.after(() => follower.close())
  return { folder, store, follower }
}

function entry(what: string): AuditEntry {
  const who = { user: 'bob', ssh: null, tty: null }
  return { at: Date.now(), who, cluster: 'vault', server: 'db-1', category: 'user', what, plan: null, result: null }
}

describe('following the trail', () => {
  test('shows what others write, the newest first, until nobody looks', async (context) => {
    const { folder, store, follower } = following(context)
    follower.follow(true)
    await until('the trail is found whole', 5_000, () => store.latest().auditVerification.state === 'whole')
    assert.deepEqual(store.latest().auditEntries, [])
    await appendAuditLog(folder, [entry('first'), entry('second')])
    await until('both are there', 5_000, () => store.latest().auditEntries.length === 2)
    assert.deepEqual(
      store.latest().auditEntries.map(({ what }) => what),
      ['second', 'first'],
    )
    const linesVerified = () => {
      const check = store.latest().auditVerification
      return check.state === 'whole' ? check.lines : null
    }
    await until('new lines are verified without delay', 5_000, () => linesVerified() === 2)
    follower.follow(false)
    await follower.close()
    const { auditEntries } = store.latest()
    await appendAuditLog(folder, [entry('third')])
    assert.equal(store.latest().auditEntries, auditEntries)
  })

  test('tells of a line that was changed', async (context) => {
    const { folder, store, follower } = following(context)
    await appendAuditLog(folder, [entry('first'), entry('second'), entry('third')])
    const file = join(folder, 'audit.jsonl')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"second"', '"secret"'))
    follower.follow(true)
    await until('the trail is found touched', 5_000, () => store.latest().auditVerification.state === 'touched')
    const check = store.latest().auditVerification
    assert.ok(check.state === 'touched')
    assert.equal(check.line, 3)
    assert.match(check.why, /does not follow the line before it/)
  })

  test('tells that it can’t be read', async (context) => {
    const { folder, store, follower } = following(context)
    mkdirSync(join(folder, 'audit.jsonl'), { recursive: true })
    follower.follow(true)
    await until('the trail is found unreadable', 5_000, () => store.latest().auditVerification.state === 'unreadable')
    const check = store.latest().auditVerification
    assert.match(check.state === 'unreadable' ? check.why : '', /EISDIR/)
  })
})
