// One run per cluster, wherever it is started: what other jump hosts hold on the servers decides, and nothing of this host.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import { readAuditLog } from '../../../src/io/audit/audit-log-reader.ts'
import { openAdminSession } from '../../../src/io/postgres/admin-session.ts'
import { ActionError } from '../../../src/model/runs/action-error.ts'
import { lockClass, toSignedInt32 } from '../../../src/model/runs/lock/lock-key.ts'
import type { Acting } from '../../fakes/acting.ts'
import { patiently, until, within } from '../../wait.ts'
import { MAJORS, type TestCluster, withCluster } from '../embedded.ts'
import { BOB, connectionTo, holdElsewhere, lockElsewhere, openElsewhere } from './other-hosts.ts'
import { actingOnCluster } from './promoting.ts'

async function withActing(
  options: { standbys: number },
  body: (acting: Acting, cluster: TestCluster) => Promise<void>,
) {
  await withCluster(options, async (cluster) => {
    const acting = await actingOnCluster(cluster, 'sql')
    try {
      await body(acting, cluster)
    } finally {
      await acting.close()
    }
  })
}

const YES = { answer: { kind: 'yes' }, givenBy: 'test', skips: {} } as const
const RELOAD = { action: 'reload', target: 'primary', input: {} }

test('of two that come at the same moment one gets the cluster, also where their databases differ', async () => {
  await withActing({ standbys: 2 }, async (acting, { primary, nodes }) => {
    await primary.query('CREATE DATABASE other')
    const [a, b] = [{ database: 'postgres' }, { database: 'template1' }]
    for (let round = 0; round < 12; round++) {
      // One of them can't reach the first server, or the last one: what they have in common decides.
      const sees = [nodes, nodes.toReversed()][round % 2] ?? nodes
      const both = await Promise.allSettled([
        lockElsewhere(acting, nodes, a),
        lockElsewhere(acting, sees, round % 3 === 0 ? a : b),
        lockElsewhere(acting, nodes, b),
      ])
      const held = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      const refused = both.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
      assert.equal(held.length, 1, `round ${round}: ${refused.map(String).join('; ')}`)
      for (const error of refused)
        assert.match(String(error), /another run holds this cluster: bob@jump-2 runs promote/)
      await held[0]?.release()
    }
  })
})

test('whoever has it on one server only keeps it from everybody, and is named', async () => {
  await withActing({ standbys: 2 }, async (acting, { standbys }) => {
    const [, second] = standbys
    assert.ok(second)
    const other = await holdElsewhere(second, { database: 'template1' })
    const run = await acting.executor.propose(RELOAD)
    assert.equal(run.state, 'blocked')
    const check = run.plan.checks.find(({ id }) => id === 'run-lock')
    assert.match(
      check?.message ?? '',
      new RegExp(
        `^another run holds this cluster: bob@jump-2 runs promote standby-2, step 2 of 8 \\(process ${other.pid} of role postgres on standby-2, from 127.0.0.1\\)$`,
      ),
    )
    await other.close()
    assert.equal((await acting.act('reload', 'primary')).state, 'done')
  })
})

test('one that comes after the plan was made is found when the run begins', async () => {
  await withActing({ standbys: 1 }, async (acting, { primary }) => {
    const run = await acting.executor.propose(RELOAD)
    const other = await holdElsewhere(primary)
    await assert.rejects(acting.executor.start(run, YES), (error: unknown) => {
      assert.ok(error instanceof ActionError)
      assert.match(error.message, /another run holds this cluster: bob@jump-2 runs promote/)
      assert.match(error.hint ?? '', /--override run-lock=REASON/)
      return true
    })
    const [last] = (await readAuditLog({ folder: acting.folder })).slice(-1)
    assert.match(last?.what ?? '', /^reload primary: refused: another run holds this cluster: bob@jump-2/)
    await other.close()
  })
})

test('a typed reason overrules it: its session ends, it can’t go on, and the record keeps why', async () => {
  await withActing({ standbys: 1 }, async (acting, { nodes }) => {
    const others = await Promise.all(nodes.map((node) => holdElsewhere(node)))
    const run = await acting.executor.propose(RELOAD, { 'run-lock': 'bob is on the phone: his host is frozen' })
    assert.equal(run.state, 'planned')
    const done = await acting.executor.start(run, YES)
    assert.equal(done.state, 'done', done.why ?? '')
    await until('their sessions are gone', 10_000, () => others.every((other) => !other.isAlive()))
    const trail = (await readAuditLog({ folder: acting.folder })).map(({ what }) => what)
    assert.ok(
      trail.some((what) =>
        /run-lock overruled \(bob is on the phone: his host is frozen\): bob@jump-2 runs promote standby-2, step 2 of 8/.test(
          what,
        ),
      ),
      trail.join('\n'),
    )
  })
})

