// A manager that shows nothing in the database: its files in the data directory, and its agent among the host's processes.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { readTextOrNull, removePath, writePrivateText } from '../../../src/io/files/sync-files.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster } from './promoting.ts'

test('files of a manager refuse until overruled, an agent that may be another cluster’s warns', () =>
  withCluster({ standbys: 1 }, async (cluster) => {
    const [standby] = cluster.standbys
    assert.ok(standby)
    const acting = await actingOnCluster(cluster, 'hosts')
    const checkOf = async (action: string, input: Readonly<Record<string, string>> = {}) => {
      const { plan } = await acting.executor.propose({ action, target: standby.name, input })
      return plan.checks.find(({ id }) => id === 'manager')
    }
    const left = join(standby.dataDirectory, 'patroni.dynamic.json')
    const run = async (name: string) => {
      const process = spawn('sleep', ['600'], { argv0: name, stdio: 'ignore' })
      agents.push(process)
      await until(
        `${name} is among the processes`,
        10_000,
        () => readTextOrNull(`/proc/${process.pid}/cmdline`)?.startsWith(name) === true,
      )
    }
    const agents: ChildProcess[] = []
    try {
      await run(`pg_autoctl run --pgdata ${cluster.primary.dataDirectory}/elsewhere`)
      assert.equal((await checkOf('switchover'))?.result, 'pass', 'an agent of another cluster is none')
      await run('/usr/sbin/pacemakerd')
      const foreign = await checkOf('switchover')
      assert.equal(foreign?.result, 'warn')
      assert.match(
        foreign?.message ?? '',
        /^Pacemaker runs on host-standby-1: whether it manages this database is unknown$/,
      )
      assert.equal((await checkOf('reload'))?.result, 'pass', 'which is nothing to a reload')

      writePrivateText(left, '{}', standby.scratch.owner)
      const found = await checkOf('fence')
      assert.deepEqual([found?.result, found?.mayOverride], ['fail', true])
      assert.match(found?.message ?? '', /patroni\.dynamic\.json is in .* on host-standby-1$/)
      removePath(left)
    } finally {
      for (const agent of agents) agent.kill('SIGKILL')
      await acting.close()
    }
  }))
