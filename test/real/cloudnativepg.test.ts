// Real servers beside a kubectl that prints the documented answers of CloudNativePG. The operator itself was not run.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterConfig } from '../../src/config/config.ts'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { openTempDir } from '../../src/io/process/temp-dir.ts'
import { managerBlockFor } from '../../src/model/managers/manager-guard.ts'
import { pollOnce } from '../fakes/poll-once.ts'
import { clusterResource, kubectlThat } from '../recorded/cloudnativepg.ts'
import { withCluster } from './embedded.ts'

test('the operator is in charge of real servers, by their system identifier and the names of its instances', async (context) => {
  const scratch = openTempDir()
  context.after(() => scratch.close())
  await withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
    const nodes = [primary, ...standbys]
    const [plain] = configFromDsns(
      nodes.map((node) => node.dsn('pgdeck', 'postgres')),
      {},
    ).clusters
    assert.ok(plain)
    const [leader = '', standby = ''] = plain.databases.map(({ spec }) => spec.id)
    const [row] = await primary.query<{ id: string }>('select system_identifier::text as id from pg_control_system()')
    const polled = async (systemID: string, change: Parameters<typeof clusterResource>[0] = () => {}) => {
      const resource = clusterResource((given) => {
        Object.assign(given.status, {
          systemID,
          currentPrimary: leader,
          targetPrimary: leader,
          instanceNames: [leader, standby],
          instancesStatus: { healthy: [leader, standby] },
          instancesReportedState: {},
        })
        change(given)
      })
      const { path } = kubectlThat(scratch.path, JSON.stringify(resource))
      const manager = {
        kind: 'cloudnativepg',
        act: false,
        resource: { kubectl: [path], cluster: 'web', namespace: null },
      } as const
      const spec = { ...plain.spec, managerSources: [{ kind: 'cloudnativepg', address: 'web' }] } as const
      return pollOnce({ ...plain, manager, spec } satisfies ClusterConfig)
    }
    const system = row?.id ?? assert.fail('no system identifier')
    const { manager, picture, document } = await polled(system)
    assert.deepEqual([manager?.kind, manager?.activity, manager?.scope], ['cloudnativepg', 'live', 'web'])
    assert.deepEqual([manager?.leader, manager?.names], [leader, { [leader]: leader, [standby]: standby }])
    const block = managerBlockFor(picture, 'promote', standby)
    assert.deepEqual([block?.result, block?.mayOverride], ['fail', false])
    assert.equal(block?.command, `kubectl cnpg promote web ${standby} -n shop`)
    assert.equal(document.manager?.operator?.phase, 'Cluster in healthy state')

    const fenced = await polled(system, ({ metadata }) => {
      metadata.annotations = { 'cnpg.io/fencedInstances': JSON.stringify([leader]) }
    })
    assert.match(fenced.picture.failover.blockers.join(), /CloudNativePG promotes nobody: its primary .* is fenced/)
    const other = await polled('1')
    assert.equal(other.manager?.activity, 'silent', 'the operator of another system is not in charge')
  })
})
