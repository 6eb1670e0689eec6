// What happens in a store reaches the audit trail, and a disk that can't take it disturbs nothing.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { readAuditLog, verifyAuditLog } from '../../../src/io/audit/audit-log-reader.ts'
import { startAuditRecorder } from '../../../src/runtime/audit/audit-recorder.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { aFault, aPrimaryPulse, aServerPulse, aStandbyPulse, aVault } from '../../builders/snapshot.ts'
import { scratch } from '../../config/scratch.ts'
import { until } from '../../wait.ts'

const { spec } = aVault()
const WHO = { user: 'ann', ssh: '10.0.0.9', tty: '/dev/pts/1' }

function watched(context: TestContext, folder = join(scratch(context).folder, 'state')) {
  const store = createStore(initialState({ clusters: [spec], now: Date.now() }))
  const trail = startAuditRecorder({ store, folder, who: WHO })
  context.after(() => trail.close())
  const round = (replica: boolean) => {
    const about = { cluster: spec.name, at: Date.now() }
    store.dispatch({ type: 'database-probed', ...about, id: 'db-1', outcome: { ok: true, value: aPrimaryPulse() } })
    const outcome = replica
      ? ({ ok: true, value: aStandbyPulse() } as const)
      : ({ ok: false, fault: aFault('refused') } as const)
    store.dispatch({ type: 'database-probed', ...about, id: 'db-ro', outcome })
    for (const { id } of spec.servers) {
      store.dispatch({ type: 'server-probed', ...about, id, outcome: { ok: true, value: aServerPulse() } })
    }
    store.dispatch({ type: 'derive-requested', at: Date.now() })
  }
  return { store, trail, round, folder }
}

describe('trail', () => {
  test('each state change is one line, the oldest first, with who watched', async (context) => {
    const { trail, round, store, folder } = watched(context)
    round(true)
    round(false)
    round(false)
    round(true)
    await trail.close()
    const entries = await readAuditLog({ folder, server: 'db-ro' })
    assert.deepEqual(
      entries.map(({ what }) => what.replace(/ after .*/, '')),
      ['inactive: refused (127.0.0.1:5432)', 'streaming again'],
    )
    for (const { who, cluster, category, plan, result } of entries) {
      assert.deepEqual([who, cluster, category, plan, result], [WHO, spec.name, 'resource', null, null])
    }
    const all = await readAuditLog({ folder })
    assert.equal(all.length, store.latest().clusters[0]?.events.length)
    assert.equal((await verifyAuditLog(folder)).ok, true)
  })

  test('the store holds what the trail held before and what is added, the newest first', async (context) => {
    const first = watched(context)
    first.round(true)
    first.round(false)
    await first.trail.close()
    const second = watched(context, first.folder)
    await until('the trail is read', 2_000, () => second.store.latest().auditEntries.length > 0)
    second.round(false)
    second.round(true)
    await second.trail.close()
    const kept = await readAuditLog({ folder: first.folder })
    assert.ok(kept.length > (second.store.latest().clusters[0]?.events.length ?? 0))
    assert.deepEqual(second.store.latest().auditEntries, kept.toReversed())
  })

  test('what people do is noted too', async (context) => {
    const { trail, folder } = watched(context)
    const what = 'silenced replication-lag of db-ro: index build'
    trail.note({ cluster: spec.name, server: 'db-ro', category: 'user', what, plan: null, result: null })
    await trail.close()
    assert.deepEqual(
      (await readAuditLog({ folder, category: 'user' })).map((entry) => [entry.what, entry.who.user]),
      [[what, 'ann']],
    )
  })

  test('a folder that can not be written to is told once, and what happened is written when it can be', async (context) => {
    const { write, folder } = scratch(context)
    const blocked = write('state', 'a file where the folder should be')
    context.mock.timers.enable({ apis: ['setTimeout'] })
    const { trail, round, store } = watched(context, join(folder, 'state'))
    const notices: string[] = []
    store.subscribe(() => {
      const { notice } = store.published()
      if (notice && notices.at(-1) !== notice.text) notices.push(notice.text)
    })
    const moment = () => new Promise((resolve) => setImmediate(resolve))
    round(true)
    for (const replica of [false, true, false]) {
      round(replica)
      context.mock.timers.tick(10_000)
      for (let turn = 0; turn < 20; turn += 1) await moment()
    }
    assert.equal(notices.length, 1, notices.join('\n'))
    assert.match(notices[0] ?? '', /^audit log: .*pgdeck continues to watch$/)
    assert.equal(store.latest().clusters[0]?.databases.length, 2)
    rmSync(blocked)
    context.mock.timers.reset()
    round(true)
    await trail.close()
    assert.equal((await readAuditLog({ folder: join(folder, 'state'), server: 'db-ro' })).length, 4)
  })
})
