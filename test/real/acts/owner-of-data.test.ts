// Acts over ssh by an account that does not own the data: with `as` through a real sudo; without, refused before the confirmation.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { serverUser } from '../../../src/io/process/process.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { actingOn } from '../../fakes/acting.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { sudoAccount, withoutSudo } from '../../fakes/sudo-account.ts'
import { packagedServers, type TestCluster, withCluster } from '../embedded.ts'

const owner = serverUser()?.name ?? ''
/** The servers that tests bring along have no pg_basebackup. */
const [binaries] = packagedServers()
const withoutPackage = binaries === undefined && 'no PostgreSQL of the distribution is installed'

/** The account reaches each host over ssh. Nothing of PostgreSQL needs a command of the configuration. */
async function actingByOps(context: TestContext, { nodes }: TestCluster, as: string | null) {
  const account = sudoAccount(context, `(${owner}) NOPASSWD: ALL`)
  const sshd = await startSshd(context, { account })
  const folder = mkdtempSync('/tmp/pgdeck-programs-')
  const before = process.env.PATH
  context.after(() => {
    process.env.PATH = before
    rmSync(folder, { recursive: true, force: true })
  })
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${sshd.configFile}' "$@"\n`)
  chmodSync(join(folder, 'ssh'), 0o755)
  process.env.PATH = `${folder}:${before}`
  const hostOf = (node: PostgresNode) => ({
    name: `host-${node.name}`,
    ssh: 'box',
    dataDirectory: node.dataDirectory,
    binDirectory: node.binaries.bin,
    ...(as === null ? {} : { as }),
  })
  const databases = nodes.map((node) => ({
    name: node.name,
    dsn: `${node.dsn('postgres')}?sslmode=disable`,
    host: `host-${node.name}`,
  }))
  const acting = await actingOn({ databases, hosts: nodes.map(hostOf) })
  return { acting, account }
}

function told(run: Run): string {
  const steps = run.steps.map(({ id, state, note }) => `${id} ${state}: ${note}`)
  return [run.why, ...run.plan.checks.map(({ id, result, message }) => `${result} ${id}: ${message}`), ...steps].join(
    '\n',
  )
}

describe('an account that does not own the data', { skip: withoutSshd || withoutSudo }, () => {
  test('rebuilds, fences and starts again as the owner', { skip: withoutPackage }, (context) =>
    withCluster({ standbys: 1, ...(binaries ? { binaries } : {}) }, async (cluster) => {
      const [replica] = cluster.standbys
      assert.ok(replica)
      await cluster.caughtUp()
      const { acting } = await actingByOps(context, cluster, owner)
      try {
        const rebuilt = await acting.act('rebuild-replica', replica.name)
        assert.equal(rebuilt.state, 'done', told(rebuilt))
        assert.equal(statSync(replica.dataDirectory).uid, serverUser()?.uid)
        const fenced = await acting.act('fence', cluster.primary.name)
        assert.equal(fenced.state, 'done', told(fenced))
        const started = await acting.act('unfence', cluster.primary.name)
        assert.equal(started.state, 'done', told(started))
        assert.deepEqual(await cluster.primary.query('select pg_is_in_recovery() as standby'), [{ standby: false }])
      } finally {
        await acting.close()
      }
    }),
  )

  test('without `as` the plan says who may not read what, before anything is done', (context) =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const [replica] = cluster.standbys
      assert.ok(replica)
      await cluster.caughtUp()
      const { acting, account } = await actingByOps(context, cluster, null)
      try {
        await replica.stop('fast')
        const run = await acting.act('unfence', replica.name, { as: 'standby' })
        assert.equal(run.state, 'blocked', told(run))
        const check = run.plan.checks.find(({ id }) => id === 'data-access')
        assert.equal(check?.result, 'fail')
        const where = `${replica.dataDirectory} on the host host-${replica.name}`
        assert.equal(check?.message, `${account.name} may not read ${where}`)
        assert.match(check?.hint ?? '', /^Set "as" of the host /)
        const rebuild = await acting.executor.propose({ action: 'rebuild-replica', target: replica.name, input: {} })
        assert.equal(rebuild.plan.checks.find(({ id }) => id === 'data-access')?.result, 'warn')
      } finally {
        await acting.close()
      }
    }))
})
