// The three reasons why replay is paused, on real servers: what is told of each, and when it may be resumed.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { ReplayPause } from '../../../src/model/picture/picture.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { MAJORS, type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster, isPrimary } from './promoting.ts'

function checkOf({ plan }: Run, id: string): string {
  const check = plan.checks.find((each) => each.id === id)
  return `${check?.result}: ${check?.message} | ${check?.hint}`
}

function pauseOf({ store }: Acting): ReplayPause | null {
  const { picture } = store.latest().clusters[0] ?? assert.fail('there is a cluster')
  return picture?.databases.find(({ id }) => id === 'standby-1')?.replayPause ?? null
}

function alertOf({ store }: Acting): string {
  const { picture } = store.latest().clusters[0] ?? assert.fail('there is a cluster')
  return picture?.alerts.find(({ rule }) => rule === 'replay-paused')?.message ?? ''
}

function standbyOf({ standbys }: TestCluster): PostgresNode {
  return standbys[0] ?? assert.fail('there is a standby')
}

async function isPaused(standby: PostgresNode): Promise<boolean> {
  const [row] = await standby.query<{ paused: boolean }>('select pg_is_wal_replay_paused() as paused')
  return row?.paused ?? false
}

/** Restarts a standby with a target in the past or the future of what it has, and more to apply after it. */
async function withTarget(
  { primary, standbys, caughtUp }: TestCluster,
  setting: string,
  value: (primary: PostgresNode) => Promise<string>,
  action: string,
): Promise<void> {
  const standby = standbys[0] ?? assert.fail('there is a standby')
  await primary.query('create table if not exists t (i int)')
  await caughtUp()
  await standby.setSetting(setting, await value(primary))
  await standby.setSetting('recovery_target_action', action)
  await standby.restart()
  await primary.query('insert into t select generate_series(1, 1000)')
}

async function now(primary: PostgresNode): Promise<string> {
  const [row] = await primary.query<{ at: string }>('select clock_timestamp()::text as at')
  return row?.at ?? ''
}

const FAR = 'FF/FF000000'

describe('replay that is paused', () => {
  for (const major of MAJORS.filter((each) => each === 14 || each === 18)) {
    test(`PostgreSQL ${major}: at a target in time: resuming would promote it, and is refused; promote does not advise it`, () =>
      withCluster({ major, standbys: 1 }, async (cluster) => {
        const standby = standbyOf(cluster)
        await withTarget(cluster, 'recovery_target_time', now, 'pause')
        await until('it has reached its target', 10_000, () => isPaused(standby))
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          assert.equal(pauseOf(acting)?.reason, 'target')
          assert.match(
            alertOf(acting),
            /may have reached its recovery target, recovery_target_time = '.*would make it a/,
          )
          const run = await acting.act('resume-replay', 'standby-1')
          assert.equal(run.state, 'blocked')
          assert.match(checkOf(run, 'recovery-target'), /^fail: .*resuming ends recovery.*RESET recovery_target_time/)
          const promotion = await acting.executor.propose({ action: 'promote', target: 'standby-1', input: {} })
          assert.match(checkOf(promotion, 'replay-paused'), /^fail: .*recovery target/)
          assert.doesNotMatch(checkOf(promotion, 'replay-paused'), /resume-replay/)
          assert.equal(await isPrimary(standby), false)
        } finally {
          await acting.close()
        }
      }))
  }

  for (const [setting, value, action, result] of [
    ['recovery_target_lsn', FAR, 'promote', 'fail'],
    ['recovery_target_lsn', FAR, 'shutdown', 'fail'],
    ['recovery_target_xid', '2000000', 'pause', 'fail'],
    ['recovery_target_name', 'never', 'pause', 'fail'],
    ['recovery_target_lsn', FAR, 'pause', 'warn'],
  ] as const) {
    test(`by somebody, with ${setting} ahead and the action ${action}: ${result}`, () =>
      withCluster({ standbys: 1 }, async (cluster) => {
        const standby = standbyOf(cluster)
        await withTarget(cluster, setting, async () => value, action)
        await standby.query('select pg_wal_replay_pause()')
        await until('it is paused', 10_000, () => isPaused(standby))
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          const run = await acting.act('resume-replay', 'standby-1')
          assert.ok(checkOf(run, 'recovery-target').startsWith(result), checkOf(run, 'recovery-target'))
          assert.equal(run.state, result === 'fail' ? 'blocked' : 'done', run.why ?? '')
          assert.equal(await isPaused(standby), result === 'fail')
        } finally {
          await acting.close()
        }
      }))
  }

  test('where it is consistent, which recovery_target asks for: it has reached it', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const standby = standbyOf(cluster)
      await withTarget(cluster, 'recovery_target', async () => 'immediate', 'pause')
      await until('it has reached its target', 10_000, () => isPaused(standby))
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        assert.match(pauseOf(acting)?.text ?? '', /^it has reached its recovery target, recovery_target = 'immediate'/)
        assert.equal((await acting.act('resume-replay', 'standby-1')).state, 'blocked')
      } finally {
        await acting.close()
      }
    }))

  test('by somebody: it is resumed, and seen to stay a standby that answers', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const standby = standbyOf(cluster)
      const acting = await actingOnCluster(cluster, 'sql')
      try {
        await standby.query('select pg_wal_replay_pause()')
        await until('it is paused', 10_000, () => isPaused(standby))
        const run = await acting.act('resume-replay', 'standby-1')
        assert.equal(pauseOf(acting), null)
        assert.equal(run.state, 'done', run.why ?? '')
      } finally {
        await acting.close()
      }
    }))
})

