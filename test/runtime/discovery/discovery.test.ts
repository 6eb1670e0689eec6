// Discovery on real servers: from any one of them to all of them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { configFromDsns } from '../../../src/config/from-dsns.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { discover } from '../../../src/runtime/discovery/discovery.ts'
import { withCluster } from '../../real/embedded.ts'
import { patiently } from '../../wait.ts'

function clusterFrom(...dsns: readonly string[]) {
  const [cluster] = configFromDsns(dsns, {}).clusters
  assert.ok(cluster)
  return cluster
}

function find(...dsns: readonly string[]) {
  return discover(clusterFrom(...dsns), { timeoutMs: patiently(3_000) })
}

const portsOf = (nodes: readonly { readonly port: number }[]) => nodes.map(({ port }) => port).sort()

// Only Linux tells which ports a standby on this machine can have; elsewhere these ports would have to be guessed.
describe('a primary, two standbys and a cascade', { skip: process.platform !== 'linux' }, () => {
  test('are found from each of them', async () => {
    await withCluster({ standbys: 2, cascade: true }, async ({ nodes, caughtUp }) => {
      await caughtUp()
      for (const start of nodes) await foundFrom(start, nodes)
      await bySocket(nodes)
      await withoutAccess(nodes)
      await withOneDown(nodes)
    })
  })
})

async function foundFrom(start: PostgresNode, nodes: readonly PostgresNode[]): Promise<void> {
  const told: string[] = []
  const cluster = clusterFrom(start.dsn('pgdeck'))
  const options = {
    timeoutMs: patiently(3_000),
    onFound: (found: { spec: { id: string } }) => void told.push(found.spec.id),
  }
  const { cluster: grown, unreachable } = await discover(cluster, options)
  assert.deepEqual(unreachable, [], `from ${start.name}`)
  assert.deepEqual(portsOf(grown.spec.databases), portsOf(nodes), `from ${start.name}`)
  const [given, ...found] = grown.databases
  assert.equal(given, cluster.databases[0])
  assert.deepEqual(
    found.map(({ spec }) => spec.id).sort(),
    nodes
      .filter((node) => node !== start)
      .map(({ name }) => name)
      .sort(),
  )
  assert.deepEqual(
    told,
    found.map(({ spec }) => spec.id),
  )
  assert.ok(found.every(({ spec, connection }) => !spec.configured && connection.password === start.password))
  assert.deepEqual(
    grown.spec.databases,
    grown.databases.map(({ spec }) => spec),
  )
}

async function bySocket([primary, standby, ...rest]: readonly PostgresNode[]): Promise<void> {
  assert.ok(primary && standby)
  const socket = `postgresql://postgres@/postgres?host=${encodeURIComponent(primary.socketDirectory)}&port=${primary.port}`
  const { cluster, unreachable } = await find(socket, standby.dsn('pgdeck'))
  assert.deepEqual(unreachable, [])
  assert.deepEqual(portsOf(cluster.spec.databases), portsOf([primary, standby, ...rest]))
}

/** A node that refuses us is known to be there: it is listed with what it said. */
async function withoutAccess([primary, standby, second, cascade]: readonly PostgresNode[]): Promise<void> {
  assert.ok(primary && standby && second && cascade)
  const before = second.hba()
  await second.setHba('local all all trust\n')
  const { cluster, unreachable } = await find(primary.dsn('pgdeck'))
  assert.deepEqual(portsOf(cluster.spec.databases), portsOf([primary, standby, cascade]))
  assert.equal(unreachable.length, 1)
  assert.match(unreachable[0]?.why ?? '', /application_name standby-2\) streams from .*pg_hba/)
  await second.setHba(before)
}

async function withOneDown([primary, standby, second, cascade]: readonly PostgresNode[]): Promise<void> {
  assert.ok(primary && standby && second && cascade)
  await primary.stop('immediate')
  const { cluster, unreachable } = await find(cascade.dsn('pgdeck'), primary.dsn('pgdeck'))
  assert.deepEqual(portsOf(cluster.spec.databases), portsOf([primary, standby, cascade]))
  const given = unreachable.find(({ reportedBy }) => reportedBy === null)
  assert.equal(given?.port, primary.port)
  assert.match(given?.why ?? '', /refuse/)
}

test('nothing that can be reached leaves the cluster as it was', async () => {
  const cluster = clusterFrom('postgresql://pgdeck@127.0.0.1:1/postgres')
  const { cluster: same, unreachable } = await discover(cluster, { timeoutMs: 1000 })
  assert.deepEqual(same, cluster)
  assert.deepEqual([unreachable[0]?.address, unreachable[0]?.port], ['127.0.0.1', 1])
})

test('a search that is given up ends with what it has', async () => {
  const cluster = clusterFrom('postgresql://pgdeck@192.0.2.1:5432/postgres')
  const found = await discover(cluster, { timeoutMs: 60_000, signal: AbortSignal.timeout(50) })
  assert.equal(found.cluster.databases.length, 1)
})
