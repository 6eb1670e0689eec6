// What pg_hba.conf of a new upstream lacks for those who attach to it is added by the plan itself, and nothing else.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { END_MAJORS, type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster, hostOf, noteOf, notPassed, PROMOTION_STEPS } from './promoting.ts'

/** Lines that admit pgdeck and users, but nobody who replicates. */
const USERS_ONLY = 'local all all trust\nhost all postgres,pgdeck 127.0.0.1/32 scram-sha-256\n'
const ADDED = 'host replication repl_2 127.0.0.1/32 scram-sha-256'

/** Two standbys, each with a replication role of its own; `rules` are those of the first. */
async function withOwnRoles(
  cluster: TestCluster,
  rules: string,
): Promise<{ first: PostgresNode; second: PostgresNode }> {
  const { primary, standbys, password } = cluster
  const [first, second] = standbys
  assert.ok(first && second)
  for (const [index, node] of standbys.entries()) {
    const role = `repl_${index + 1}`
    await primary.createRole(role, 'LOGIN REPLICATION')
    await cluster.caughtUp()
    const conninfo = `host=127.0.0.1 port=${primary.port} user=${role} password=${password} application_name=${node.name}`
    await node.setSetting('primary_conninfo', conninfo)
  }
  await first.setHba(rules)
  return { first, second }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}

describe('promote', () => {
  for (const major of END_MAJORS)
    test(`PostgreSQL ${major}: a follower that would be refused gets its line, before a line that rejects it`, () =>
      withCluster({ major, standbys: 2 }, async (cluster) => {
        const rejects = 'host replication all 0.0.0.0/0 reject\n'
        const { first } = await withOwnRoles(cluster, USERS_ONLY + rejects)
        await cluster.caughtUp()
        const acting = await actingOnCluster(cluster, 'hosts')
        try {
          await cluster.primary.kill()
          const run = await acting.act('promote', 'standby-1')
          assert.deepEqual(
            run.plan.steps.map(({ id }) => id),
            ['add-hba-lines', ...PROMOTION_STEPS],
            JSON.stringify(notPassed(run)),
          )
          assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
          const [step] = run.plan.steps
          assert.match(step?.title ?? '', /^add the missing line for standby-2 to pg_hba\.conf of standby-1$/)
          assert.match(step?.detail ?? '', new RegExp(`^\\+${ADDED}$`, 'm'))
          assert.match(run.plan.impact.statement, new RegExp(`Added to pg_hba\\.conf: ${ADDED}`))
          assert.equal(run.plan.checks.find(({ id }) => id === 'hba-reverse')?.result, 'pass')
          assert.match(noteOf(run, 'add-hba-lines'), /has a row for each new line.*allows all/)
          assert.match(noteOf(run, 'repoint-followers'), /standby-2 streams from standby-1/)
          assert.deepEqual(linesOf(first.hba()), [...linesOf(USERS_ONLY), ADDED, rejects.trim()])
        } finally {
          await acting.close()
        }
      }))

  test('where pgdeck may not write the file, the check has the line, and the failure repeats it', () =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const { first } = await withOwnRoles(cluster, USERS_ONLY)
      const { primary } = cluster
      await primary.query('GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer), pg_reload_conf() TO pgdeck')
      await primary.query('ALTER ROLE pgdeck REPLICATION; GRANT SELECT ON pg_hba_file_rules TO pgdeck')
      await primary.query('GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO pgdeck')
      await cluster.caughtUp()
      const before = first.hba()
      const acting = await actingOnCluster(cluster, 'hosts', {
        user: 'pgdeck',
        hosts: cluster.nodes.filter((node) => node !== first).map(hostOf),
        databases: cluster.nodes.map((node) => ({
          name: node.name,
          dsn: `${node.dsn('pgdeck')}?sslmode=disable`,
          ...(node === first ? {} : { host: `host-${node.name}` }),
        })),
      })
      try {
        const planned = await acting.executor.propose({
          action: 'follow',
          target: 'standby-2',
          input: { upstream: 'standby-1' },
        })
        const check = planned.plan.checks.find(({ id }) => id === 'hba-reverse')
        assert.equal(check?.result, 'warn')
        assert.match(check?.message ?? '', /standby-1 would refuse standby-2; pgdeck can’t add the line: .*no access/)
        assert.match(check?.hint ?? '', new RegExp(`Missing in its pg_hba.conf: ${ADDED}`))
        const run = await acting.act('follow', 'standby-2', { upstream: 'standby-1' })
        assert.match(run.why ?? '', /does not stream .*; the plan had warned \(hba-reverse\): standby-1 would refuse/)
        assert.match(acting.questions[0]?.hint ?? '', new RegExp(ADDED))
        assert.equal(first.hba(), before)
      } finally {
        await acting.close()
      }
    }))
})

test('a switchover adds the line of the primary that returns, as the role that it returns as; undo takes only that out', () =>
  withCluster({ standbys: 2 }, async (cluster) => {
    const { first } = await withOwnRoles(cluster, `${USERS_ONLY}host replication repl_2 127.0.0.1/32 scram-sha-256\n`)
    await cluster.caughtUp()
    const acting = await actingOnCluster(cluster, 'hosts')
    try {
      const before = first.hba()
      const line = 'host replication repl_1 127.0.0.1/32 scram-sha-256'
      const run = await acting.act('switchover', 'standby-1')
      assert.equal(run.plan.steps[0]?.id, 'add-hba-lines', JSON.stringify(notPassed(run)))
      assert.equal(run.state, 'done', `${run.why}\n${JSON.stringify(run.steps, null, 1)}`)
      assert.match(noteOf(run, 'return-old-primary'), /primary streams from standby-1/)
      assert.equal(first.hba(), `${before}${line}\n`)
      const asked = 'host all somebody 10.0.0.1/32 scram-sha-256'
      const later = await acting.act('add-hba-entry', 'standby-1', { line: asked })
      assert.equal(later.state, 'done', later.why ?? '')
      await first.setHba(`${first.hba()}# somebody was here\n`)
      const undone = await acting.executor.abort(later.id, 'test')
      assert.equal(undone.steps[0]?.state, 'undone', undone.why ?? '')
      assert.equal(first.hba(), `${before}${line}\n# somebody was here\n`)
    } finally {
      await acting.close()
    }
  }))
