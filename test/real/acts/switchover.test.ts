// Planned changes of primary on real servers: under load nothing is lost and the old primary follows; fences hold.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { writePrivateText } from '../../../src/io/files/sync-files.ts'
import { openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { until } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'
import {
  actingOnCluster,
  isPrimary,
  line,
  meanwhile,
  noteOf,
  notPassed,
  numbersOn,
  prepareNumbers,
} from './promoting.ts'

/** Commits numbers until nobody takes them any more; answers with those that were confirmed. */
async function writer({ host, port, password }: PostgresNode, first: number, step: number): Promise<readonly number[]> {
  const confirmed: number[] = []
  const session = await openDemoSession({
    host,
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    applicationName: 'load',
    limitMs: 10_000,
  })
  try {
    for (let n = first; ; n += step) {
      await session.query('insert into numbers values ($1)', [n])
      confirmed.push(n)
    }
  } catch {
    return confirmed
  } finally {
    await session.close().catch(() => {})
  }
}

function nodesOf({ primary, standbys }: TestCluster) {
  const [first, second = first] = standbys
  assert.ok(first && second)
  return { primary, first, second }
}

describe('switchover', () => {
  test('under load no confirmed commit is lost, and all others stream from the new primary', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const { primary, first, second } = nodesOf(cluster)
      await prepareNumbers(primary)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const writers = [0, 1, 2, 3].map((index) => writer(primary, index, 4))
        await until('the load is on', 10_000, async () => (await numbersOn(primary)).length > 100)
        // A primary that answers makes a switchover of a promotion.
        const run = await acting.act('promote', 'standby-1')
        assert.match(run.plan.title, /primary answers, so this is a switchover/)
        assert.equal(
          run.state,
          'done',
          `${run.why}\n${JSON.stringify(notPassed(run))}\n${JSON.stringify(run.steps, null, 1)}`,
        )
        const confirmed = (await Promise.all(writers)).flat().toSorted((a, b) => a - b)
        const kept = new Set(await numbersOn(first))
        assert.deepEqual(
          confirmed.filter((n) => !kept.has(n)),
          [],
        )
        assert.ok(confirmed.length > 100)
        assert.match(noteOf(run, 'received-all'), /has replayed the shutdown checkpoint .* nothing is missing/)
        assert.match(noteOf(run, 'return-old-primary'), /primary streams from standby-1/)
        await first.query('insert into numbers values (-1)')
        for (const node of [primary, second]) {
          assert.equal(await isPrimary(node), false)
          await until(`${node.name} has the new commit`, 10_000, async () => (await numbersOn(node)).includes(-1))
        }
        const slots = await primary.query<{ name: string }>('select slot_name::text as name from pg_replication_slots')
        assert.deepEqual(slots, [], 'slots that nobody uses any more are gone')
      } finally {
        await acting.close()
      }
    }))

  test('and back again: the same act the other way', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, first } = nodesOf(cluster)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        for (const [target, other] of [
          [first, primary],
          [primary, first],
        ] as const) {
          const run = await acting.act('switchover', target.name)
          assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
          assert.deepEqual([await isPrimary(target), await isPrimary(other)], [true, false])
        }
      } finally {
        await acting.close()
      }
    }))

  test('without a way into the hosts: stop and return are by hand, and watched for', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, first } = nodesOf(cluster)
      const acting = await actingOnCluster(cluster, 'sql', { present: true })
      try {
        const ending = acting.act('switchover', 'standby-1')
        await until('it waits for the stop', 10_000, () => acting.seen.at(-1)?.steps[0]?.state === 'running')
        await primary.stop()
        acting.executor.markManualDone()
        await until('it waits for the return', 30_000, () => {
          const run = acting.seen.at(-1)
          return run?.steps.find(({ id }) => id === 'return-old-primary')?.state === 'running' || run?.endedAt != null
        })
        assert.equal(await isPrimary(first), true)
        const conninfo = `host=127.0.0.1 port=${first.port} user=postgres password=${cluster.password}`
        await first.query(`select pg_create_physical_replication_slot('primary', true)`)
        await primary.setSetting('primary_conninfo', conninfo)
        await primary.setSetting('primary_slot_name', 'primary')
        writeStandbySignal(primary)
        await primary.start()
        const run = await ending
        assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
        assert.match(noteOf(run, 'received-all'), /no less than primary was last seen to have/)
      } finally {
        await acting.close()
      }
    }))

  test('the old primary is started again in the middle: it stops, and nothing is promoted', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, first } = nodesOf(cluster)
      const openJournal = meanwhile(line('step-done', 'received-all'), async () => {
        removeStandbySignal(primary)
        await primary.start()
      })
      const acting = await actingOnCluster(cluster, 'hosts', { executor: { openJournal } })
      try {
        const run = await acting.act('switchover', 'standby-1')
        assert.equal(run.state, 'stopped')
        assert.match(run.why ?? '', /primary is writable/)
        assert.equal(await isPrimary(first), false)
      } finally {
        await acting.close()
      }
    }))

  test('stopped before the promotion and aborted: the old primary serves again', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, first } = nodesOf(cluster)
      const stopping = meanwhile(line('step-done', 'stop-old-primary'), async () => acting.executor.stop())
      const acting = await actingOnCluster(cluster, 'hosts', { executor: { openJournal: stopping } })
      try {
        const run = await acting.act('switchover', 'standby-1')
        assert.equal(run.state, 'stopped')
        const aborted = await acting.executor.abort(run.id, 'test')
        assert.equal(aborted.state, 'aborted', aborted.why ?? '')
        assert.deepEqual([await isPrimary(primary), await isPrimary(first)], [true, false])
      } finally {
        await acting.close()
      }
    }))
})

function writeStandbySignal({ dataDirectory, scratch }: PostgresNode): void {
  writePrivateText(join(dataDirectory, 'standby.signal'), '', scratch.owner)
}

function removeStandbySignal({ dataDirectory }: PostgresNode): void {
  rmSync(join(dataDirectory, 'standby.signal'))
}