describe('replay that paused by itself, as settings are too low', () => {
  async function pausedByItself(cluster: TestCluster): Promise<void> {
    const standby = standbyOf(cluster)
    await cluster.primary.setSetting('max_connections', '90')
    await cluster.primary.restart()
    await until('it is paused', 20_000, () => isPaused(standby))
  }

  test('its primary is read: that is told, and it is not resumed, whoever overrules', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      await pausedByItself(cluster)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        assert.equal(pauseOf(acting)?.reason, 'settings')
        assert.match(alertOf(acting), /by itself, as settings are too low: on resume the server would shut down/)
        const words = { overrides: { 'required-settings': 'I know better' } }
        assert.equal((await acting.act('resume-replay', 'standby-1', {}, words)).state, 'blocked')
        assert.equal(await isPaused(standbyOf(cluster)), true)
      } finally {
        await acting.close()
      }
    }))

  test('its primary is gone and was never read: not known blocks; overruled, a server that ends is no success', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const standby = standbyOf(cluster)
      await pausedByItself(cluster)
      await cluster.primary.kill()
      const acting = await actingOn({
        databases: [{ name: 'standby-1', dsn: `${standby.dsn('postgres')}?sslmode=disable` }],
      })
      try {
        assert.equal(pauseOf(acting)?.reason, 'unknown')
        const blocked = await acting.act('resume-replay', 'standby-1')
        assert.equal(blocked.state, 'blocked')
        assert.match(checkOf(blocked, 'required-settings'), /^fail: .*unknown: it may have paused because of them/)
        const words = { overrides: { 'required-settings': 'somebody paused it' } }
        const run = await acting.act('resume-replay', 'standby-1', {}, words)
        assert.notEqual(run.state, 'done')
        assert.match(run.why ?? '', /did not answer|refuses|terminat|connect/i)
        await until('its server has ended', 10_000, () => !standby.isRunning())
      } finally {
        await acting.close()
      }
    }))

  test('its primary was read before: what it required since is not known', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const acting = await actingOnCluster(cluster, 'sql')
      try {
        await pausedByItself(cluster)
        await cluster.primary.kill()
        const run = await acting.act('resume-replay', 'standby-1')
        assert.equal(run.state, 'blocked')
        assert.match(
          checkOf(run, 'required-settings'),
          /^fail: its settings were as high as those of primary .* before this plan/,
        )
        assert.equal(standbyOf(cluster).isRunning(), true)
      } finally {
        await acting.close()
      }
    }))
})