test('who can’t act, whatever he calls himself, keeps nobody from acting', async () => {
  await withActing({ standbys: 1 }, async (acting, { primary, nodes, caughtUp }) => {
    await primary.createRole('mallory', 'LOGIN')
    await caughtUp()
    const held = await Promise.all(nodes.map((node) => holdElsewhere(node, { user: 'mallory' })))
    const run = await acting.act('reload', 'primary')
    assert.equal(run.state, 'done', run.why ?? '')
    assert.ok(
      held.every((each) => each.isAlive()),
      'nobody ended his sessions',
    )
    await Promise.all(held.map((each) => each.close()))
  })
})

test('who may act, or act as somebody who may, counts; whoever only watches counts where he says that he runs something', async () => {
  await withActing({ standbys: 0 }, async (acting, { primary }) => {
    await primary.query('CREATE ROLE boss SUPERUSER NOLOGIN')
    await primary.createRole('deputy', 'LOGIN NOINHERIT IN ROLE boss')
    await primary.createRole('promoter', 'LOGIN')
    await primary.query('GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer) TO promoter')
    await primary.createRole('app', 'LOGIN')
    const found: Record<string, boolean> = {}
    for (const user of ['postgres', 'deputy', 'promoter', 'pgdeck', 'app']) {
      for (const [what, name] of [
        ['run', BOB],
        ['psql', 'psql'],
      ] as const) {
        const other = await holdElsewhere(primary, { user, name })
        found[`${user} as ${what}`] = (await acting.executor.propose(RELOAD)).state === 'blocked'
        assert.equal(other.countsForOthers, user !== 'app', user)
        await other.close()
      }
    }
    assert.deepEqual(found, {
      'postgres as run': true,
      'postgres as psql': true,
      'deputy as run': true,
      'deputy as psql': true,
      'promoter as run': true,
      'promoter as psql': true,
      'pgdeck as run': true,
      'pgdeck as psql': false,
      'app as run': false,
      'app as psql': false,
    })
  })
})

test('of two that begin at the same moment on this host one does, whatever their state folders', async () => {
  await withCluster({ standbys: 1 }, async (cluster) => {
    const both = await Promise.all([actingOnCluster(cluster, 'sql'), actingOnCluster(cluster, 'sql')])
    try {
      const runs = await Promise.all(both.map((acting) => acting.executor.propose(RELOAD)))
      const ends = await Promise.allSettled(
        both.map((acting, index) => acting.executor.start(runs[index] ?? assert.fail(), YES)),
      )
      assert.ok(ends.some((end) => end.status === 'fulfilled' && end.value.state === 'done'))
      for (const end of ends)
        if (end.status === 'rejected') assert.match(String(end.reason), /another run holds this cluster: /)
    } finally {
      await Promise.all(both.map((acting) => acting.close()))
    }
  })
})

test('one that resumes and one that begins at the same moment: never both', async () => {
  await withCluster({ standbys: 1 }, async (cluster) => {
    const ann = await actingOnCluster(cluster, 'sql', { present: true })
    const waits = () => until('it waits for a hand', 20_000, () => ann.seen.at(-1)?.steps[0]?.state === 'running')
    try {
      const first = ann.act('switchover', 'standby-1')
      await waits()
      ann.executor.stop()
      const stopped = await first
      assert.equal(stopped.state, 'stopped')
      for (let round = 0; round < 4; round++) {
        ann.seen.length = 0
        const resumed = ann.executor.resume(stopped.id, { skips: {} })
        const refused = assert.rejects(resumed, /another run holds this cluster: bob@jump-2/)
        refused.catch(() => {})
        const other = await lockElsewhere(ann, cluster.nodes).catch((error: unknown) => String(error))
        if (typeof other === 'string') {
          assert.match(other, /another run holds this cluster: \S+ runs switchover standby-1, /)
          await waits()
          ann.executor.stop()
          assert.equal((await resumed).state, 'stopped')
        } else {
          await refused
          await other.release()
        }
      }
    } finally {
      await ann.close()
    }
  })
})

