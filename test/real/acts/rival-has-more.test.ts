// What another standby has received, the old primary has written: promoting one that lacks it loses at least that.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { runDocument } from '../../../src/model/runs/run-document.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, commitNumbers, numbersOn, prepareNumbers } from './promoting.ts'

describe('promotion of a standby that lacks what another one has', () => {
  test('loses at least the difference, also where the primary was not read since', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [behind, ahead] = standbys
      assert.ok(behind && ahead)
      await prepareNumbers(primary)
      await commitNumbers(primary, 1, 5)
      await cluster.caughtUp()
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await acting.look()
        await behind.setSetting('primary_conninfo', null)
        await until('it is cut off', 10_000, async () => {
          return (await behind.query('select from pg_stat_wal_receiver')).length === 0
        })
        await primary.query(
          'create table many as select n, repeat(md5(n::text), 20) as text from generate_series(1, 20000) as n',
        )
        await commitNumbers(primary, 6, 10)
        await until('the other has it', 10_000, async () => (await numbersOn(ahead)).length === 10)
        await primary.kill()
        const { impact, danger } = runDocument(
          await acting.executor.propose({ action: 'promote', target: behind.name, input: {} }),
        )
        const [row] = await ahead.query<{ bytes: number }>(`select pg_last_wal_receive_lsn() - $1::pg_lsn as bytes`, [
          await receivedOf(behind),
        ])
        assert.equal(danger, 'data-loss')
        assert.equal(impact.lossBound, 'at-least')
        assert.ok(
          Number(impact.lossBytes) >= Number(row?.bytes),
          `${impact.lossBytes} announced, ${row?.bytes} are on the other`,
        )
      } finally {
        await acting.close()
      }
    }))
})

async function receivedOf(node: PostgresNode): Promise<string> {
  const [row] = await node.query<{ at: string }>(
    'select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text as at',
  )
  return row?.at ?? assert.fail('it has received something')
}
