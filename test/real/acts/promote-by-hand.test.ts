// Promotions on real servers without a way into the hosts: what people do is watched for its effect.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, isPrimary, noteOf } from './promoting.ts'

describe('promote without a way into the hosts', () => {
  test('what has to be done by hand is watched for, and the run goes on by itself', () =>
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
        const consent = { answer: { kind: 'typed', text: 'standby-1' }, how: 'test', skips: {} } as const
        const ending = acting.executor.start(run, consent)
        await until('it waits for the fence', 10_000, () => acting.seen.at(-1)?.steps[0]?.state === 'running')
        assert.equal(await isPrimary(standby), false)
        await primary.kill()
        const ended = await ending
        assert.equal(ended.state, 'done', ended.why ?? '')
        assert.match(noteOf(ended, 'fence-old-primary'), /nothing listens on/)
        assert.equal(
          ended.plan.checks.find(({ id }) => id === 'primary-down-by-others')?.overridden,
          'its power is off',
        )
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
        const ending = acting.act('promote', 'standby-1')
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
