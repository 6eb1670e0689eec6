// Sessions, slots, replay and checkpoints on real servers: what is done is seen, what must not be done is blocked.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DemoSession, openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'

async function client({ primary, password }: TestCluster, user = 'postgres'): Promise<DemoSession> {
  const { host, port } = primary
  return openDemoSession({
    host,
    port,
    user,
    password,
    database: 'postgres',
    applicationName: 'a client',
    limitMs: 20_000,
  })
}

async function withActing(cluster: TestCluster, body: (acting: Acting) => Promise<void>): Promise<void> {
  const databases = [
    { name: 'db-1', dsn: cluster.primary.dsn() },
    ...cluster.standbys.map((standby, index) => ({ name: `db-${index + 2}`, dsn: standby.dsn() })),
  ]
  const acting = await actingOn({ databases })
  try {
    await body(acting)
  } finally {
    await acting.close()
  }
}

test('a plan tells how many sessions wait behind; sessions are taken as a set, and by state and application', async () => {
  await withCluster({}, async (cluster) => {
    await withActing(cluster, async (acting) => {
      const pidOf = async (session: Awaited<ReturnType<typeof client>>) =>
        (
          await session.query<{ pid: number; start: string }>(
            'SELECT pg_backend_pid() AS pid, backend_start::text AS start FROM pg_stat_activity WHERE pid = pg_backend_pid()',
          )
        )[0]
      const all = [await client(cluster), await client(cluster), await client(cluster)]
      const [blocker, second, third] = all
      assert.ok(blocker && second && third)
      await blocker.query('CREATE TABLE queue (n int)')
      await blocker.query('BEGIN; LOCK TABLE queue')
      const waits = [second, third].map((session) =>
        session.query('SELECT count(*) FROM queue').then(
          () => 'counted',
          (error: Error) => error.message,
        ),
      )
      await until('two wait', 5_000, async () => {
        const [row] = await cluster.primary.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
        )
        return row?.n === 2
      })
      const named = await pidOf(blocker)
      const input = { sessions: `${named?.pid}@${new Date(named?.start ?? '').toISOString()}` }
      const run = await acting.act('terminate-session', 'db-1', input)
      assert.match(run.plan.impact.statement, /One session is cut; .* 2 sessions wait behind\.$/)
      assert.equal(run.state, 'done', run.why ?? '')
      assert.deepEqual(await Promise.all(waits), ['counted', 'counted'])
      const idle = await acting.act('terminate-session', 'db-1', { state: 'idle', application: 'a client' })
      assert.equal(idle.plan.impact.sessionsCut, 2)
      assert.match(idle.plan.impact.statement, /No session waits behind/)
      assert.equal(idle.state, 'done', idle.why ?? '')
      const wrong = acting.executor.propose({ action: 'terminate-session', target: 'db-1', input: { sessions: 'x' } })
      await assert.rejects(wrong, /x is not a session, such as 4711/)
      await Promise.all(all.map((session) => session.close()))
    })
  })
})

test('a statement is cancelled and its session goes on; a session is terminated', async () => {
  await withCluster({}, async (cluster) => {
    await withActing(cluster, async (acting) => {
      const session = await client(cluster)
      const [me] = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const pid = String(me?.pid)
      const sleeping = session.query('SELECT pg_sleep(60)').then(
        () => 'slept',
        (error: Error) => error.message,
      )
      await until('it sleeps', 5_000, async () => {
        const [row] = await cluster.primary.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'`,
        )
        return row?.n === 1
      })
      const cancelled = await acting.act('cancel-query', 'db-1', { pid })
      assert.equal(cancelled.state, 'done', cancelled.why ?? '')
      assert.match(await sleeping, /canceling statement due to user request/)
      await session.query('BEGIN')
      const stale = acting.executor.propose({
        action: 'terminate-session',
        target: 'db-1',
        input: { pid, 'backend-start': '2020-01-01 00:00:00+00' },
      })
      await assert.rejects(stale, /no client session \d+ matches now/)
      const ended = await acting.act('terminate-session', 'db-1', {
        'idle-in-transaction': '0s',
        application: 'a client',
      })
      assert.equal(ended.state, 'done', ended.why ?? '')
      assert.equal(ended.plan.impact.sessionsCut, 1)
      await assert.rejects(session.query('SELECT 1'))
      await session.close()
    })
  })
})

test('sessions of superusers are not for a role that may signal others', async () => {
  await withCluster({}, async (cluster) => {
    await cluster.primary.query('GRANT pg_signal_backend TO pgdeck')
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: cluster.primary.dsn('pgdeck') }] })
    const session = await client(cluster)
    try {
      const [me] = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const run = await acting.act('terminate-session', 'db-1', { pid: String(me?.pid) })
      assert.equal(run.state, 'blocked')
      assert.deepEqual(
        run.plan.checks.filter(({ result }) => result === 'fail').map(({ id }) => id),
        ['superusers'],
      )
      assert.equal((await session.query('SELECT 1')).length, 1)
    } finally {
      await session.close()
      await acting.close()
    }
  })
})

test('slots come and go, an active one stays; a checkpoint is seen', async () => {
  await withCluster({ standbys: 1 }, async (cluster) => {
    await withActing(cluster, async (acting) => {
      const created = await acting.act('create-slot', 'db-1', { slot: 'spare' })
      assert.equal(created.state, 'done', created.why ?? '')
      await acting.act('checkpoint', 'db-1').then((run) => assert.equal(run.state, 'done', run.why ?? ''))
      await acting.act('checkpoint', 'db-2').then((run) => assert.equal(run.state, 'done', run.why ?? ''))
      const [used] = await cluster.primary.query<{ name: string }>(
        'SELECT slot_name AS name FROM pg_replication_slots WHERE active',
      )
      const active = await acting.act('drop-slot', 'db-1', { slot: used?.name ?? '' })
      assert.equal(active.state, 'blocked')
      assert.match(active.plan.checks.find(({ id }) => id === 'slot-active')?.message ?? '', /in use by process \d+/)
      const dropped = await acting.act('drop-slot', 'db-1', { slot: 'spare' })
      assert.equal(dropped.state, 'done', dropped.why ?? '')
      await assert.rejects(acting.act('drop-slot', 'db-1', { slot: 'spare' }), /has no slot "spare"/)
      await assert.rejects(
        acting.act('create-slot', 'db-1', { slot: `x'; DROP TABLE a; --` }),
        /is not a valid slot name/,
      )
    })
  })
})

test('replay is paused and resumed', async () => {
  await withCluster({ standbys: 1 }, async (cluster) => {
    await withActing(cluster, async (acting) => {
      assert.equal((await acting.act('pause-replay', 'db-2')).state, 'done')
      await assert.rejects(acting.act('pause-replay', 'db-2'), /replay is already paused/)
      await assert.rejects(acting.act('pause-replay', 'db-1'), /db-1 is not a standby/)
      const resumed = await acting.act('resume-replay', 'db-2')
      assert.equal(resumed.state, 'done', resumed.why ?? '')
    })
  })
})
