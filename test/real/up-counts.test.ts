// How many databases are up, where one starts for good: a standby that takes no queries.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { upCounts } from '../builders/up-counts.ts'
import { pollOnce } from '../fakes/poll-once.ts'
import { until } from '../wait.ts'
import { withCluster } from './embedded.ts'

describe('a standby with hot_standby = off', () => {
  test('is not up: in the topology, the status and the fleet alike', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
      const [standby] = standbys
      assert.ok(standby)
      await standby.setSetting('hot_standby', 'off')
      await standby.stop()
      const started = standby.start().catch(() => {})
      const { clusters } = configFromDsns([primary.dsn('pgdeck'), standby.dsn('pgdeck')], {})
      const [config] = clusters
      assert.ok(config)
      let found: Awaited<ReturnType<typeof pollOnce>> | null = null
      await until('it refuses queries', 20_000, async () => {
        found = await pollOnce(config)
        return found.picture.databases.some(({ status }) => status === 'starting')
      })
      const { state, picture } = (found as Awaited<ReturnType<typeof pollOnce>> | null) ?? assert.fail('never read')
      assert.deepEqual(picture.counts, { servers: { up: 0, of: 0 }, databases: { up: 1, of: 2 } })
      assert.deepEqual(await upCounts(state), { topology: '1 of 2 up', status: '1 of 2 up', fleet: '1/2' })
      await standby.stop()
      await started
    }))
})
