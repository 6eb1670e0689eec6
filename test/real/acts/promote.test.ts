// Promotions on real servers: after a primary that was killed, with what is lost told beforehand.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { splitBrainAdvice } from '../../../src/model/split-brain/advice.ts'
import { parseLsn } from '../../../src/model/values/lsn.ts'
import { until } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import {
  actingOnCluster,
  commitNumbers,
  noise,
  noteOf,
  notPassed,
  numbersOn,
  PROMOTION_STEPS,
  prepareNumbers,
  SEEN_DOWN,
} from './promoting.ts'

describe('promote after the primary was killed', () => {
  for (const major of MAJORS.filter((each) => each === 14 || each === 18)) {
    test(`PostgreSQL ${major}: nothing is lost, the other standby follows, everything is proven`, () =>
      withCluster({ major, standbys: 2 }, async (cluster) => {
        const { primary, standbys } = cluster
        const [first, second] = standbys
        assert.ok(first && second)
        await prepareNumbers(primary)
        await commitNumbers(primary, 1, 20)
        await cluster.caughtUp()
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          await primary.kill()
          const run = await acting.act('promote', 'standby-1')
          assert.deepEqual(
            run.plan.steps.map(({ id }) => id),
            PROMOTION_STEPS,
          )
          assert.equal(
            run.state,
            'done',
            `${run.why}\n${JSON.stringify(notPassed(run))}\n${JSON.stringify(run.steps, null, 1)}`,
          )
          assert.equal(run.plan.danger, 'outage')
          assert.deepEqual([run.plan.impact.lossBytes, run.plan.impact.lossBound], [0, 'at-least'])
          assert.equal(run.plan.checks.find(({ id }) => id === 'loss')?.result, 'warn')
          assert.deepEqual(
            await numbersOn(first),
            Array.from({ length: 20 }, (_, index) => index + 1),
          )
          assert.match(noteOf(run, 'fence-old-primary'), /would start as a standby/)
          assert.match(
            noteOf(run, 'verify-writable'),
            /succeeded and was rolled back; it writes 00000002\w+ on timeline 2/,
          )
          await first.query('insert into numbers values (21)')
          assert.match(noteOf(run, 'repoint-followers'), /standby-2 streams from standby-1/)
          assert.match(noteOf(run, 'report'), /old primary: primary is down for .* and watched/)
          const [slot] = await first.query<{ active: boolean }>(
            `select active from pg_replication_slots where slot_name = 'standby_2'`,
          )
          assert.equal(slot?.active, true)
        } finally {
          await acting.close()
        }
      }))
  }

  test('under load: what the standby never got is announced to the byte, and is what is lost', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      await prepareNumbers(primary)
      await commitNumbers(primary, 1, 30)
      await cluster.caughtUp()
      await standby.setSetting('primary_conninfo', 'host=127.0.0.1 port=1')
      await until('it is cut off', 10_000, async () => {
        const [row] = await primary.query<{ n: number }>('select count(*)::int as n from pg_stat_replication')
        return row?.n === 0
      })
      const load = noise(primary)
      const commits = await commitNumbers(primary, 31, 60)
      await load.stop()
      const [received] = await standby.query<{ lsn: string }>('select pg_last_wal_receive_lsn()::text as lsn')
      const acting = await actingOnCluster(cluster, 'sql')
      const last = acting.store.latest().clusters[0]?.databases[0]?.lastSeenAsPrimary?.lsn ?? 0n
      try {
        await primary.kill()
        const run = await acting.act('promote', 'standby-1', {}, SEEN_DOWN)
        const known = parseLsn(received?.lsn) ?? 0n
        assert.equal(run.plan.impact.lossBytes, Number(last - known))
        const { result, message } = run.plan.checks.find(({ id }) => id === 'loss') ?? assert.fail('no check')
        assert.match(
          `${result}: ${message}`,
          /^warn: at least .*, last seen .* before this plan; what primary wrote after that is unknown/,
        )
        assert.equal(run.state, 'done', run.why ?? '')
        const lost = commits.filter(({ lsn }) => (parseLsn(lsn) ?? 0n) > known).map(({ n }) => n)
        assert.deepEqual(
          lost,
          Array.from({ length: 30 }, (_, index) => index + 31),
        )
        assert.deepEqual(
          await numbersOn(standby),
          Array.from({ length: 30 }, (_, index) => index + 1),
        )
      } finally {
        await acting.close()
      }
    }))

  test('no loss is promised only where commits waited for a standby, on the whole server', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary } = cluster
      await primary.setSetting('synchronous_standby_names', '"standby-1"')
      await until('it is synchronous', 10_000, async () => {
        const [row] = await primary.query<{ sync: string }>('select sync_state as sync from pg_stat_replication')
        return row?.sync === 'sync'
      })
      // The promise holds for a reading of two intervals ago: this test may be slower than that.
      const patient = { cluster: { interval: '60s' } }
      const whole = await actingOnCluster(cluster, 'sql', patient)
      await primary.query('create role hasty')
      await primary.query('alter role hasty set synchronous_commit = off')
      const partly = await actingOnCluster(cluster, 'sql', patient)
      try {
        await primary.kill()
        for (const [acting, bound, told] of [
          [whole, 'none-confirmed', /^pass: no confirmed commit, if no session switched synchronous_commit off/],
          [partly, 'at-least', /^warn: unknown: what primary wrote after it was last seen \d+ s before this plan$/],
        ] as const) {
          const { plan } = await acting.executor.propose({ action: 'promote', target: 'standby-1', input: {} })
          assert.equal(plan.impact.lossBound, bound)
          const check = plan.checks.find(({ id }) => id === 'loss')
          assert.match(`${check?.result}: ${check?.message}`, told)
        }
      } finally {
        await whole.close()
        await partly.close()
      }
    }))

  test('a large loss, and one that nobody knows, ask for more than an outage does', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      await standbys[0]?.setSetting('primary_conninfo', 'host=127.0.0.1 port=1')
      await primary.query(`create table bulk as select repeat('x', 1000) from generate_series(1, 12000)`)
      const acting = await actingOnCluster(cluster, 'sql')
      const blind = await (async () => {
        await primary.kill()
        return actingOnCluster(cluster, 'sql')
      })()
      try {
        const known = await acting.executor.propose({ action: 'promote', target: 'standby-1', input: {} })
        assert.equal(known.plan.danger, 'data-loss', JSON.stringify(known.plan.impact))
        assert.ok((known.plan.impact.lossBytes ?? 0) > 8 * 1024 * 1024)
        const unknown = await blind.executor.propose({ action: 'promote', target: 'standby-1', input: {} })
        assert.equal(unknown.plan.danger, 'data-loss')
        assert.equal(unknown.plan.impact.lossBytes, null)
      } finally {
        await acting.close()
        await blind.close()
      }
    }))
})

