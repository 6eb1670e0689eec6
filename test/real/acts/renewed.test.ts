// A plan that lay for a while is made again before it runs, and is not run where it has become another one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAuditLog } from '../../../src/io/audit/audit-log-reader.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'

/** As if it had been planned an hour ago. */
function old(run: Run): Run {
  return { ...run, plan: { ...run.plan, plannedAt: Date.now() - 3_600_000 } }
}

const YES = { answer: { kind: 'yes' }, givenBy: 'test', skips: {} } as const

test('the checks count as they are when it is confirmed', async () => {
  await withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
    const [standby] = standbys
    assert.ok(standby)
    const databases = [
      { name: 'db-1', dsn: primary.dsn() },
      { name: 'db-2', dsn: standby.dsn() },
    ]
    const acting = await actingOn({ databases })
    try {
      const pause = await acting.executor.propose({ action: 'pause-replay', target: 'db-2', input: {} })
      const fine = await acting.executor.start(old(pause), YES)
      assert.equal(fine.state, 'done', fine.why ?? '')
      assert.ok(Date.now() - fine.plan.plannedAt < 60_000, 'it was planned anew')
      const resume = await acting.executor.propose({ action: 'resume-replay', target: 'db-2', input: {} })
      await standby.query('SELECT pg_wal_replay_resume()')
      await until('replay goes on', 5_000, async () => {
        const [row] = await standby.query<{ paused: boolean }>('SELECT pg_is_wal_replay_paused() AS paused')
        return row?.paused === false
      })
      await assert.rejects(acting.executor.start(old(resume), YES), /replay is not paused/)
      const last = (await readAuditLog({ folder: acting.folder })).at(-1)
      assert.match(last?.what ?? '', /^resume-replay db-2: refused: /)
    } finally {
      await acting.close()
    }
  })
})

test('a session that has gone meanwhile is not taken for another', async () => {
  await withCluster({}, async ({ primary }) => {
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
    try {
      const [walwriter] = await primary.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'`,
      )
      const input = { pid: String(walwriter?.pid) }
      await assert.rejects(
        acting.executor.propose({ action: 'terminate-session', target: 'db-1', input }),
        /no client session/,
      )
    } finally {
      await acting.close()
    }
  })
})
