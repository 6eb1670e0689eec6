// A report with parallel workers on real servers: its processes are one session, which waits once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import { openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import { lockTree } from '../../src/model/sessions/lock-graph.ts'
import { activityProbe } from '../../src/probes/database/activity/activity.ts'
import { locksProbe } from '../../src/probes/database/locks/locks.ts'
import { pulseProbe } from '../../src/probes/database/pulse/pulse.ts'
import { patiently } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { onStage } from './situations.ts'

const NEVER = new AbortController().signal
const FUNCTION = `create function rate(i int) returns bigint language plpgsql parallel safe as
  $$ begin return (select count(*) from rates); end $$`
const CHEAP = ['parallel_setup_cost', 'parallel_tuple_cost', 'min_parallel_table_scan_size']

for (const major of new Set([MAJORS[0], MAJORS.at(-1)])) {
  if (major === undefined) continue
  test(`PostgreSQL ${major}: workers that wait for the lock that their leader waits for`, () =>
    withCluster({ major }, ({ primary }) =>
      onStage(primary, async ({ session: open, hang, untilTrue }) => {
        await primary.query('create table big as select generate_series(1, 50000) i')
        await primary.query('create table rates (i int)')
        await primary.query('analyze big')
        await primary.query(FUNCTION)
        const holder = await open('holder')
        await holder.client.query('begin; lock table rates')
        const report = await open('report')
        for (const name of CHEAP) await report.client.query(`set ${name} = 0`)
        await report.client.query('set max_parallel_workers_per_gather = 2')
        hang(report, 'select sum(rate(i)) from big')
        await untilTrue(
          'leader and workers wait',
          `(select count(*) = 2 from pg_stat_activity where wait_event_type = 'Lock' and leader_pid = ${report.pid})
           and (select wait_event_type = 'Lock' from pg_stat_activity where pid = ${report.pid})`,
        )
        const session = openDatabaseSession({
          connection: parseDsn(primary.dsn('pgdeck'), {}),
          passwordCommand: null,
          timeoutMs: patiently(5_000),
        })
        try {
          const { sessions } = await pulseProbe.read({ session }, NEVER)
          assert.deepEqual([sessions.waiting, sessions.active, sessions.idleInTransaction], [1, 1, 1])
          const tree = lockTree(await locksProbe.read({ session }, NEVER))
          assert.deepEqual(
            tree.map((row) => row.kind === 'session' && [row.session.pid, row.workers.length, row.waitingBehind]),
            [
              [holder.pid, 0, 1],
              [report.pid, 2, 0],
            ],
          )
          const { sessions: rows } = await activityProbe.read({ session }, NEVER)
          assert.equal(rows.filter(({ leader }) => leader === report.pid).length, 2)
        } finally {
          await session.close()
        }
      }),
    ))
}
