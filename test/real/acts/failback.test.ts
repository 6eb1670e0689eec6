// The act `failback` on real servers: after a promotion the old primary follows, as it is, rebuilt or rewound, and takes over again.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { MAJORS, type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster, hostOf, noteOf, notPassed, numbersOn, prepareNumbers } from './promoting.ts'

const HBA = `local all postgres trust
local replication postgres trust
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
`

function nodesOf({ primary, standbys }: TestCluster) {
  const [standby] = standbys
  assert.ok(standby)
  return { primary, standby }
}

function told(run: Run): string {
  const words = run.output.map(({ text }) => text).join('\n')
  return `${run.why}\n${JSON.stringify(notPassed(run))}\n${JSON.stringify(run.steps, null, 1)}\n${words}`
}

async function isPrimary(node: PostgresNode): Promise<boolean> {
  const rows = await node.query<{ standby: boolean }>('select pg_is_in_recovery() as standby').catch(() => [])
  return rows[0]?.standby === false
}

/** Asks all of them all the time whether they take writes; answers at the end with how often two did. */
function watchWriters(nodes: readonly PostgresNode[]) {
  const seen = { over: false, twice: 0, looks: 0 }
  const watching = (async () => {
    while (!seen.over) {
      const first = await Promise.all(nodes.map(isPrimary))
      const again = await Promise.all(nodes.map(isPrimary))
      // Not in the same moment: only who takes writes in both looks did in between.
      const both = first.filter((writes, index) => writes && again[index] === true)
      seen.looks += 1
      if (both.length > 1) seen.twice += 1
    }
  })()
  return async () => {
    seen.over = true
    await watching
    return seen.twice
  }
}

async function follows(primary: PostgresNode, standby: PostgresNode, number: number): Promise<void> {
  await primary.query('insert into numbers values ($1)', [number])
  await until(`${standby.name} has the commit`, 20_000, async () => (await numbersOn(standby)).includes(number))
  assert.deepEqual(await numbersOn(standby), await numbersOn(primary))
  assert.equal(await isPrimary(standby), false)
}

describe('failback', () => {
  test('after a crash the old primary is rebuilt and gets the role back; never do two take writes', () =>
    withCluster({ standbys: 1, hba: HBA }, async (cluster) => {
      const { primary, standby } = nodesOf(cluster)
      await prepareNumbers(primary)
      await primary.query('insert into numbers values (1)')
      await cluster.caughtUp()
      const acting = await actingOnCluster(cluster, 'hosts')
      await primary.kill()
      const writers = watchWriters([primary, standby])
      try {
        const promoted = await acting.act('promote', 'standby-1')
        assert.equal(promoted.state, 'done', told(promoted))
        await standby.query('insert into numbers values (2)')
        const run = await acting.act('failback', 'primary', { switchover: 'true', 'keep-old': 'false' })
        assert.equal(await writers(), 0, 'two took writes')
        assert.equal(run.state, 'done', told(run))
        assert.match(run.plan.title, /bring primary back .* rebuilt; then switch over to primary/)
        assert.equal(await isPrimary(primary), true)
        assert.deepEqual(await numbersOn(primary), [1, 2])
        await follows(primary, standby, 3)
        const slots = await primary.query<{ name: string; active: boolean }>(
          'select slot_name as name, active from pg_replication_slots',
        )
        assert.deepEqual(slots, [{ name: 'standby_1', active: true }])
        const left = await standby.query('select slot_name from pg_replication_slots')
        assert.deepEqual(left, [])
      } finally {
        await writers()
        await acting.close()
      }
    }))

  test('one that ended cleanly follows with the data it has', () =>
    withCluster({ standbys: 1, hba: HBA }, async (cluster) => {
      const { primary, standby } = nodesOf(cluster)
      await prepareNumbers(primary)
      await cluster.caughtUp()
      await primary.stop('fast')
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const promoted = await acting.act('promote', 'standby-1')
        assert.equal(promoted.state, 'done', told(promoted))
        const run = await acting.act('failback', 'primary')
        assert.equal(run.state, 'done', told(run))
        assert.deepEqual(
          run.plan.steps.map(({ id }) => id),
          ['stop-replica', 'slot', 'return'],
        )
        await follows(standby, primary, 1)
      } finally {
        await acting.close()
      }
    }))

  const PROGRAMS = '/usr/lib/postgresql/15/bin'
  const lacks = !existsSync(`${PROGRAMS}/pg_rewind`)
    ? `no pg_rewind in ${PROGRAMS}`
    : MAJORS.includes(15)
      ? false
      : 'no server programs of 15'

  test('one that wrote on is rewound by PostgreSQL’s own program, and keeps its own settings', { skip: lacks }, () =>
    withCluster({ major: 15, standbys: 1, hba: HBA, settings: { wal_log_hints: 'on' } }, async (cluster) => {
      const { primary, standby } = nodesOf(cluster)
      await prepareNumbers(primary)
      await cluster.caughtUp()
      await standby.stop('fast')
      await primary.query('insert into numbers values (99)')
      await primary.kill()
      await standby.start()
      const hosts = cluster.nodes.map((node) => ({ ...hostOf(node), binDirectory: PROGRAMS }))
      const databases = cluster.nodes.map((node) => ({
        name: node.name,
        dsn: `${node.dsn('postgres')}?sslmode=disable`,
        host: `host-${node.name}`,
      }))
      const acting = await actingOn({ databases, hosts })
      try {
        const promoted = await acting.act('promote', 'standby-1')
        assert.equal(promoted.state, 'done', told(promoted))
        await standby.query('insert into numbers values (1)')
        const run = await acting.act('failback', 'primary')
        assert.equal(run.state, 'done', told(run))
        assert.equal(run.plan.danger, 'data-loss')
        assert.match(noteOf(run, 'rewind'), /was rewound/)
        await follows(standby, primary, 2)
        assert.deepEqual(await numbersOn(primary), [1, 2])
        // The programs copy too, with the password in a file of its own.
        const rebuilt = await acting.act('rebuild-replica', 'primary')
        assert.equal(rebuilt.state, 'done', told(rebuilt))
        assert.match(rebuilt.plan.steps.find(({ id }) => id === 'copy')?.detail ?? '', /pg_basebackup/)
        await follows(standby, primary, 3)
      } finally {
        await acting.close()
      }
    }),
  )
})
