// Promotions to a standby whose own setting asks for synchronous standbys, on real servers: they follow only in a later step.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAJORS, withCluster } from '../embedded.ts'
import { actingOnCluster, noteOf, prepareNumbers, SEEN_DOWN } from './promoting.ts'

const ENDS = [...new Set([Math.min(...MAJORS), Math.max(...MAJORS)])]

describe('a new primary that waits for synchronous standbys', { concurrency: 1 }, () => {
  for (const major of ENDS) {
    test(`has them after a promotion on PostgreSQL ${major}`, () =>
      withCluster({ major, standbys: 2 }, async (cluster) => {
        const { primary, standbys, nodes } = cluster
        const [first] = standbys
        assert.ok(first)
        await prepareNumbers(primary)
        await cluster.caughtUp()
        for (const node of nodes) await node.setSetting('synchronous_standby_names', 'ANY 1 (*)')
        await primary.stop()
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          const run = await acting.act('promote', first.name, {}, SEEN_DOWN)
          assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
          assert.equal(run.plan.checks.find(({ id }) => id === 'sync-standbys')?.result, 'pass')
          assert.doesNotMatch(noteOf(run, 'report'), /commits:/)
          await first.query('insert into numbers values (1)')
        } finally {
          await acting.close()
        }
      }))
  }

  test('and has none: the plan warns, the promotion ends, and its report says so', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys, nodes } = cluster
      const [first] = standbys
      assert.ok(first)
      await cluster.caughtUp()
      for (const node of nodes) await node.setSetting('synchronous_standby_names', '"standby-1"')
      await primary.stop()
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('promote', first.name, {}, SEEN_DOWN)
        assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
        assert.equal(run.plan.checks.find(({ id }) => id === 'sync-standbys')?.result, 'warn')
        assert.match(noteOf(run, 'report'), /commits: the next commit waits for a synchronous standby/)
      } finally {
        await acting.close()
      }
    }))
})
