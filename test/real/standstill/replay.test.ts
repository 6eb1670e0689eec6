// Replay that waits for a query on a real standby: told with what it waits for, who may be meant, and over when the query is.

import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '../../wait.ts'
import { assertCause, findingOf, outside, seen, watching } from '../diagnosing.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { onStage } from '../situations.ts'

for (const major of new Set([MAJORS[0], MAJORS.at(-1)])) {
  if (major === undefined) continue
  test(`PostgreSQL ${major}: a query whose snapshot replay must not pass`, () =>
    withCluster(
      { major, standbys: 1, settings: { max_standby_streaming_delay: '-1', autovacuum: 'off' } },
      async ({ primary, standbys: [standby], caughtUp }) => {
        assert.ok(standby)
        await primary.createRole('plain"quoted', 'LOGIN')
        await primary.query('create table t as select generate_series(1, 10000) i')
        await caughtUp()
        await onStage(standby, async ({ session, untilTrue }) => {
          const report = await session('report')
          await report.client.query('begin isolation level repeatable read')
          await report.client.query('select count(*) from t')
          await primary.query('delete from t where i % 2 = 0')
          await primary.query('vacuum t')
          await primary.query('insert into t select generate_series(1, 20000)')
          await untilTrue(
            'replay waits',
            "exists (select from pg_stat_activity where backend_type = 'startup' and wait_event like 'RecoveryConflict%')",
          )
          await untilTrue('for a while', "now() - pg_last_xact_replay_timestamp() > '1.2 s'")
          const cluster = outside(seen('p', primary), seen('a', standby))
          await watching(
            { ...cluster, alerts: { replayStalled: { warning: '1s' } } },
            async ({ poll, store, diagnose }) => {
              await poll()
              const picture = store.latest().clusters[0]?.picture
              const { message = '' } = picture?.alerts.find(({ rule }) => rule === 'replay-stalled') ?? {}
              const held = new RegExp(
                `^a: replay stands still .*the oldest is of process ${report.pid} \\(report\\).*RecoveryConflict`,
              )
              assert.match(message, held)
              assert.match(picture?.failover.warnings.join() ?? '', /a can’t be promoted before this ends/)
              assert.equal(picture?.failover.writableInSeconds, null)
              assertCause(await diagnose('a'), 'replay-stalled', /end that query/)
            },
          )
          const hidden = { databases: [{ name: 'a', dsn: standby.dsn('plain"quoted') }] }
          await watching(hidden, async ({ poll, diagnose }) => {
            await poll()
            assert.equal(findingOf(await diagnose('a'), 'replay').result, 'unknown')
          })
          await report.client.query('rollback')
          await caughtUp()
          await watching(cluster, async ({ poll, diagnose }) => {
            await poll()
            assert.equal(findingOf(await diagnose('a'), 'replay').result, 'ok')
          })

          await report.client.query('begin; select count(*) from t')
          await primary.query('alter table t add column note text')
          await untilTrue(
            'replay waits for a lock',
            "exists (select from pg_stat_activity where backend_type = 'startup' and wait_event_type = 'Lock')",
          )
          await watching(cluster, async ({ poll, store }) => {
            await poll()
            const held = new RegExp(`it waits for a lock that process ${report.pid} \\(report\\) on the standby holds`)
            assert.match(store.latest().clusters[0]?.picture?.failover.warnings.join() ?? '', held)
          })
          await report.client.query('rollback')
          await caughtUp()
        })
      },
    ))

  test(`PostgreSQL ${major}: a restore_command that does not end`, () =>
    withCluster({ major, standbys: 1 }, async ({ primary, standbys: [standby] }) => {
      assert.ok(standby)
      const held = join(standby.dataDirectory, 'held')
      writeFileSync(held, '')
      await standby.setSetting('restore_command', 'while test -e held; do sleep 0.2; done; false')
      await primary.stop()
      const cluster = { ...outside(seen('a', standby)), alerts: { replayStalled: { warning: '1s' } } }
      await watching(cluster, async ({ poll, store, diagnose }) => {
        await until('that it does not end', 20_000, async () => {
          await poll()
          const alerts = store.latest().clusters[0]?.picture?.alerts ?? []
          const { message = '' } = alerts.find(({ rule }) => rule === 'replay-stalled') ?? {}
          return /^a: replay stands still .*its restore_command does not end/.test(message)
        })
        assert.match(findingOf(await diagnose('a'), 'replay').evidence, /restore_command/)
      })
      rmSync(held)
    }))
}
