// Databases of one system that take writes side by side, for real: whoever tells of it names the same ones, for the same reasons.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Client } from 'pg'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { removePath } from '../../src/io/files/sync-files.ts'
import type { Picture } from '../../src/model/picture/picture.ts'
import { splitBrainAdvice } from '../../src/model/split-brain/advice.ts'
import type { State } from '../../src/state/state.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { actingOn } from '../fakes/acting.ts'
import { until } from '../wait.ts'
import { actingOnCluster } from './acts/promoting.ts'
import { watching } from './diagnosing.ts'
import { MAJORS, type TestCluster, withCluster } from './embedded.ts'

const NEWEST = Math.max(...MAJORS)

function screen(state: State, columns: number, rows: number): string {
  const lines = frame(state, { columns, rows, glyphs: UNICODE_GLYPHS }, [])
  return lines.map((line) => line.map(({ text }) => text).join('')).join('\n')
}

function rawOf(nodes: readonly PostgresNode[], over: object = {}): Readonly<Record<string, unknown>> {
  const databases = nodes.map((node) => ({ name: node.name, dsn: `${node.dsn('pgdeck', 'postgres')}?sslmode=disable` }))
  return { databases, ...over }
}

/** The next picture in which all of them take writes. */
async function split(
  nodes: readonly PostgresNode[],
  writable: number,
  over: object = {},
): Promise<{ picture: Picture; state: State; sentences: readonly string[] }> {
  let found: { picture: Picture; state: State; sentences: readonly string[] } | null = null
  await watching(rawOf(nodes, over), async ({ store, poll, diagnose }) => {
    await until(`${writable} take writes and the standbys are told`, 20_000, async () => {
      await poll()
      const picture = store.latest().clusters[0]?.picture
      return picture?.splitBrains[0]?.members.length === writable
    })
    const state = store.latest()
    const picture = state.clusters[0]?.picture ?? assert.fail('nothing was read')
    const members = picture.splitBrains[0]?.members ?? []
    const sentences: string[] = []
    for (const { id } of members) sentences.push((await diagnose(id)).verdict.sentence)
    found = { picture, state, sentences }
  })
  return found ?? assert.fail('never read')
}

async function promoteByMistake({
  primary,
  standbys,
  caughtUp,
}: TestCluster): Promise<readonly [PostgresNode, PostgresNode]> {
  const [first, second] = standbys
  assert.ok(first && second)
  await primary.query('create table public.written (a int)')
  await caughtUp()
  await second.promote()
  await until('the other standby streams from the primary', 20_000, async () => {
    const rows = await primary.query(`select from pg_stat_replication where state = 'streaming'`)
    return rows.length === 1
  })
  return [first, second]
}

/** As when the vendor's steps are followed: without its signal file it ends recovery and stays on its timeline. */
async function startAsPrimary(node: PostgresNode): Promise<void> {
  removePath(join(node.dataDirectory, 'standby.signal'))
  await node.start()
}

const checkOf = async (acting: Awaited<ReturnType<typeof actingOnCluster>>, target: string) => {
  const run = await acting.executor.propose({ action: 'fence', target, input: {} })
  return { plan: run.plan, check: run.plan.checks.find(({ id }) => id === 'split-brain') }
}

/** Sessions of an application on the standby that was promoted decide. */
async function checkSessions(cluster: TestCluster, promoted: PostgresNode): Promise<void> {
  const sessions: Client[] = []
  try {
    for (let count = 0; count < 6; count++) {
      const client = new Client({ connectionString: promoted.dsn(), application_name: 'shop' })
      await client.connect()
      sessions.push(client)
    }
    const { picture } = await split(cluster.nodes, 2)
    const [fact] = picture.splitBrains
    assert.deepEqual([fact?.keep, picture.serving?.id], ['standby-2', 'standby-2'])
    assert.match(fact?.byUsers.why ?? '', /6 sessions of clients, primary has/)
    const acting = await actingOnCluster(cluster, 'hosts')
    try {
      assert.equal((await checkOf(acting, 'standby-2')).check?.result, 'fail')
      assert.equal((await checkOf(acting, 'primary')).check?.result, 'pass')
    } finally {
      await acting.close()
    }
  } finally {
    for (const client of sessions) await client.end()
  }
}

