// Promotions on real servers without a way into the hosts: what people do is watched for its effect.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, isPrimary, noteOf, SEEN_DOWN } from './promoting.ts'

describe('promote without a way into the hosts', () => {
  test('that it refuses connections is no proof that it is stopped: you confirm it, and the record says who', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const acting = await actingOnCluster(cluster, 'sql', { present: true })
      try {
        await primary.freeze()
        const request = { action: 'promote', target: 'standby-1', input: {} }
        const run = await acting.executor.propose(request, { 'primary-down-by-others': 'its power is off' })
        assert.equal(run.plan.steps[0]?.how, 'manual')
        assert.match(run.plan.steps[0]?.detail ?? '', /systemctl stop postgresql/)
        const consent = { answer: { kind: 'typed', text: 'standby-1' }, givenBy: 'test', skips: {} } as const
        const ending = acting.executor.start(run, consent)
        await until('it waits for the fence', 10_000, () => acting.seen.at(-1)?.steps[0]?.state === 'running')
        await primary.kill()
        await until('it is seen to refuse connections', 10_000, () => {
          const cluster = acting.store.latest().clusters[0]
          return cluster?.picture?.databases.find(({ id }) => id === 'primary')?.problem?.code === 'refused'
        })
        assert.equal(acting.seen.at(-1)?.steps[0]?.state, 'running')
        assert.equal(await isPrimary(standby), false)
        acting.executor.markManualDone()
        const ended = await ending
        assert.equal(ended.state, 'done', ended.why ?? '')
        const { user } = run.who
        assert.match(noteOf(ended, 'fence-old-primary'), new RegExp(`^${user} marked it done by hand`))
        assert.equal(ended.steps[0]?.operator, user)
        assert.equal(
          ended.plan.checks.find(({ id }) => id === 'primary-down-by-others')?.overridden,
          'its power is off',
        )
      } finally {
        await acting.close()
      }
    }))

  test('where nobody is there to say it, it ends at once, and tells how it can be said', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const acting = await actingOnCluster(cluster, 'sql')
      try {
        await cluster.primary.kill()
        const run = await acting.act('promote', 'standby-1', {}, { overrides: SEEN_DOWN.overrides })
        assert.equal(run.state, 'unknown', run.why ?? '')
        assert.match(acting.questions[0]?.hint ?? '', /--skip fence-old-primary=REASON, or m at a terminal/)
        const resumed = await acting.executor.resume(run.id, { skips: SEEN_DOWN.skips })
        assert.equal(resumed.state, 'done', resumed.why ?? '')
      } finally {
        await acting.close()
      }
    }))

  test('by a role with few rights: slots and re-pointing are by hand too, and seen when they are done', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [first, second] = standbys
      assert.ok(first && second)
      await primary.query('grant execute on function pg_promote(boolean, integer) to pgdeck')
      await cluster.caughtUp()
      const acting = await actingOnCluster(cluster, 'sql', { user: 'pgdeck', present: true })
      try {
        await primary.kill()
        const ending = acting.act('promote', 'standby-1', {}, SEEN_DOWN)
        await until('it waits for the follower', 30_000, () => {
          const run = acting.seen.at(-1)
          return run?.steps.find(({ id }) => id === 'repoint-standby-2')?.state === 'running' || run?.endedAt != null
        })
        await first.query(`select pg_create_physical_replication_slot('standby_2', true)`)
        const conninfo = `host=127.0.0.1 port=${first.port} user=postgres password=${cluster.password} application_name=standby-2`
        await second.query(`alter system set primary_conninfo = '${conninfo}'`)
        await second.query('select pg_reload_conf()')
        const run = await ending
        assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
        assert.match(noteOf(run, 'repoint-standby-2'), /standby-2 streams from standby-1/)
        assert.match(noteOf(run, 'slots'), /standby_2 on standby-1/)
      } finally {
        await acting.close()
      }
    }))
})
