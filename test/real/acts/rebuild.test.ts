// The act `rebuild-replica` on real servers: a replica that lost its WAL streams again, and an interrupted rebuild goes on.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { listRunIds } from '../../../src/io/runs/journal.ts'
import { isResumableRun, type Run } from '../../../src/model/runs/run.ts'
import { loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { startPgdeck } from '../../cli/process.ts'
import { until } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster, line, meanwhile, noteOf, notPassed, numbersOn, prepareNumbers } from './promoting.ts'

const HBA = `local all postgres trust
local replication postgres trust
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
`

function nodesOf({ primary, standbys }: TestCluster) {
  const [replica] = standbys
  assert.ok(replica)
  return { primary, replica }
}

/** Takes away what the replica would need to go on: its slot, and the WAL since. */
async function strand({ primary, replica }: { primary: PostgresNode; replica: PostgresNode }): Promise<void> {
  await replica.stop('fast')
  await until('its slot is idle', 10_000, async () => {
    const rows = await primary.query(`select from pg_replication_slots where slot_name = 'standby_1' and not active`)
    return rows.length === 1
  })
  await primary.query(`select pg_drop_replication_slot('standby_1')`)
  for (let round = 0; round < 3; round++) {
    await primary.query('insert into numbers select max(n) + 1 from numbers')
    await primary.query('select pg_switch_wal()')
    await primary.query('checkpoint')
  }
  await replica.start()
}

/** Names beside the data directory that a rebuild has made. */
function leftovers({ dataDirectory }: PostgresNode): readonly string[] {
  const stem = `${basename(dataDirectory)}.pgdeck-`
  return readdirSync(dirname(dataDirectory)).filter((name) => name.startsWith(stem))
}

async function followsAgain({ primary, replica }: { primary: PostgresNode; replica: PostgresNode }): Promise<void> {
  await primary.query('insert into numbers values (1000000)')
  await until('the replica has the commit', 20_000, async () => (await numbersOn(replica)).includes(1_000_000))
  assert.deepEqual(await numbersOn(replica), await numbersOn(primary))
  const [row] = await replica.query<{ standby: boolean; slot: string }>(
    `select pg_is_in_recovery() as standby, current_setting('primary_slot_name') as slot`,
  )
  assert.deepEqual(row, { standby: true, slot: 'standby_1' })
}

function told(run: Run): string {
  return `${run.why}\n${JSON.stringify(notPassed(run))}\n${JSON.stringify(run.steps, null, 1)}\n${run.output.map(({ text }) => text).join('\n')}`
}

