// What a change of roles says that it lost is what its steps proved, held against numbered commits on real servers.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { SkipRefusedError } from '../../../src/model/runs/action-error.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { runDocument } from '../../../src/model/runs/run-document.ts'
import { openProxy, type TcpProxy } from '../../fakes/proxy.ts'
import { until } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster, commitNumbers, isPrimary, noteOf, numbersOn, prepareNumbers } from './promoting.ts'

const LATER = { 'return-old-primary': 'later', slots: 'later' }
/** Long enough for a plan and the beginning of its run on a slow machine; a server that stops waits so long for a standby. */
const SETTINGS = { wal_sender_timeout: '25s', wal_receiver_timeout: '25s' }

interface Site {
  readonly cluster: TestCluster
  readonly primary: PostgresNode
  readonly standby: PostgresNode
  /** The way of the standby to the primary. */
  readonly way: TcpProxy
}

/** A primary with ten numbered commits, and a standby that has them, over a way that can be cut. */
async function withSite(body: (site: Site) => Promise<void>): Promise<void> {
  await withCluster({ standbys: 1, settings: SETTINGS }, async (cluster) => {
    const { primary } = cluster
    const standby = cluster.standbys[0] ?? assert.fail('there is a standby')
    const way = await openProxy(primary.port)
    try {
      const conninfo = `host=127.0.0.1 port=${way.port} user=postgres password=${cluster.password} application_name=standby-1`
      await standby.setSetting('primary_conninfo', conninfo)
      await until('it streams over that way', 10_000, async () => {
        const rows = await standby.query<{ port: number }>('select sender_port as port from pg_stat_wal_receiver')
        return rows[0]?.port === way.port
      })
      await prepareNumbers(primary)
      await commitNumbers(primary, 1, 10)
      await cluster.caughtUp()
      await body({ cluster, primary, standby, way })
    } finally {
      await way.close()
    }
  })
}

function impactOf(run: Run) {
  const { impact, danger } = runDocument(run)
  return { ...impact, danger }
}

describe('what a switchover lost', () => {
  test('with the shutdown checkpoint seen: nothing, exactly', () =>
    withSite(async ({ cluster, standby }) => {
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('switchover', 'standby-1')
        assert.equal(run.state, 'done', run.why ?? '')
        assert.match(noteOf(run, 'report'), /lost: nothing: standby-1 had replayed the shutdown checkpoint/)
        assert.match(noteOf(run, 'report'), /old primary stopped: as reported by its host/)
        const { lossBytes, lossBound } = impactOf(run)
        assert.deepEqual([lossBytes, lossBound], [0, 'exact'])
        assert.equal((await numbersOn(standby)).length, 10)
      } finally {
        await acting.close()
      }
    }))

  test('whose primary lost its power: what it wrote after the last reading is unknown, and is gone', () =>
    withSite(async ({ cluster, primary, standby, way }) => {
      const acting = await actingOnCluster(cluster, 'sql', { present: true })
      try {
        const plan = await acting.executor.propose({ action: 'switchover', target: 'standby-1', input: {} })
        assert.equal(impactOf(plan).lossBound, 'at-least')
        assert.match(
          plan.plan.checks.find(({ id }) => id === 'loss')?.message ?? '',
          /^unknown: pgdeck can’t read the end of WAL of primary/,
        )
        const ending = acting.act('switchover', 'standby-1', {}, { skips: LATER })
        await until('it waits for the stop', 10_000, () => acting.seen.at(-1)?.steps[0]?.state === 'running')
        await way.become({ kind: 'black-hole' })
        await commitNumbers(primary, 11, 30)
        await primary.kill()
        await way.become({ kind: 'refused' })
        acting.executor.markManualDone()
        const run = await ending
        const lost = 30 - (await numbersOn(standby)).length
        assert.equal(lost, 20)
        const { lossBytes, lossBound } = impactOf(run)
        // What was read between the commits and the kill may have been seen: then it waits for that in vain.
        if (run.state !== 'done') return assert.equal(await isPrimary(standby), false)
        assert.deepEqual([lossBytes, lossBound], [0, 'at-least'])
        assert.match(noteOf(run, 'report'), /lost: unknown: what primary wrote after its last reading .*, if anything/)
        assert.match(noteOf(run, 'report'), /old primary stopped: as reported by \S+, who did it by hand/)
      } finally {
        await acting.close()
      }
    }))

  test('without its proof: it has to be said that it may lose data, and then it tells what the two histories show', () =>
    withSite(async ({ cluster, primary, standby, way }) => {
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const plain = acting.act('switchover', 'standby-1', {}, { skips: { ...LATER, 'received-all': 'no time' } })
        await assert.rejects(plain, SkipRefusedError)
        assert.deepEqual([await isPrimary(primary), await isPrimary(standby)], [true, false])
        await way.become({ kind: 'black-hole' })
        await commitNumbers(primary, 11, 30)
        const word = 'standby-1 may lose data: no time'
        const run = await acting.act('switchover', 'standby-1', {}, { skips: { ...LATER, 'received-all': word } })
        assert.equal(run.plan.danger, 'data-loss')
        assert.equal(run.plan.impact.lossBytes, null)
        assert.equal(run.state, 'done', run.why ?? '')
        assert.equal((await numbersOn(standby)).length, 10)
        const { lossBytes, danger } = impactOf(run)
        assert.ok((lossBytes ?? 0) > 0, String(lossBytes))
        assert.equal(danger, 'data-loss')
        assert.match(noteOf(run, 'report'), /lost: \d.* of commits: standby-1 diverged at/)
      } finally {
        await acting.close()
      }
    }))

  test('whose proof does not come: who leaves it out in the middle is asked until that is said', () =>
    withSite(async ({ cluster, primary, standby, way }) => {
      const decisions = [
        { choice: 'skip', reason: 'no time' },
        { choice: 'skip', reason: 'standby-1 may lose data: no time' },
      ] as const
      const acting = await actingOnCluster(cluster, 'hosts', { decisions })
      try {
        await way.become({ kind: 'black-hole' })
        await commitNumbers(primary, 11, 12)
        const run = await acting.act('switchover', 'standby-1', {}, { skips: LATER })
        assert.deepEqual(
          acting.questions.slice(0, 2).map(({ step }) => step.id),
          ['received-all', 'received-all'],
        )
        assert.match(acting.questions[1]?.hint ?? '', /has to begin with "standby-1 may lose data:"/)
        assert.equal(run.state, 'done', run.why ?? '')
        assert.equal(impactOf(run).danger, 'data-loss')
        assert.notEqual(impactOf(run).lossBytes, 0)
        assert.equal((await numbersOn(standby)).length, 10)
      } finally {
        await acting.close()
      }
    }))
})
