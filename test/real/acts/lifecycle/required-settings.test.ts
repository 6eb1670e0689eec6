// Restarts with settings that a standby must not have smaller than its primary: every server has to come back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PostgresNode } from '../../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../../src/model/runs/run.ts'
import { END_MAJORS, withCluster } from '../../embedded.ts'
import { actingOnCluster, isPrimary } from '../promoting.ts'

const checkOf = ({ plan }: Run, id: string) => plan.checks.find((check) => check.id === id)

async function waitsFor(node: PostgresNode, connections: number): Promise<void> {
  await node.query(`alter system set max_connections = ${connections}`)
  await node.query('select pg_reload_conf()')
}

async function connections(node: PostgresNode): Promise<string | undefined> {
  const [row] = await node.query<{ max: string }>(`select current_setting('max_connections') as max`)
  return row?.max
}

for (const major of END_MAJORS) {
  test(`PostgreSQL ${major}: lowered: no standby is stopped before its primary runs with less, nor made of it`, () =>
    withCluster({ major, standbys: 1 }, async (cluster) => {
      const { nodes, primary } = cluster
      for (const node of nodes) await waitsFor(node, 20)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const early = await acting.act('restart', 'standby-1')
        assert.equal(early.state, 'blocked')
        assert.match(
          checkOf(early, 'lowered-settings')?.message ?? '',
          /standby-1 would not start with less than primary has: max_connections \(\d+, then 20\)/,
        )
        assert.equal((await acting.act('rolling-restart', null)).state, 'blocked')
        const over = await acting.act('switchover', 'standby-1')
        assert.equal(over.state, 'blocked')
        assert.match(checkOf(over, 'old-primary-settings')?.hint ?? '', /pgdeck do restart primary$/)

        const first = await acting.act('restart', 'primary')
        assert.equal(first.state, 'done', first.why ?? '')
        const then = await acting.act('restart', 'standby-1')
        assert.equal(then.state, 'done', `${then.why}; ${checkOf(then, 'lowered-settings')?.message}`)
        assert.deepEqual(await Promise.all(nodes.map(connections)), ['20', '20'])
        assert.equal(await isPrimary(primary), true)
      } finally {
        await acting.close()
      }
    }))
}

test('raised on the primary alone: the plan names the standby whose replay would pause', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    await waitsFor(cluster.primary, 500)
    const acting = await actingOnCluster(cluster, 'hosts')
    try {
      const run = await acting.executor.propose({ action: 'restart', target: 'primary', input: {} })
      assert.equal(checkOf(run, 'raised-settings')?.result, 'warn')
      assert.match(checkOf(run, 'raised-settings')?.message ?? '', /standby-1 has less than primary gets/)
    } finally {
      await acting.close()
    }
  }))