describe('rebuild-replica', () => {
  test('a replica that lost its slot and its WAL streams again, with its own settings', () =>
    withCluster({ standbys: 1, hba: HBA, settings: { wal_keep_size: '0', max_wal_size: '32MB' } }, async (cluster) => {
      const nodes = nodesOf(cluster)
      await prepareNumbers(nodes.primary)
      await nodes.primary.query('insert into numbers values (1)')
      await cluster.caughtUp()
      await strand(nodes)
      const settings = readFileSync(join(nodes.replica.dataDirectory, 'postgresql.conf'), 'utf8')
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('rebuild-replica', 'standby-1')
        assert.equal(run.state, 'done', told(run))
        assert.match(noteOf(run, 'streams'), /standby-1 streams from primary, [\d?]/)
        assert.deepEqual(leftovers(nodes.replica), [])
        assert.equal(readFileSync(join(nodes.replica.dataDirectory, 'postgresql.conf'), 'utf8'), settings)
        await followsAgain(nodes)
        const journal = readFileSync(join(acting.folder, 'runs', `${run.id}.jsonl`), 'utf8')
        assert.equal(journal.includes(cluster.password), false, 'no password is in the journal')
      } finally {
        await acting.close()
      }
    }))

  test('taken back after the copy, all is as it was; the old data is kept where that is asked for', () =>
    withCluster({ standbys: 1, hba: HBA }, async (cluster) => {
      const nodes = nodesOf(cluster)
      await prepareNumbers(nodes.primary)
      await cluster.caughtUp()
      const acting = await actingOnCluster(cluster, 'hosts', {
        executor: { openJournal: meanwhile(line('step-done', 'copy'), () => Promise.reject(new Error('cut off'))) },
      })
      let id = ''
      try {
        // A journal that can't be written ends the run where it is: as a process that is killed.
        await assert.rejects(acting.act('rebuild-replica', 'standby-1', { 'keep-old': 'true' }), /cut off/)
        id = acting.seen.at(-1)?.id ?? ''
        assert.equal(leftovers(nodes.replica).length, 1)
        const aborted = await acting.executor.abort(id, 'test')
        assert.equal(aborted.state, 'aborted', told(aborted))
        assert.deepEqual(leftovers(nodes.replica), [])
        await followsAgain(nodes)
        await nodes.primary.query('delete from numbers where n = 1000000')
        const again = await acting.act('rebuild-replica', 'standby-1', { 'keep-old': 'true' })
        assert.equal(again.state, 'done', told(again))
        const [old = ''] = leftovers(nodes.replica)
        assert.match(old, /\.old$/)
        assert.ok(existsSync(join(dirname(nodes.replica.dataDirectory), old, 'PG_VERSION')))
        await followsAgain(nodes)
      } finally {
        await acting.close()
      }
    }))

  test('killed in the middle of the copy it is gone on with, and streams', (context) =>
    withCluster({ standbys: 1, hba: HBA }, async (cluster) => {
      const nodes = nodesOf(cluster)
      await prepareNumbers(nodes.primary)
      await cluster.caughtUp()
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const argv = ['do', 'rebuild-replica', 'standby-1', '--confirm', 'standby-1', '-c', acting.configFile]
        const env = { PGDECK_STATE_DIR: acting.folder }
        let cut: string | null = null
        // Where this process was not given the processor in time the copy is over: then it is done once more.
        while (cut === null) {
          const { child, ended } = startPgdeck(context, argv, { cwd: acting.folder, env })
          const hasPart = () => leftovers(nodes.replica).some((name) => name.endsWith('.part'))
          await until('the copy has begun', 60_000, () => hasPart() || child.exitCode !== null)
          child.kill('SIGKILL')
          const { code, err } = await ended
          assert.ok(code === null || code === 0, err)
          const runs = await Promise.all((await listRunIds(acting.folder)).map((id) => loadRun(acting.folder, id)))
          cut = runs.find((run) => run !== null && isResumableRun(run))?.id ?? null
        }
        const resumed = await acting.executor.resume(cut, { skips: {} })
        assert.equal(resumed.state, 'done', told(resumed))
        assert.ok((resumed.steps.find(({ id }) => id === 'copy')?.attempts ?? 0) > 1)
        assert.deepEqual(leftovers(nodes.replica), [])
        await followsAgain(nodes)
      } finally {
        await acting.close()
      }
    }))

  test('a swap that was cut off between its two moves is gone on with', () =>
    withCluster({ standbys: 1, hba: HBA }, async (cluster) => {
      const nodes = nodesOf(cluster)
      await prepareNumbers(nodes.primary)
      await cluster.caughtUp()
      const { dataDirectory } = nodes.replica
      const cut = async () => {
        const ready = leftovers(nodes.replica).find((name) => name.endsWith('.new')) ?? ''
        renameSync(dataDirectory, join(dirname(dataDirectory), ready.replace(/new$/, 'old')))
        throw new Error('cut off')
      }
      const acting = await actingOnCluster(cluster, 'hosts', {
        executor: { openJournal: meanwhile(line('step-started', 'swap'), cut) },
      })
      try {
        await assert.rejects(acting.act('rebuild-replica', 'standby-1'), /cut off/)
        const resumed = await acting.executor.resume(acting.seen.at(-1)?.id ?? '', { skips: {} })
        assert.equal(resumed.state, 'done', told(resumed))
        assert.deepEqual(leftovers(nodes.replica), [])
        await followsAgain(nodes)
      } finally {
        await acting.close()
      }
    }))

  test('without a way into its host the commands are told, and a primary that serves is refused', () =>
    withCluster({ standbys: 1, hba: HBA }, async (cluster) => {
      const acting = await actingOnCluster(cluster, 'sql')
      try {
        const run = await acting.executor.propose({ action: 'rebuild-replica', target: 'standby-1', input: {} })
        assert.deepEqual(
          run.plan.steps.map(({ id, how }) => `${id}:${how}`),
          ['stop-replica:manual', 'slot:sql', 'rebuild-by-hand:manual'],
        )
        assert.match(run.plan.steps.at(-1)?.detail ?? '', /pg_basebackup -d 'host=127\.0\.0\.1 port=\d+ user=/)
        const primary = await acting.executor.propose({
          action: 'rebuild-replica',
          target: 'primary',
          input: { upstream: 'standby-1' },
        })
        assert.equal(primary.state, 'blocked')
        assert.ok(notPassed(primary).includes('takes-no-writes:fail'))
      } finally {
        await acting.close()
      }
    }))
})
