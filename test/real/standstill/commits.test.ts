// Commits that wait for synchronous standbys on real servers: told by alert, check and diagnosis, and over when it is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../wait.ts'
import { assertCause, findingOf, outside, seen, watching } from '../diagnosing.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { onStage } from '../situations.ts'

for (const major of new Set([MAJORS[0], MAJORS.at(-1)])) {
  if (major === undefined) continue
  test(`PostgreSQL ${major}: a setting that names nobody, then a standby that does not replay`, () =>
    withCluster({ major, standbys: 1 }, ({ primary, standbys: [standby] }) =>
      onStage(primary, async ({ session, hang, untilTrue, receiveSilently }) => {
        assert.ok(standby)
        await primary.query('create table payments (i int)')
        const cluster = outside(seen('p', primary), seen('a', standby))
        const commitsOf = async () => {
          let found: readonly string[] = []
          await watching(cluster, async ({ poll, store, diagnose }) => {
            await poll()
            const { picture } = store.latest().clusters[0] ?? {}
            const alert = picture?.alerts.find(({ rule }) => rule === 'commits-wait')
            const finding = findingOf(await diagnose('p'), 'commits')
            found = [alert?.severity ?? 'none', finding.result, alert?.message ?? finding.evidence]
            if (alert?.severity === 'critical') assertCause(await diagnose('p'), 'commits-wait', /synchronous standby/)
          })
          return found
        }
        assert.deepEqual((await commitsOf()).slice(0, 2), ['none', 'ok'])

        await primary.setSetting('synchronous_standby_names', 'nobody')
        assert.deepEqual((await commitsOf()).slice(0, 2), ['warning', 'warn'])
        hang(await session('app'), 'insert into payments values (1)')
        await untilTrue('a commit waits', "exists (select from pg_stat_activity where wait_event = 'SyncRep')")
        const [severity, result, message] = await commitsOf()
        assert.deepEqual([severity, result], ['critical', 'fail'])
        assert.match(message ?? '', /^p: 1 commit waits for a synchronous standby.*no standby qualifies.*asks for 1/)

        await receiveSilently('nobody')
        const [worst, , why] = await commitsOf()
        assert.equal(worst, 'critical')
        assert.match(why ?? '', /no standby qualifies.*nobody confirms nothing/)

        await primary.setSetting('synchronous_standby_names', '*')
        await untilTrue('it is confirmed', "not exists (select from pg_stat_activity where wait_event = 'SyncRep')")
        assert.deepEqual((await commitsOf()).slice(0, 2), ['none', 'ok'])

        await primary.setSetting('synchronous_commit', 'remote_apply')
        await standby.query('select pg_wal_replay_pause()')
        hang(await session('app'), 'insert into payments values (2)')
        await until('the wait is told', 20_000, async () => {
          const [of, , text = ''] = await commitsOf()
          return of !== 'none' && /has not replayed what was received/.test(text)
        })
        await standby.query('select pg_wal_replay_resume()')
      }),
    ))
}

test('a role that may not see the sessions of others does not know', () =>
  withCluster({ standbys: 1 }, async ({ primary }) => {
    await primary.createRole('plain"quoted', 'LOGIN')
    await primary.setSetting('synchronous_standby_names', 'nobody')
    await watching(
      { databases: [{ name: 'p', dsn: primary.dsn('plain"quoted') }] },
      async ({ poll, store, diagnose }) => {
        await poll()
        const { alerts = [] } = store.latest().clusters[0]?.picture ?? {}
        assert.deepEqual(
          alerts.filter(({ rule }) => rule === 'commits-wait'),
          [],
        )
        const diagnosis = await diagnose('p')
        assert.equal(findingOf(diagnosis, 'commits').result, 'unknown')
        assert.match(diagnosis.verdict.sentence, /unknown: .*commits are confirmed/)
      },
    )
  }))
