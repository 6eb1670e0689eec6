// A pg_hba.conf in several files: a missing line goes into the file of the line that would decide before it.

import assert from 'node:assert/strict'
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { faultAt } from '../links.ts'
import { actingOnCluster, notPassed } from './promoting.ts'

const newest = MAJORS.at(-1) ?? 0
const lacks = newest >= 16 ? false : 'no server of version 16 or later'
const REJECTS = 'host replication all 0.0.0.0/0 reject\nhost all newcomer 0.0.0.0/0 reject\n'
const MAIN = `local all all trust
host all postgres 127.0.0.1/32 scram-sha-256
include pg_hba_site.conf
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
`

/** Writes a file beside pg_hba.conf, of the same owner; resolves to its path. */
function writeBeside(node: PostgresNode, name: string, text: string): string {
  const path = join(dirname(`${node.dataDirectory}/pg_hba.conf`), name)
  writeFileSync(path, text, { mode: 0o600 })
  const { uid, gid } = statSync(node.dataDirectory)
  if (process.getuid?.() === 0) chownSync(path, uid, gid)
  return path
}

async function refuses(node: PostgresNode, user: string): Promise<boolean> {
  const fault = await faultAt(node.dsn(user)).catch(() => null)
  return fault?.code === 'hba'
}

describe('an included file that rejects', { skip: lacks }, () => {
  test('gets the line that the audit finds missing, and gives it back', () =>
    withCluster({ major: newest, standbys: 1 }, async (cluster) => {
      const { primary } = cluster
      const site = writeBeside(primary, 'pg_hba_site.conf', REJECTS)
      await primary.setHba(MAIN)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const run = await acting.act('add-hba-entry', 'primary')
        assert.equal(run.state, 'done', `${run.why} ${JSON.stringify(notPassed(run))}`)
        assert.match(
          readFileSync(site, 'utf8'),
          /^host replication postgres 127\.0\.0\.1\/32 scram-sha-256\nhost replication all/,
        )
        assert.equal(primary.hba(), MAIN)
        const undone = await acting.executor.abort(run.id, 'test')
        assert.equal(undone.steps[0]?.state, 'undone', undone.why ?? '')
        assert.equal(readFileSync(site, 'utf8'), REJECTS)
      } finally {
        await acting.close()
      }
    }))

  test('hides a line of one’s own at the end of the main file: the check says where it belongs', () =>
    withCluster({ major: newest }, async (cluster) => {
      const { primary } = cluster
      const site = writeBeside(primary, 'pg_hba_site.conf', REJECTS)
      await primary.createRole('newcomer', 'LOGIN')
      await primary.setHba(MAIN)
      const acting = await actingOnCluster(cluster, 'hosts')
      const own = 'host all newcomer 127.0.0.1/32 scram-sha-256'
      try {
        assert.equal(await refuses(primary, 'newcomer'), true)
        const { plan } = await acting.executor.propose({
          action: 'add-hba-entry',
          target: 'primary',
          input: { line: own },
        })
        const check = plan.checks.find(({ id }) => id === 'hba-order')
        assert.equal(check?.result, 'fail')
        assert.match(check?.message ?? '', new RegExp(`line 2 of ${site} .* would have no effect there`))
        assert.equal(check?.hint, `Insert it before that line: --set file=${site} --set before=2.`)
        const run = await acting.act('add-hba-entry', 'primary', { line: own, file: site, before: '2' })
        assert.equal(run.state, 'done', run.why ?? '')
        assert.equal(await refuses(primary, 'newcomer'), false)
        await assert.rejects(
          acting.executor.propose({
            action: 'add-hba-entry',
            target: 'primary',
            input: { line: own, file: '/etc/passwd' },
          }),
          /\/etc\/passwd is not among the files of primary: .*pg_hba\.conf, .*pg_hba_site\.conf/,
        )
      } finally {
        await acting.close()
      }
    }))

  test('gets the line of a follower as a step of a promotion, beside a list of names in a file', () =>
    withCluster({ major: newest, standbys: 2 }, async (cluster) => {
      const [first] = cluster.standbys
      assert.ok(first)
      const site = writeBeside(first, 'pg_hba_site.conf', REJECTS)
      writeBeside(first, 'admins', 'postgres\npgdeck\n')
      const main = MAIN.replace('host all postgres', 'host all @admins')
      await first.setHba(main)
      await cluster.caughtUp()
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await cluster.primary.kill()
        const run = await acting.act('promote', 'standby-1')
        assert.equal(run.plan.steps[0]?.id, 'add-hba-lines', JSON.stringify(notPassed(run)))
        assert.equal(run.state, 'done', `${run.why} ${JSON.stringify(run.steps)}`)
        assert.match(
          readFileSync(site, 'utf8'),
          /^host replication postgres 127\.0\.0\.1\/32 scram-sha-256\nhost replication all/,
        )
        assert.equal(first.hba(), main)
      } finally {
        await acting.close()
      }
    }))
})

test('a list of names in a file admits whom it names: nothing is missing then', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const { primary } = cluster
    writeBeside(primary, 'replicas', 'postgres\n')
    await primary.setHba(
      'local all all trust\nhost all postgres 127.0.0.1/32 scram-sha-256\nhost replication @replicas 127.0.0.1/32 scram-sha-256\n',
    )
    const acting = await actingOnCluster(cluster, 'hosts')
    try {
      const { plan } = await acting.executor.propose({ action: 'rebuild-replica', target: 'standby-1', input: {} })
      assert.equal(plan.checks.find(({ id }) => id === 'hba-reverse')?.result, 'pass')
      assert.equal(
        plan.steps.some(({ id }) => id === 'add-hba-lines'),
        false,
      )
    } finally {
      await acting.close()
    }
  }))
