// Promotions on real servers that must not begin: what blocks them, and what does not confirm them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startPgdeck } from '../../cli/process.ts'
import { actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, hostOf, isPrimary, notPassed } from './promoting.ts'

describe('promotions that are blocked', () => {
  test('by a paused replay, and not by a delay; a wrong name confirms nothing', (context) =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const acting = await actingOnCluster(cluster, 'hosts')
      const failing = async () => {
        const run = await acting.executor.propose({ action: 'promote', target: 'standby-1', input: {} })
        return run.plan.checks.filter(({ result }) => result === 'fail').map(({ id }) => id)
      }
      try {
        await standby.query('select pg_wal_replay_pause()')
        await until('replay has stopped', 10_000, async () => {
          const [row] = await standby.query<{ state: string }>('select pg_get_wal_replay_pause_state() as state')
          return row?.state === 'paused'
        })
        await primary.kill()
        assert.deepEqual(await failing(), ['replay-paused'])
        await standby.query('select pg_wal_replay_resume()')
        await standby.setSetting('recovery_min_apply_delay', '1h')
        assert.deepEqual(await failing(), [])
        const run = await acting.executor.propose({ action: 'promote', target: 'standby-1', input: {} })
        const delay = run.plan.checks.find(({ id }) => id === 'apply-delay')
        assert.equal(delay?.result, 'warn')
        assert.match(delay.message ?? '', /replays with a delay of 1 h: promoting applies .* at once/)
        await standby.setSetting('recovery_min_apply_delay', null)
        const consent = { answer: { kind: 'typed', text: 'standby-2' }, givenBy: 'test', skips: {} } as const
        await assert.rejects(acting.executor.start(run, consent), /not confirmed/)
        assert.equal(await isPrimary(standby), false)
        const args = ['do', 'promote', 'standby-1', '-c', acting.configFile]
        const cli = { cwd: acting.folder, env: acting.env }
        const refused = [['--confirm', 'standby-2'], ['--yes'], []].map(async (given) => {
          const { code: ended, err } = await startPgdeck(context, [...args, ...given], cli).ended
          assert.equal(ended, 4, err)
          assert.match(err, /nothing was changed: this is (outage|data-loss); give --confirm standby-1/)
        })
        // Said before anything is asked for: an answer would be in vain.
        const readOnly = startPgdeck(context, [...args, '--read-only'], cli).ended
        await Promise.all(refused)
        const { code, err } = await readOnly
        assert.equal(code, 4, err)
        assert.match(err, /read-only: pgdeck was started with --read-only/)
        assert.equal(await isPrimary(standby), false)
      } finally {
        await acting.close()
      }
    }))

  test('by max_connections below the primary’s: the promotion would have ended the server', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await primary.setSetting('max_connections', '90')
        await primary.restart()
        await until('the standby has stopped replaying', 20_000, async () => {
          const [row] = await standby.query<{ state: string }>('select pg_get_wal_replay_pause_state() as state')
          return row?.state === 'paused'
        })
        await acting.executor.propose({ action: 'reload', target: 'primary', input: {} })
        await primary.kill()
        const run = await acting.act('promote', 'standby-1')
        assert.equal(run.state, 'blocked')
        const check = run.plan.checks.find(({ id }) => id === 'required-settings')
        assert.equal(check?.result, 'fail')
        assert.match(check?.message ?? '', /max_connections is 50, below 90/)
        assert.equal(standby.isRunning(), true)
      } finally {
        await acting.close()
      }
    }))

  test('by silence that proves nothing: a primary that hangs and can’t be fenced', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary } = cluster
      const acting = await actingOnCluster(cluster, 'sql')
      try {
        await primary.freeze()
        const run = await acting.act('promote', 'standby-1')
        const check = run.plan.checks.find(({ id }) => id === 'primary-down-by-others')
        assert.deepEqual([run.state, check?.result, check?.mayOverride], ['blocked', 'fail', true], check?.message)
        await primary.thaw()
      } finally {
        await acting.close()
      }
    }))

  test('by its own host, where the postmaster runs though nobody hears it', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary } = cluster
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await primary.freeze()
        const run = await acting.act('promote', 'standby-1')
        assert.equal(run.state, 'blocked')
        assert.match(
          run.plan.checks.find(({ id }) => id === 'primary-down-by-others')?.message ?? '',
          /the postmaster of primary runs on its host/,
        )
        await primary.thaw()
      } finally {
        await acting.close()
      }
    }))

  test('by a host in the config that is that of another server: it would be stopped instead', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const databases = [
        { name: 'primary', dsn: primary.dsn(), host: 'host-standby-1' },
        { name: 'standby-1', dsn: standby.dsn(), host: 'host-standby-1' },
      ]
      const acting = await actingOn({ databases, hosts: [hostOf(standby)] })
      try {
        for (const [action, target] of [
          ['switchover', 'standby-1'],
          ['fence', 'primary'],
        ] as const) {
          const run = await acting.act(action, target)
          assert.equal(run.state, 'blocked')
          const check = run.plan.checks.find(({ id }) => id === 'right-server')
          assert.match(check?.message ?? '', new RegExp(`listens on ${standby.port}, and port ${primary.port} answers`))
        }
      } finally {
        await acting.close()
      }
    }))

  test('whatever act would stop another standby by it, also when that check is overruled', () =>
    withCluster({ standbys: 2 }, async ({ primary, standbys }) => {
      const [standby, other] = standbys
      assert.ok(standby && other)
      const named = [primary, standby, other].map((node) => ({ name: node.name, dsn: node.dsn() }))
      const databases = named.map((each) =>
        each.name === standby.name ? { ...each, host: `host-${other.name}` } : each,
      )
      const acting = await actingOn({ databases, hosts: [hostOf(other)] })
      try {
        for (const action of ['fence', 'decommission', 'rebuild-replica']) {
          const run = await acting.act(action, standby.name)
          assert.equal(run.state, 'blocked', action)
          assert.ok(
            run.plan.checks.some(({ id, result }) => id === 'right-server' && result === 'fail'),
            action,
          )
          // Only a rebuild may be told to go on; it does not stop the other one either.
          const overruled = await acting.act(action, standby.name, {}, { overrides: { 'right-server': 'a test' } })
          if (action === 'rebuild-replica')
            assert.match(overruled.why ?? '', new RegExp(`is ${other.name}: pgdeck does not stop it`))
          else assert.equal(overruled.state, 'blocked', action)
          assert.equal(other.isRunning(), true)
        }
        const line = 'host all joe 10.0.0.1/32 scram-sha-256'
        const run = await acting.act('add-hba-entry', standby.name, { line })
        assert.equal(run.state, 'blocked')
        assert.match(notPassed(run).join(), /right-server:fail/)
      } finally {
        await acting.close()
      }
    }))
})
