// A rolling restart of real clusters: who is restarted, in which order, and that nothing is left behind.

import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../../src/demo/postgres/start-postgres.ts'
import { END_MAJORS, withCluster } from '../../embedded.ts'
import { actingOnCluster, isPrimary } from '../promoting.ts'

async function setting(node: PostgresNode): Promise<string> {
  const [row] = await node.query<{ max: string }>(`select current_setting('max_connections') as max`)
  return row?.max ?? ''
}

/** Waits for a restart on every node: a standby must not have less than its primary. */
async function changeEverywhere(nodes: readonly PostgresNode[]): Promise<void> {
  for (const node of nodes) {
    await node.query('alter system set max_connections = 123')
    await node.query('select pg_reload_conf()')
  }
}

for (const major of END_MAJORS) {
  test(`PostgreSQL ${major}: standbys first, then a switchover; every node has the new setting`, () =>
    withCluster({ major, standbys: 2 }, async (cluster) => {
      const { nodes, primary } = cluster
      await changeEverywhere(nodes)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('rolling-restart', null)
        assert.equal(
          run.state,
          'done',
          `${run.why}; ${JSON.stringify(run.plan.checks.filter(({ result }) => result === 'fail'))}`,
        )
        const ids = run.steps.map(({ id }) => id)
        assert.ok(ids.indexOf('streams-standby-1') < ids.indexOf('stop-old-primary'))
        assert.ok(
          ids.indexOf('streams-standby-1') < ids.indexOf('stop-standby-2') ||
            ids.indexOf('streams-standby-2') < ids.indexOf('stop-standby-1'),
        )
        assert.deepEqual(await Promise.all(nodes.map(setting)), ['123', '123', '123'])
        assert.equal(await isPrimary(primary), false)
        assert.equal((await Promise.all(nodes.map(isPrimary))).filter((each) => each).length, 1)
      } finally {
        await acting.close()
      }
    }))
}

describe('rolling restart', () => {
  test('without a standby, or without the switchover: the primary stays the primary', () =>
    withCluster({}, async (cluster) => {
      const { primary, nodes } = cluster
      await changeEverywhere(nodes)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await assert.rejects(acting.act('rolling-restart', null, { switchover: 'true' }), /no standby can take over/)
        const run = await acting.act('rolling-restart', null)
        assert.equal(run.state, 'done', run.why ?? '')
        assert.match(run.plan.impact.statement, /nobody can write/)
        assert.deepEqual([await setting(primary), await isPrimary(primary)], ['123', true])
      } finally {
        await acting.close()
      }
    }))

  test('a standby that would not come back: nothing is stopped', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const [standby] = cluster.standbys
      assert.ok(standby)
      appendFileSync(join(standby.dataDirectory, 'postgresql.auto.conf'), `work_mem = 'much'\n`)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('rolling-restart', null)
        assert.equal(run.state, 'blocked')
        assert.match(run.plan.checks.find(({ id }) => id === 'files')?.message ?? '', /standby-1 would not start again/)
      } finally {
        await acting.close()
      }
    }))
})
