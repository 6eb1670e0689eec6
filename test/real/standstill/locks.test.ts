// Waits for locks on real servers: how many wait, how long, and the session at the end of the chain.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../wait.ts'
import { assertCause, outside, seen, watching } from '../diagnosing.ts'
import { END_MAJORS, withCluster } from '../embedded.ts'
import { onStage } from '../situations.ts'

const LIMITS = { alerts: { lockWaits: { warning: '3s', critical: '1h' } } }

for (const major of END_MAJORS) {
  test(`PostgreSQL ${major}: the root of a chain is named; who queues for an advisory lock is not told`, () =>
    withCluster({ major, standbys: 0 }, ({ primary }) =>
      onStage(primary, async ({ session, hang, untilTrue }) => {
        await primary.query('create table item (id int primary key, n int)')
        await primary.query('insert into item values (1, 1), (2, 2)')
        const named = ['root', 'middle', 'last', 'leader', 'follower'].map((name) => session(name))
        const [root, middle, last, leader, follower] = await Promise.all(named)
        assert.ok(root && middle && last && leader && follower)
        await leader.client.query('select pg_advisory_lock(1)')
        hang(follower, 'select pg_advisory_lock(1)')
        await root.client.query('begin; update item set n = 0 where id = 1')
        await middle.client.query('begin; update item set n = 0 where id = 2')
        const waits = (pid: number) =>
          untilTrue(`${pid} waits`, `exists (select from pg_locks where pid = ${pid} and not granted)`)
        await waits(follower.pid)
        // Who waits longest waits for one that began to wait later.
        hang(last, 'update item set n = 1 where id = 2')
        await waits(last.pid)
        hang(middle, 'update item set n = 1 where id = 1')
        await waits(middle.pid)
        await watching({ ...outside(seen('p', primary)), ...LIMITS }, async ({ poll, store, diagnose }) => {
          const told = () => store.latest().clusters[0]?.picture?.databases[0]?.pulse?.lockWaits
          const alertNow = () => store.latest().clusters[0]?.picture?.alerts.find(({ rule }) => rule === 'lock-waits')
          await until('the wait is told', 20_000, async () => {
            await poll()
            return alertNow() !== undefined
          })
          const behind = told()?.longest?.behind
          assert.deepEqual(
            [told()?.count, behind?.pid, behind?.application, behind?.state, behind?.waits, behind?.others],
            [2, root.pid, 'root', 'idle in transaction', false, 0],
          )
          assert.match(
            alertNow()?.message ?? '',
            new RegExp(
              `^p: 2 sessions wait for locks, the longest for \\d+ s, behind process ${root.pid} \\(root, idle`,
            ),
          )
          assertCause(await diagnose('p'), 'lock-waits', /2 sessions wait for locks/)
          await root.client.query('rollback')
          await middle.client.query('rollback')
          await until('nobody waits', 20_000, async () => {
            await poll()
            return told()?.count === 0
          })
          assert.equal(told()?.longest, null)
        })
      }),
    ))
}
