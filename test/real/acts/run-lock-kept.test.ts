// A run that has a cluster keeps it: what it stops itself comes back into its hands, and where it loses it it stops.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { parseRunName } from '../../../src/model/runs/lock/run-name.ts'
import type { ClusterLock } from '../../../src/runtime/runs/locks/lock-request.ts'
import { patiently, until } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'
import { holdElsewhere, lockElsewhere, openElsewhere } from './other-hosts.ts'
import { actingOnCluster, isPrimary, line, meanwhile } from './promoting.ts'

/** Who holds a key of a run there, by the names of their sessions. */
async function holdersOn(node: PostgresNode): Promise<readonly string[]> {
  const session = await openElsewhere(node, { database: 'template1' })
  try {
    return (await session.otherHolders()).map(({ application }) => parseRunName(application)?.action ?? application)
  } finally {
    await session.close()
  }
}

const YES = { answer: { kind: 'yes' }, givenBy: 'test', skips: {} } as const
/** Somebody ends the sessions by which runs hold that server. */
const END = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'pgdeck run: %'`
const STOPPED = line('step-done', 'stop-old-primary')

/** Switches over to the first standby; `happens` right after the old primary was stopped, or another line. */
async function switching(
  cluster: TestCluster,
  happens: () => Promise<void>,
  when: Parameters<typeof meanwhile>[0] = STOPPED,
) {
  const acting = await actingOnCluster(cluster, 'hosts', { executor: { openJournal: meanwhile(when, happens) } })
  const run = await acting.act('switchover', 'standby-1')
  return { acting, run }
}

function nodesOf({ primary, standbys }: TestCluster) {
  const [first, second = first] = standbys
  assert.ok(first && second)
  return { primary, first, second }
}

test('what the run stops and starts comes back into its hands', () =>
  withCluster({ standbys: 2 }, async (cluster) => {
    const { primary, first, second } = nodesOf(cluster)
    const held: Record<string, readonly string[]> = {}
    const look = async () => {
      for (const node of [primary, first, second]) held[node.name] = await holdersOn(node)
    }
    const { acting, run } = await switching(cluster, look, line('step-started', 'slots'))
    try {
      assert.equal(run.state, 'done', run.why ?? '')
      const all = ['switchover']
      assert.deepEqual(held, { primary: all, 'standby-1': all, 'standby-2': all })
      assert.deepEqual(await holdersOn(first), [], 'and it is free when the run has ended')
    } finally {
      await acting.close()
    }
  }))

test('lost where the run did not stop the server: it looks on, and stops before it promotes; resumed it takes it again', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { first } = nodesOf(cluster)
    const { acting, run } = await switching(cluster, async () => void (await first.query(END)))
    try {
      assert.equal(run.state, 'stopped')
      assert.match(run.why ?? '', /^the lock of this run was lost: standby-1: /)
      assert.equal(run.steps.find(({ id }) => id === 'received-all')?.state, 'done')
      assert.equal(run.steps.find(({ id }) => id === 'promote')?.state, 'pending')
      assert.equal(await isPrimary(first), false)
      const resumed = await acting.executor.resume(run.id, { skips: {} })
      assert.equal(resumed.state, 'done', resumed.why ?? '')
      assert.equal(await isPrimary(first), true)
    } finally {
      await acting.close()
    }
  }))

test('lost within a step of commands on a host: none of them is run', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { primary, first } = nodesOf(cluster)
    const when = line('step-started', 'stop-old-primary')
    const { acting, run } = await switching(cluster, async () => void (await first.query(END)), when)
    try {
      assert.notEqual(run.state, 'done')
      assert.match(run.why ?? '', /the lock of this run was lost: standby-1: its session has ended/)
      assert.deepEqual([await isPrimary(primary), await isPrimary(first)], [true, false])
      const resumed = await acting.executor.resume(run.id, { skips: {} })
      assert.equal(resumed.state, 'done', resumed.why ?? '')
    } finally {
      await acting.close()
    }
  }))

test('lost between the look before a promotion and its statement: the server itself does nothing', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { first } = nodesOf(cluster)
    const { acting, run } = await switching(
      cluster,
      async () => void (await first.query(END)),
      line('step-started', 'promote'),
    )
    try {
      assert.notEqual(run.state, 'done')
      assert.match(run.why ?? '', /this run lost its lock on that server/)
      assert.equal(await isPrimary(first), false)
      const resumed = await acting.executor.resume(run.id, { skips: {} })
      assert.equal(resumed.state, 'done', resumed.why ?? '')
    } finally {
      await acting.close()
    }
  }))

test('overruled by another host it stops; it is not resumed before that one has ended, or with a reason', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { first } = nodesOf(cluster)
    const others: ClusterLock[] = []
    const watching = await actingOnCluster(cluster, 'sql')
    const { acting, run } = await switching(cluster, async () => {
      others.push(await lockElsewhere(watching, [first], { overrideReason: 'ann has gone home' }))
    })
    try {
      assert.match(
        others[0]?.overruled.join() ?? '',
        /runs switchover standby-1, step 1 of \d+ \(process \d+ of role postgres/,
      )
      assert.equal(run.state, 'stopped')
      assert.match(run.why ?? '', /the lock of this run was lost: standby-1|another run holds this cluster: bob@jump-2/)
      assert.equal(await isPrimary(first), false)
      await assert.rejects(acting.executor.resume(run.id, { skips: {} }), /another run holds this cluster: bob@jump-2/)
      const overrides = { 'run-lock': 'bob agreed' }
      const resumed = await acting.executor.resume(run.id, { skips: {}, overrides })
      assert.equal(resumed.state, 'done', resumed.why ?? '')
      assert.ok(
        resumed.output.some(({ text }) => /^run-lock overruled \(bob agreed\): bob@jump-2 runs promote/.test(text)),
      )
    } finally {
      await Promise.all(others.map((each) => each.release()))
      await watching.close()
      await acting.close()
    }
  }))

test('overruled while it waits for a person it waits no longer: what he did for it could be against the other run', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { primary, first } = nodesOf(cluster)
    const acting = await actingOnCluster(cluster, 'sql', { present: true })
    try {
      const ending = acting.act('switchover', 'standby-1')
      await until('it waits for a hand', 20_000, () => acting.seen.at(-1)?.steps[0]?.state === 'running')
      const other = await lockElsewhere(acting, [primary, first], { overrideReason: 'ann is on her way home' })
      assert.match(
        other.overruled.join('|'),
        /^\S+ runs switchover standby-1, step 1 of \d+ \(process \d+ .* on \S+, from .*; process \d+ .*\)$/,
      )
      const run = await ending
      assert.equal(run.state, 'stopped')
      assert.match(
        run.why ?? '',
        /^the lock of this run was lost: standby-1: .*; while waiting for: stop primary by hand/,
      )
      assert.equal(await isPrimary(primary), true)
      await other.release()
    } finally {
      await acting.close()
    }
  }))

test('a standby that becomes readable in between is taken too, and a run that has it there stops this one', () =>
  withCluster({ standbys: 2 }, async (cluster) => {
    const { first, second } = nodesOf(cluster)
    await second.stop()
    const { acting, run } = await switching(cluster, async () => {
      await second.start()
      await holdElsewhere(second)
    })
    try {
      assert.equal(run.state, 'stopped')
      assert.match(run.why ?? '', /^another run holds this cluster: bob@jump-2 runs promote standby-2/)
      assert.equal(await isPrimary(first), false)
      assert.ok(
        run.output.some(({ text }) => text === 'not locked for this run, because pgdeck can’t read it: standby-2'),
      )
    } finally {
      await acting.close()
    }
  }))

test('two that have one server in common can’t both have the cluster, and two that have none can', () =>
  withCluster({ standbys: 2 }, async (cluster) => {
    const { primary, first, second } = nodesOf(cluster)
    const watching = await actingOnCluster(cluster, 'sql')
    try {
      for (let round = 0; round < 6; round++) {
        const both = await Promise.allSettled([
          lockElsewhere(watching, [primary, first], { database: 'template1' }),
          lockElsewhere(watching, [first, second]),
        ])
        const held = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
        assert.equal(held.length, 1)
        await Promise.all(held.map((each) => each.release()))
      }
      const apart = await Promise.all([lockElsewhere(watching, [primary]), lockElsewhere(watching, [second])])
      await Promise.all(apart.map((each) => each.release()))
    } finally {
      await watching.close()
    }
  }))

test('a frozen server holds nothing up for long, and is not held', () =>
  withCluster({ standbys: 2 }, async (cluster) => {
    const { second } = nodesOf(cluster)
    const acting = await actingOnCluster(cluster, 'sql')
    try {
      await second.freeze()
      const began = performance.now()
      const run = await acting.act('reload', 'primary')
      assert.equal(run.state, 'done', run.why ?? '')
      assert.ok(
        run.output.some(({ text }) => text === 'not locked for this run, because pgdeck can’t read it: standby-2'),
      )
      assert.ok(performance.now() - began < patiently(15_000))
    } finally {
      await second.thaw()
      await acting.close()
    }
  }))

test('a server that ends a session just opened, and one that takes none for a moment, are locked as soon as they take one', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { primary, first } = nodesOf(cluster)
    const acting = await actingOnCluster(cluster, 'sql')
    let opened = 0
    const open = async (id: string) => {
      opened += 1
      if (id === 'standby-1' && opened < 8) throw new Error('the database system is starting up')
      const session = await openElsewhere(id === 'primary' ? primary : first)
      // As the stop of a server does.
      if (opened < 10) await primary.query(END)
      return session
    }
    try {
      const lock = await lockElsewhere(acting, [primary, first], { open })
      assert.deepEqual([await holdersOn(primary), await holdersOn(first)], [['promote'], ['promote']])
      await lock.release()
    } finally {
      await acting.close()
    }
  }))

test('a server that is read and takes no new session keeps the run from beginning, until somebody says otherwise', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { first } = nodesOf(cluster)
    const acting = await actingOnCluster(cluster, 'sql')
    const postmaster = Number(readFileSync(join(first.dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0])
    const reload = { action: 'reload', target: 'primary', input: {} }
    try {
      process.kill(postmaster, 'SIGSTOP')
      const run = await acting.executor.propose(reload)
      assert.match(
        run.plan.checks.find(({ id }) => id === 'run-lock')?.message ?? '',
        /^whether another run holds this cluster is unknown: standby-1: /,
      )
      await assert.rejects(
        acting.executor.start(run, YES),
        /^ActionError: this run can’t lock the cluster: standby-1: .* did not open a session within/,
      )
      const overruled = await acting.executor.propose(reload, { 'run-lock': 'it is only its postmaster' })
      const done = await acting.executor.start(overruled, YES)
      assert.equal(done.state, 'done', done.why ?? '')
      assert.ok(
        done.output.some(({ text }) =>
          /^not locked for this run, because an operator overruled it: standby-1: /.test(text),
        ),
      )
    } finally {
      process.kill(postmaster, 'SIGCONT')
      await acting.close()
    }
  }))