test('a superuser’s own session with such a key counts, and is not ended by overruling', async () => {
  await withActing({ standbys: 0 }, async (acting, { primary }) => {
    const other = await holdElsewhere(primary, { name: 'psql' })
    const blocked = await acting.executor.propose(RELOAD)
    assert.match(
      blocked.plan.checks[0]?.message ?? '',
      /another run holds this cluster: a session named "psql" \(process \d+/,
    )
    const run = await acting.executor.propose(RELOAD, { 'run-lock': 'it is a window that I forgot' })
    const done = await acting.executor.start(run, YES)
    assert.equal(done.state, 'done', done.why ?? '')
    assert.ok(other.isAlive())
    await other.close()
  })
})

test('what only looks, copies or ends sessions goes on beside a run', async () => {
  await withActing({ standbys: 0 }, async (acting, { primary }) => {
    const other = await holdElsewhere(primary)
    for (const action of ['checkpoint']) assert.equal((await acting.act(action, 'primary')).state, 'done')
    assert.equal((await acting.act('rename', 'primary', { name: 'first' })).state, 'done')
    await other.close()
  })
})

for (const major of MAJORS)
  test(`PostgreSQL ${major}: a key outlasts a promotion and every limit that is set for the role`, async () => {
    await withCluster({ major, standbys: 1 }, async (cluster) => {
      const { primary, standbys, caughtUp } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const limits = [
        'statement_timeout',
        'idle_session_timeout',
        'idle_in_transaction_session_timeout',
        'lock_timeout',
      ]
      for (const limit of limits) await primary.query(`ALTER ROLE postgres SET ${limit} = '1s'`)
      await caughtUp()
      const began = performance.now()
      const session = await holdElsewhere(standby)
      const acting = await actingOnCluster(cluster, 'sql', { user: 'pgdeck' })
      try {
        await primary.stop()
        await standby.promote()
        await until('longer than the limits', 2_000, () => performance.now() - began > 2_000)
        assert.ok(session.isAlive())
        await acting.look()
        const [run] = acting.store.latest().clusters[0]?.picture?.runs ?? []
        assert.deepEqual([run?.by, run?.sessions.map(({ databaseId }) => databaseId)], ['bob@jump-2', ['standby-1']])
      } finally {
        await session.close()
        await acting.close()
      }
    })
  })

test('a user who takes thousands of keys holds nobody up', async () => {
  await withActing({ standbys: 0 }, async (acting, { primary }) => {
    await primary.createRole('mallory', 'LOGIN')
    const held = await holdElsewhere(primary, { user: 'mallory' })
    const { host, port, password } = primary
    const client = new Client({ host, port, password, user: 'mallory', database: 'postgres' })
    await client.connect()
    const [{ id = '0' } = {}] = await primary.query<{ id: string }>(
      'SELECT system_identifier::text AS id FROM pg_control_system()',
    )
    try {
      await client.query('SELECT pg_advisory_lock($1::int, i) FROM generate_series(1, 5000) i', [
        toSignedInt32(lockClass(id)),
      ])
      const quick = await acting.look()
      const { roundTripMs = Number.NaN } = quick.picture.databases[0]?.pulse ?? {}
      assert.ok(roundTripMs < patiently(500), `${roundTripMs} ms`)
      assert.equal((await acting.act('reload', 'primary')).state, 'done')
    } finally {
      await client.end()
      await held.close()
    }
  })
})

test('what was begun is not taken back either while another host has the cluster', async () => {
  await withActing({ standbys: 1 }, async (acting, { primary }) => {
    acting.executor.stop()
    const stopped = await acting.act('pause-replay', 'standby-1')
    assert.equal(stopped.state, 'stopped')
    const other = await holdElsewhere(primary)
    await assert.rejects(acting.executor.abort(stopped.id, 'test'), /another run holds this cluster: bob@jump-2/)
    const taken = await acting.executor.abort(stopped.id, 'test', { 'run-lock': 'bob is done' })
    assert.equal(taken.state, 'aborted')
    await until('his session is gone', 10_000, () => !other.isAlive())
  })
})

test('a key is gone with its session, and its server says who holds it', async () => {
  await withActing({ standbys: 1 }, async (_, { standbys }) => {
    const [standby] = standbys
    assert.ok(standby)
    const session = await holdElsewhere(standby)
    const watching = await openElsewhere(standby, { database: 'template1' })
    const [seen] = await watching.otherHolders()
    assert.deepEqual([seen?.pid, seen?.role], [session.pid, 'postgres'])
    const settings = await standby.query<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings WHERE name LIKE 'tcp_%'`,
    )
    assert.ok(settings.length > 0)
    await session.close()
    await until('nobody holds it', 10_000, async () => (await watching.otherHolders()).length === 0)
    await watching.close()
  })
})

const MAKES_SLOT = 'SELECT pg_catalog.pg_create_physical_replication_slot($1)'

test('a statement that acts does nothing once the lock of its run is gone, whenever that was', async () => {
  await withActing({ standbys: 0 }, async (_, { primary }) => {
    const lock = await holdElsewhere(primary)
    const holding = () => ({ identity: lock.identity, pid: lock.pid })
    const connection = connectionTo(primary)
    const admin = openAdminSession({
      connection,
      passwordCommand: null,
      connectMs: patiently(20_000),
      purpose: 'act',
      holding,
    })
    const make = (slot: string) => admin.act({ text: MAKES_SLOT, values: [slot] }, patiently(20_000), within(20_000))
    try {
      await make('one')
      await lock.close()
      await assert.rejects(make('two'), /this run lost its lock on that server/)
      const slots = await primary.query<{ name: string }>('SELECT slot_name AS name FROM pg_replication_slots')
      assert.deepEqual(slots, [{ name: 'one' }])
    } finally {
      await admin.close()
    }
  })
})
