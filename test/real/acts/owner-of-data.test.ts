// Acts over ssh by an account that does not own the data: with `as` through a real sudo; without, refused before the confirmation.

import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { describe, test } from 'node:test'
import { serverUser } from '../../../src/io/process/process.ts'
import { withoutSshd } from '../../fakes/sshd.ts'
import { withoutSudo } from '../../fakes/sudo-account.ts'
import { withCluster } from '../embedded.ts'
import { actingByOps, binaries, owner, told, withoutPackage } from './by-ops.ts'

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
