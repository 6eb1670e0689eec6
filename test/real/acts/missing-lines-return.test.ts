// What pg_hba.conf of the acting primary lacks for one that returns to it, rewound or rebuilt, is added by the plan.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { actingOn } from '../../fakes/acting.ts'
import { until } from '../../wait.ts'
import { MAJORS, type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster, hostOf, noteOf, notPassed, numbersOn, prepareNumbers } from './promoting.ts'

/** Lines that admit pgdeck, but nobody who replicates or rewinds. */
const PGDECK_ONLY = 'local all all trust\nhost all postgres 127.0.0.1/32 scram-sha-256\n'
const FOR_REPLICATION = 'host replication rewinder 127.0.0.1/32 scram-sha-256'
const FOR_REWIND = 'host postgres rewinder 127.0.0.1/32 scram-sha-256'
const PROGRAMS = '/usr/lib/postgresql/15/bin'
const lacks = !existsSync(`${PROGRAMS}/pg_rewind`)
  ? `no pg_rewind in ${PROGRAMS}`
  : MAJORS.includes(15)
    ? false
    : 'no server programs of 15'

function told(run: Run): string {
  const words = run.output.map(({ text }) => text).join('\n')
  return `${run.why}\n${JSON.stringify(notPassed(run))}\n${JSON.stringify(run.steps, null, 1)}\n${words}`
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}

async function follows(primary: PostgresNode, standby: PostgresNode, number: number): Promise<void> {
  await primary.query('insert into numbers values ($1)', [number])
  await until(`${standby.name} has the commit`, 20_000, async () => (await numbersOn(standby)).includes(number))
}

/** The standby replaces the primary, which wrote on: the role `rewinder` may read its files, unless its rules refuse it. */
async function diverged(cluster: TestCluster, rules: string): Promise<PostgresNode> {
  const { primary } = cluster
  const [standby] = cluster.standbys
  assert.ok(standby)
  await prepareNumbers(primary)
  await primary.createRole('rewinder', 'LOGIN REPLICATION')
  await primary.query(`GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),
    pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean) TO rewinder`)
  await cluster.caughtUp()
  const conninfo = `host=127.0.0.1 port=${primary.port} user=rewinder password=${cluster.password} application_name=standby-1`
  await standby.setSetting('primary_conninfo', conninfo)
  await cluster.caughtUp()
  await standby.setHba(rules)
  await standby.stop('fast')
  await primary.query('insert into numbers values (99)')
  await primary.kill()
  await standby.start()
  return standby
}

function actingWithPrograms({ nodes }: TestCluster, withoutHost: readonly PostgresNode[] = []) {
  const reached = nodes.filter((node) => !withoutHost.includes(node))
  return actingOn({
    hosts: reached.map((node) => ({ ...hostOf(node), binDirectory: PROGRAMS })),
    databases: nodes.map((node) => ({
      name: node.name,
      dsn: `${node.dsn('postgres')}?sslmode=disable`,
      replicationUser: 'rewinder',
      ...(reached.includes(node) ? { host: `host-${node.name}` } : {}),
    })),
  })
}

test(
  'a failback adds the line without which pg_rewind would be refused, before the line that rejects it',
  {
    skip: lacks,
  },
  () =>
    withCluster({ major: 15, standbys: 1, settings: { wal_log_hints: 'on' } }, async (cluster) => {
      const rejects = 'host all all 0.0.0.0/0 reject'
      const standby = await diverged(cluster, `${PGDECK_ONLY}${FOR_REPLICATION}\n${rejects}\n`)
      const acting = await actingWithPrograms(cluster)
      try {
        const promoted = await acting.act('promote', 'standby-1')
        assert.equal(promoted.state, 'done', told(promoted))
        const run = await acting.act('failback', 'primary')
        assert.equal(run.state, 'done', told(run))
        assert.equal(run.plan.steps[0]?.id, 'add-hba-lines')
        assert.match(run.plan.steps[0]?.title ?? '', /^add the missing line for primary \(pg_rewind\) to pg_hba\.conf/)
        assert.match(noteOf(run, 'rewind'), /was rewound/)
        const now = linesOf(standby.hba())
        assert.deepEqual(now, [...linesOf(PGDECK_ONLY), FOR_REPLICATION, FOR_REWIND, rejects])
        await follows(standby, cluster.primary, 2)
        assert.deepEqual(await numbersOn(cluster.primary), [2])
      } finally {
        await acting.close()
      }
    }),
)

test('both missing lines are added, and the rewound primary streams', { skip: lacks }, () =>
  withCluster({ major: 15, standbys: 1, settings: { wal_log_hints: 'on' } }, async (cluster) => {
    const standby = await diverged(cluster, PGDECK_ONLY)
    const acting = await actingWithPrograms(cluster)
    try {
      const promoted = await acting.act('promote', 'standby-1')
      assert.equal(promoted.state, 'done', told(promoted))
      const run = await acting.act('failback', 'primary', { by: 'rewind' })
      assert.equal(run.state, 'done', told(run))
      assert.deepEqual(
        linesOf(standby.hba()).toSorted(),
        [...linesOf(PGDECK_ONLY), FOR_REPLICATION, FOR_REWIND].toSorted(),
      )
      await follows(standby, cluster.primary, 2)
    } finally {
      await acting.close()
    }
  }),
)

test('where pgdeck can’t add that line, pg_rewind is no way, and the check has the line', { skip: lacks }, () =>
  withCluster({ major: 15, standbys: 1, settings: { wal_log_hints: 'on' } }, async (cluster) => {
    const standby = await diverged(cluster, `${PGDECK_ONLY}${FOR_REPLICATION}\n`)
    const acting = await actingWithPrograms(cluster)
    try {
      const promoted = await acting.act('promote', 'standby-1')
      assert.equal(promoted.state, 'done', told(promoted))
      await standby.setHba(`${standby.hba()}# a comment with a zero byte \0\n`)
      const { plan } = await acting.executor.propose({ action: 'failback', target: 'primary', input: {} })
      const check = plan.checks.find(({ id }) => id === 'rewind')
      assert.equal(check?.result, 'warn')
      assert.match(check?.message ?? '', /standby-1 would refuse rewinder on postgres: no line allows it/)
      assert.equal(check?.hint, `Missing in its pg_hba.conf: ${FOR_REWIND}`)
      assert.match(plan.title, /rebuilt/)
      await assert.rejects(
        acting.executor.propose({ action: 'failback', target: 'primary', input: { by: 'rewind' } }),
        /pg_rewind can’t rewind it: standby-1 would refuse rewinder/,
      )
    } finally {
      await acting.close()
    }
  }),
)

test('a rebuild adds the line that the replica lacks, and streams', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { primary } = cluster
    const [replica] = cluster.standbys
    assert.ok(replica)
    await prepareNumbers(primary)
    await cluster.caughtUp()
    await replica.stop('fast')
    await primary.setHba(PGDECK_ONLY)
    const acting = await actingOnCluster(cluster, 'hosts')
    try {
      const run = await acting.act('rebuild-replica', 'standby-1')
      assert.equal(run.plan.steps[0]?.id, 'add-hba-lines', told(run))
      assert.equal(run.state, 'done', told(run))
      await follows(primary, replica, 1)
    } finally {
      await acting.close()
    }
  }))
