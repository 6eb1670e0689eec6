// Standbys that follow a new primary only later, on real servers: replay that is delayed or paused holds them back.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { until } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { actingOnCluster, commitNumbers, noteOf, numbersOn, prepareNumbers, SEEN_DOWN } from './promoting.ts'

async function unreplayed(standby: PostgresNode): Promise<boolean> {
  const [row] = await standby.query<{ left: boolean }>(
    'select pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn() as left',
  )
  return row?.left ?? false
}

const NEWEST = Math.max(...MAJORS)

describe('a standby that replays later', () => {
  const cases = [
    {
      major: 14,
      title: 'because it is late on purpose',
      hold: (late: PostgresNode) => late.setSetting('recovery_min_apply_delay', '1h'),
      free: (late: PostgresNode) => late.setSetting('recovery_min_apply_delay', '0'),
      why: /standby-2 replays with a delay of 1 h/,
    },
    {
      major: NEWEST,
      title: 'because its replay is paused',
      hold: (late: PostgresNode) => late.query('select pg_wal_replay_pause()'),
      free: (late: PostgresNode) => late.query('select pg_wal_replay_resume()'),
      why: /replay of standby-2 is paused/,
    },
  ]
  for (const { major, title, hold, free, why } of cases.filter(({ major: each }) => MAJORS.includes(each))) {
    test(`${title} does not end a promotion, and streams once it replays, on PostgreSQL ${major}`, () =>
      withCluster({ major, standbys: 2 }, async (cluster) => {
        const { primary, standbys } = cluster
        const [first, late] = standbys
        assert.ok(first && late)
        await prepareNumbers(primary)
        await cluster.caughtUp()
        await hold(late)
        await commitNumbers(primary, 1, 3)
        await until('the late one has WAL to replay', 20_000, () => unreplayed(late))
        await primary.stop()
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          const run = await acting.act('promote', first.name, {}, SEEN_DOWN)
          assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
          const check = run.plan.checks.find(({ id }) => id === 'followers-replay')
          assert.deepEqual(check?.result, 'warn')
          assert.match(check?.message ?? '', why)
          assert.match(noteOf(run, 'repoint-followers'), /standby-2 is pointed at .* and streams from there only later/)
          await free(late)
          await first.query('insert into numbers values (4)')
          await until('it has what the new primary wrote', 30_000, async () => (await numbersOn(late)).includes(4))
        } finally {
          await acting.close()
        }
      }))
  }
})
