// Failover slots (PostgreSQL 17 and newer) over changes of roles on real servers: they continue on each new primary.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { until } from '../../wait.ts'
import { MAJORS, type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster, noteOf } from './promoting.ts'

const SLOT = 'sub'
const DROP = `drop-own-slot-${SLOT}`
const settings = { wal_level: 'logical', hot_standby_feedback: 'on' }

/** Copies the slot to the standby; what it needs of the primary arrives a moment later. */
async function synchronize(primary: PostgresNode, standby: PostgresNode): Promise<void> {
  await until(`${standby.name} has a synchronized copy`, 20_000, async () => {
    await primary.query('select pg_log_standby_snapshot()')
    await primary.query('select count(*) from pg_logical_slot_get_changes($1, null, null)', [SLOT])
    await standby.query('select pg_sync_replication_slots()').catch(() => {})
    const [copy] = await slotsOn(standby)
    return copy?.synced === true && !copy.temporary
  })
}

function slotsOn(node: PostgresNode) {
  return node.query<{ synced: boolean; temporary: boolean }>(
    'select synced, temporary from pg_replication_slots where slot_name = $1',
    [SLOT],
  )
}

async function prepare({ primary, standbys: [standby] }: TestCluster): Promise<PostgresNode> {
  assert.ok(standby)
  const [row] = await standby.query<{ source: string }>(`select current_setting('primary_conninfo') as source`)
  await standby.setSetting('primary_conninfo', `${row?.source} dbname=postgres`)
  await primary.query(`select pg_create_logical_replication_slot($1, 'test_decoding', false, false, true)`, [SLOT])
  await synchronize(primary, standby)
  return standby
}

const NEWEST = Math.max(...MAJORS)

describe('a failover slot', { concurrency: 2 }, () => {
  for (const major of MAJORS.filter((each) => each >= 17)) {
    test(`continues over a switchover, and over the one back, on PostgreSQL ${major}`, () =>
      withCluster({ major, standbys: 1, settings }, async (cluster) => {
        const { primary } = cluster
        const standby = await prepare(cluster)
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          const over = await acting.act('switchover', standby.name)
          assert.equal(over.state, 'done', `${over.why}\n${JSON.stringify(over.steps, null, 1)}`)
          assert.equal(noteOf(over, DROP), `there is no own slot ${SLOT}`)
          await synchronize(standby, primary)
          const back = await acting.act('switchover', primary.name)
          assert.equal(back.state, 'done', `${back.why}\n${JSON.stringify(back.steps, null, 1)}`)
          assert.ok(!back.steps.some(({ id }) => id === DROP), 'a slot that was a copy itself is taken up again')
          await synchronize(primary, standby)
        } finally {
          await acting.close()
        }
      }))
  }

  const lacks = NEWEST < 17 ? 'no PostgreSQL 17 or newer' : false
  test('is copied again to an old primary that returns with its data', { skip: lacks }, () =>
    withCluster({ major: NEWEST, standbys: 1, settings }, async (cluster) => {
      const { primary } = cluster
      const standby = await prepare(cluster)
      await primary.query(`select pg_create_logical_replication_slot('stays', 'test_decoding')`)
      await cluster.caughtUp()
      const acting = await actingOnCluster(cluster, 'hosts')
      await acting.look()
      await primary.stop()
      try {
        const promoted = await acting.act('promote', standby.name)
        assert.equal(promoted.state, 'done', promoted.why ?? '')
        const run = await acting.act('failback', primary.name)
        assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
        assert.equal(noteOf(run, DROP), `there is no own slot ${SLOT}`)
        const [left, ...more] = run.plan.impact.orphans.filter((text) => text.startsWith('logical'))
        assert.match(left ?? '', /^logical slot stays of primary retains WAL there, and rows of standby-1/)
        assert.deepEqual(more, [])
        await synchronize(standby, primary)
      } finally {
        await acting.close()
      }
    }),
  )
})