describe('a standby promoted beside its primary, which keeps the other standby', () => {
  test('banner, alert, advice, diagnosis and plans name the one with the users and the newer one; sessions decide', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const [, promoted] = await promoteByMistake(cluster)
      const { picture, state, sentences } = await split(cluster.nodes, 2)
      const [fact] = picture.splitBrains
      assert.ok(fact)
      assert.deepEqual(
        [fact.byUsers.keep, fact.byTimeline.keep, fact.keep, picture.serving?.id],
        ['primary', 'standby-2', null, 'primary'],
      )
      const both =
        /the users are on primary \(standby-1 follows it\), standby-2 is newer \(it is on timeline 2, primary on 1\)/
      assert.match(picture.alerts.find(({ rule }) => rule === 'split-brain')?.message ?? '', both)
      for (const sentence of sentences) assert.match(sentence, both)
      for (const [columns, rows] of [
        [80, 24],
        [120, 40],
      ] as const) {
        const text = screen(state, columns, rows)
        assert.match(text, /Users are served by +primary .*but standby-2 is newer/, `at ${columns}x${rows}`)
        assert.match(text, /SPLIT BRAIN/)
      }
      const advice = splitBrainAdvice(fact)
      assert.deepEqual(
        advice.map(({ keep }) => keep),
        ['primary', 'standby-2'],
      )

      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const users = await checkOf(acting, 'primary')
        assert.equal(users.check?.result, 'warn')
        assert.match(
          users.check?.message ?? '',
          /^the users are on primary \(.*; stopped, standby-1 must be rewound or rebuilt/,
        )
        assert.match(
          users.plan.impact.statement,
          /standby-2 stays writable\. Only primary has its writes since the split/,
        )
        assert.equal(users.plan.impact.lossBytes, null)
        const newer = await checkOf(acting, 'standby-2')
        assert.equal(newer.check?.result, 'warn')
        assert.match(newer.check?.message ?? '', both)
        const { plan } = await acting.executor.propose({ action: 'promote', target: 'standby-1', input: {} })
        assert.match(plan.title, /stop primary, promote standby-1/, 'its own source is the one that it would replace')
        const other = plan.checks.find(({ id }) => id === 'no-other-primary')
        assert.deepEqual([other?.result, other?.message], ['fail', 'standby-2 is writable'])
        assert.match(other?.hint ?? '', /^End the split brain first: the users are on primary/)
      } finally {
        await acting.close()
      }
      await checkSessions(cluster, promoted)
    }))

  test('three that take writes, and one of another system beside them', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const [first] = await promoteByMistake(cluster)
      await first.promote()
      await withCluster({ major: NEWEST }, async (other) => {
        const nodes = [...cluster.nodes, Object.assign(Object.create(other.primary), { name: 'other' }) as PostgresNode]
        const { picture } = await split(nodes, 3)
        const [fact, more] = picture.splitBrains
        assert.equal(more, undefined)
        assert.deepEqual(fact?.members.map(({ id }) => id).toSorted(), ['primary', 'standby-1', 'standby-2'])
        // Both were promoted from timeline 1, so that neither is newer than the other, and no session tells.
        assert.deepEqual([fact?.byUsers.keep, fact?.byTimeline.keep, fact?.keep], [null, null, null])
        const message = picture.alerts.find(({ rule }) => rule === 'split-brain')?.message ?? ''
        assert.match(message, /are all writable; pgdeck can’t tell which of them to keep/)
        assert.doesNotMatch(message, /other/)
      })
    }))

  test('without a new timeline, as the vendor’s own order makes it, the users alone tell', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const { primary, standbys, caughtUp } = cluster
      const [, second] = standbys
      assert.ok(second)
      await caughtUp()
      await second.stop()
      await startAsPrimary(second)
      const { picture } = await split(cluster.nodes, 2)
      const [fact] = picture.splitBrains
      assert.deepEqual(
        fact?.members.map(({ timeline }) => timeline),
        [1, 1],
      )
      assert.deepEqual([fact?.byTimeline.keep, fact?.keep], [null, primary.name])
      assert.match(
        splitBrainAdvice(fact ?? assert.fail())[0]?.remedies[1]?.text ?? '',
        /can’t work: both are on timeline 1/,
      )
    }))
})

describe('two databases that mirror each other, of one system', () => {
  test('are no split brain, and what is done to one does not count the other as its copy', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const [second] = cluster.standbys
      assert.ok(second)
      await cluster.caughtUp()
      await second.stop()
      await startAsPrimary(second)
      const nodes = [cluster.primary, second]
      await watching(rawOf(nodes, { model: 'mirrored' }), async ({ store, poll, diagnose }) => {
        await poll()
        await poll()
        const picture = store.latest().clusters[0]?.picture
        assert.deepEqual(
          picture?.databases.map(({ role, status }) => `${role} ${status}`),
          ['primary active', 'primary active'],
        )
        assert.deepEqual([picture?.splitBrains, picture?.alerts.filter(({ rule }) => rule === 'split-brain')], [[], []])
        assert.equal((await diagnose('primary')).verdict.cause, null)
      })
      const databases = nodes.map((node) => ({ name: node.name, dsn: `${node.dsn()}?sslmode=disable` }))
      const acting = await actingOn({ databases, cluster: { model: 'mirrored' } })
      try {
        const { plan, check } = await checkOf(acting, 'primary')
        assert.equal(check, undefined)
        assert.match(plan.impact.statement, /standby-1 stays writable/)
        await second.stop()
        const rebuild = acting.executor.propose({ action: 'rebuild-replica', target: 'standby-1', input: {} })
        await assert.rejects(rebuild, /no database/)
      } finally {
        await acting.close()
      }
    }))
})