describe('after a promotion', () => {
  test('a role that may not promote is told the GRANT; a primary that comes back is told as a split brain, with ways out', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary } = cluster
      const watching = await actingOnCluster(cluster, 'sql', { user: 'pgdeck' })
      const acting = await actingOnCluster(cluster, 'sql')
      try {
        await primary.kill()
        const blocked = await watching.executor.propose({ action: 'promote', target: 'standby-1', input: {} })
        const privilege = blocked.plan.checks.find(({ id }) => id === 'privilege')
        assert.deepEqual([blocked.state, privilege?.result], ['blocked', 'fail'])
        assert.match(
          privilege?.hint ?? '',
          /GRANT EXECUTE ON FUNCTION pg_catalog\.pg_promote\(boolean,integer\) TO pgdeck/,
        )

        const run = await acting.act('promote', 'standby-1', {}, SEEN_DOWN)
        assert.equal(run.state, 'done', run.why ?? '')
        await primary.start()
        const isSplit = () => (acting.store.latest().clusters[0]?.picture?.splitBrains.length ?? 0) > 0
        await until('both are read as primaries', 10_000, async () => {
          await acting.executor.propose({ action: 'reload', target: 'primary', input: {} })
          return isSplit()
        })
        const picture = acting.store.latest().clusters[0]?.picture
        assert.ok(picture)
        assert.equal(picture.alerts.find(({ rule }) => rule === 'split-brain')?.severity, 'critical')
        const [split] = picture.splitBrains
        assert.ok(split)
        const [advice] = splitBrainAdvice(split)
        assert.equal(advice?.keep, 'standby-1')
        const [fence, rewind] = advice.remedies
        assert.match(fence?.text ?? '', /pgdeck do fence primary/)
        assert.match(rewind?.text ?? '', /can work: pg_rewind/)
      } finally {
        await acting.close()
        await watching.close()
      }
    }))
})
