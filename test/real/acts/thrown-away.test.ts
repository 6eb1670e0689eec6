// An act that throws away what only an old primary holds says that it loses data, whichever way it goes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runDocument } from '../../../src/model/runs/run-document.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, commitNumbers, prepareNumbers } from './promoting.ts'

describe('with commits that only the old primary has', () => {
  test('failback and rebuild-replica are data-loss unless the old data is kept', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary } = cluster
      const standby = cluster.standbys[0] ?? assert.fail('there is a standby')
      await prepareNumbers(primary)
      await cluster.caughtUp()
      await standby.stop('fast')
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await commitNumbers(primary, 1, 5)
        await acting.look()
        await primary.kill()
        await standby.start()
        const promoted = await acting.act('promote', 'standby-1')
        assert.equal(promoted.state, 'done', promoted.why ?? '')
        const costOf = async (action: string, input: Readonly<Record<string, string>>) => {
          const { danger, impact } = runDocument(await acting.executor.propose({ action, target: 'primary', input }))
          return [danger, impact.lossBytes]
        }
        assert.deepEqual(await costOf('failback', { by: 'rebuild', 'keep-old': 'false' }), ['data-loss', null])
        assert.deepEqual(await costOf('failback', { by: 'rebuild' }), ['outage', 0])
        assert.deepEqual(await costOf('rebuild-replica', {}), ['data-loss', null])
        assert.deepEqual(await costOf('rebuild-replica', { 'keep-old': 'true' }), ['outage', 0])
      } finally {
        await acting.close()
      }
    }))

  test('a standby that is rebuilt loses nothing', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const plan = await acting.executor.propose({ action: 'rebuild-replica', target: 'standby-1', input: {} })
        const { danger, impact } = runDocument(plan)
        assert.deepEqual([danger, impact.lossBytes], ['outage', 0])
      } finally {
        await acting.close()
      }
    }))
})
