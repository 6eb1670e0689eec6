// A recovery target that an earlier restore left in the settings never makes a primary of what starts as a standby.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, asOwner, commitNumbers, hostOf, isPrimary, numbersOn, prepareNumbers } from './promoting.ts'

/** As a restore leaves them behind: without effect on a primary, until it starts as a standby. */
async function leaveTarget(primary: PostgresNode, name: string, value: string): Promise<void> {
  await primary.setSetting(name, value)
  await primary.setSetting('recovery_target_action', 'promote')
}

async function replayed(node: PostgresNode): Promise<{ lsn: string | null }> {
  const [row] = await node.query<{ lsn: string | null }>('select pg_last_wal_replay_lsn()::text as lsn')
  return row ?? { lsn: null }
}

describe('with a recovery target in its settings', () => {
  test('the old primary of a switchover comes back as a standby, and stays one', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary } = cluster
      const standby = cluster.standbys[0] ?? assert.fail('there is a standby')
      await leaveTarget(primary, 'recovery_target', 'immediate')
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('switchover', 'standby-1')
        assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
        assert.deepEqual([await isPrimary(standby), await isPrimary(primary)], [true, false])
      } finally {
        await acting.close()
      }
    }))

  test('a primary that was fenced in a crash stays a standby when somebody starts it', () =>
    withCluster({}, async (cluster) => {
      const { primary } = cluster
      const ctl = ['-D', primary.dataDirectory, '-m', 'immediate', '-w']
      const host = { ...hostOf(primary), stop: asOwner(primary, [`${primary.binaries.bin}/pg_ctl`, 'stop', ...ctl]) }
      const database = { name: 'primary', dsn: primary.dsn('postgres'), host: 'host-primary' }
      const acting = await actingOn({ databases: [database], hosts: [host] })
      try {
        await prepareNumbers(primary)
        const [, , third] = await commitNumbers(primary, 1, 10)
        await leaveTarget(primary, 'recovery_target_lsn', third?.lsn ?? assert.fail('it was committed'))
        const run = await acting.act('fence', 'primary')
        assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
        await primary.start()
        // At the target it would take a moment to become one.
        const { lsn } = await replayed(primary)
        await until('it has replayed all of its log', 10_000, async () => (await replayed(primary)).lsn === lsn)
        assert.equal((await numbersOn(primary)).length, 10)
        assert.equal(await isPrimary(primary), false)
      } finally {
        await acting.close()
      }
    }))
})
