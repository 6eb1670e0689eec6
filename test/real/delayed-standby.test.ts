// A standby that replays late on purpose: what it keeps back is no lag, the view says why, and a change of the delay counts at once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkRows } from '../../src/ui/views/replication/rows.ts'
import { until } from '../wait.ts'
import { watching } from './diagnosing.ts'
import { END_MAJORS, withCluster } from './embedded.ts'

for (const major of END_MAJORS) {
  test(`a delay is told as one, and followed when it is changed by a reload, on ${major}`, () =>
    withCluster({ major, standbys: 1 }, async ({ primary, standbys: [late], caughtUp }) => {
      assert.ok(late)
      await primary.query('CREATE TABLE written (at timestamptz)')
      await caughtUp()
      await late.setSetting('recovery_min_apply_delay', '1h')
      const databases = [primary, late].map((node) => ({
        name: node.name,
        dsn: `${node.dsn('pgdeck', 'postgres')}?sslmode=disable`,
      }))
      // One byte that was not received would be too many.
      const alerts = { replicationLagBytes: { warning: '64kB', critical: '1GB' } }
      await watching({ databases, alerts }, async ({ store, poll }) => {
        const row = () => {
          const [cluster] = store.latest().clusters
          assert.ok(cluster)
          return { link: linkRows(cluster)[0], alerts: cluster.picture?.alerts ?? [] }
        }
        await poll()
        // Replay stops at the first commit, and keeps back what follows.
        await primary.query('INSERT INTO written VALUES (now())')
        await primary.query('INSERT INTO written SELECT now() FROM generate_series(1, 5000)')
        await until('it has received more than the limit and keeps it back', 30_000, async () => {
          await poll()
          const { link } = row()
          return (
            link?.catchUp === 'on purpose' && (link.link.lag.bytes ?? 0) > 100_000 && link.link.lag.flushedBytes === 0
          )
        })
        const { link, alerts: raised } = row()
        assert.equal(link?.link.delaySeconds, 3600)
        assert.deepEqual(
          raised.filter(({ rule }) => rule.startsWith('replication-lag')),
          [],
        )

        await late.setSetting('recovery_min_apply_delay', '0')
        await until('it has replayed all', 30_000, async () => {
          await poll()
          return row().link?.link.delaySeconds === 0 && row().link?.catchUp === 0
        })
      })
    }))
}

test('a standby that is late on purpose raises no alert while commits come one after the other', () =>
  withCluster({ major: 18, standbys: 1 }, async ({ primary, standbys: [late], caughtUp }) => {
    assert.ok(late)
    await primary.query('CREATE TABLE written (at timestamptz, filler text)')
    await caughtUp()
    await late.setSetting('recovery_min_apply_delay', '3s')
    const databases = [primary, late].map((node) => ({
      name: node.name,
      dsn: `${node.dsn('pgdeck', 'postgres')}?sslmode=disable`,
    }))
    const write = () =>
      primary.query("INSERT INTO written SELECT now(), repeat('x', 100) FROM generate_series(1, 1000)")
    // Nothing is watched before the delay has passed: how old the WAL is, only its commits tell.
    await until('it replays what is older than its delay', 30_000, async () => {
      await write()
      const [row] = await late.query<{ age: number | null }>(
        'SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 AS age FROM written LIMIT 1',
      )
      return (row?.age ?? 0) >= 3
    })
    const alerts = { replicationLagBytes: { warning: '64kB', critical: '1GB' } }
    await watching({ databases, alerts }, async ({ store, poll }) => {
      for (let reading = 0; reading < 4; reading += 1) {
        await write()
        await poll()
        const [cluster] = store.latest().clusters
        const [link] = cluster ? linkRows(cluster) : []
        assert.ok((link?.link.lag.bytes ?? 0) > 100_000)
        assert.deepEqual(
          cluster?.picture?.alerts.filter(({ rule }) => rule.startsWith('replication-lag')),
          [],
        )
      }
    })
  }))
