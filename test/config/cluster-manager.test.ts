// The declared manager: which address belongs to which database, what the cluster is asked for, and what is no manager.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { scratch } from './scratch.ts'

const DATABASES = [
  { name: 'db-1', dsn: 'postgresql://pgdeck@10.0.0.11/postgres' },
  { name: 'db-2', dsn: 'postgresql://pgdeck@10.0.0.12/postgres', patroni: 'http://10.0.0.12:9008' },
  { name: 'db-3', dsn: 'postgresql://pgdeck@10.0.0.13:5433/postgres' },
  { name: 'db-4', dsn: 'postgresql://pgdeck@10.0.0.13:5434/postgres' },
]

function load(context: TestContext, manager: unknown, databases: unknown = DATABASES) {
  const { folder, write } = scratch(context)
  const path = write('pgdeck.json', JSON.stringify({ clusters: [{ name: 'vault', databases, manager }] }))
  const { clusters, warnings } = loadConfig({ path, env: { USER: 'tester' }, cwd: '/' })
  return { cluster: clusters[0] ?? assert.fail('no cluster'), warnings, folder }
}

function refusal(context: TestContext, manager: unknown): string {
  try {
    load(context, manager)
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message
  }
  return assert.fail('it was accepted')
}

describe('a declared Patroni', () => {
  const rest = ['https://10.0.0.11:8008', 'https://10.0.0.12:8008', 'https://10.0.0.13:8008', 'https://10.0.0.13:8009']

  test('belongs to the database on its host; the older key stands; the others are of the cluster', (context) => {
    const { cluster } = load(context, { kind: 'patroni', rest })
    assert.deepEqual(
      cluster.databases.map(({ patroni }) => patroni),
      ['https://10.0.0.11:8008', 'http://10.0.0.12:9008', undefined, undefined],
    )
    assert.equal(cluster.databases[0]?.spec.patroni, 'https://10.0.0.11:8008')
    assert.deepEqual(
      cluster.spec.managerSources?.map(({ address }) => address),
      rest.slice(1),
    )
  })

  test('has its files beside the configuration, and its password in nothing that is shown', (context) => {
    const tls = { ca: 'ca.pem', cert: '/etc/c.pem' }
    const { cluster, folder } = load(context, { kind: 'patroni', rest, tls, user: 'admin', passwordCommand: ['./pw'] })
    const trust = { ca: join(folder, 'ca.pem'), cert: '/etc/c.pem', key: null }
    assert.deepEqual(cluster.databases[2]?.managerTrust, trust)
    const { manager } = cluster
    assert.ok(manager?.kind === 'patroni')
    assert.deepEqual([manager.trust, manager.user, manager.act], [trust, 'admin', false])
    assert.deepEqual(manager.passwordCommand, [join(folder, 'pw')])
    assert.doesNotMatch(JSON.stringify(cluster.spec), /admin|\/pw/)
  })
})

describe('a declared table or monitor', () => {
  test('is asked for the cluster, without its password in what is shown', (context) => {
    const monitor = 'postgresql://autoctl_node:secret@10.0.0.10:6000/pg_auto_failover'
    const { cluster, warnings } = load(context, { kind: 'pg_auto_failover', monitor })
    assert.deepEqual(cluster.spec.managerSources, [{ kind: 'pg_auto_failover', address: '10.0.0.10:6000' }])
    assert.match(warnings.join(), /clusters\[0\]\.manager\.monitor holds a password/)
    assert.ok(cluster.manager?.kind === 'pg_auto_failover' && cluster.manager.formation === 'default')
    const repmgr = load(context, {
      kind: 'repmgr',
      dsn: 'host=10.0.0.11 dbname=repmgr',
      configFile: '/etc/repmgr.conf',
    })
    assert.deepEqual(repmgr.cluster.spec.managerSources, [
      { kind: 'repmgr', address: '10.0.0.11:5432', configFile: '/etc/repmgr.conf' },
    ])
  })

  test('of another kind, without its address, or with the keys of another is refused', (context) => {
    assert.match(refusal(context, { kind: 'stolon' }), /"patroni", "repmgr", "pg_auto_failover" or "cloudnativepg"/)
    assert.match(refusal(context, { kind: 'repmgr' }), /"repmgr" \(with "dsn", "configFile"\)/)
    assert.match(refusal(context, { kind: 'patroni', rest: ['https://h:8008'], dsn: 'host=h' }), /one of: "patroni"/)
    assert.match(refusal(context, { kind: 'patroni', rest: ['ftp://h'] }), /an http:\/\/ or https:\/\/ URL/)
    const bad = refusal(context, { kind: 'pg_auto_failover', monitor: 'postgresql://u:hush@h:99999999/x' })
    assert.match(bad, /manager\.monitor/)
    assert.doesNotMatch(bad, /hush/)
  })
})

describe('a declared CloudNativePG', () => {
  test('has its resource, its program beside the configuration, and one address', (context) => {
    const given = { kind: 'cloudnativepg', cluster: 'web', namespace: 'shop', kubectl: ['./kubectl', '--context', 'p'] }
    const { cluster, folder } = load(context, given)
    const resource = { kubectl: [join(folder, 'kubectl'), '--context', 'p'], cluster: 'web', namespace: 'shop' }
    assert.deepEqual(cluster.manager, { kind: 'cloudnativepg', resource, act: false })
    assert.deepEqual(cluster.spec.managerSources, [{ kind: 'cloudnativepg', address: 'shop/web' }])
    const { cluster: plain } = load(context, { kind: 'cloudnativepg', cluster: 'web' })
    assert.ok(plain.manager?.kind === 'cloudnativepg')
    assert.deepEqual(plain.manager.resource, { kubectl: ['kubectl'], cluster: 'web', namespace: null })
  })

  test('takes no name for an option, and needs the name of its cluster', (context) => {
    assert.match(refusal(context, { kind: 'cloudnativepg', cluster: '-A' }), /the name of a Cluster/)
    assert.match(refusal(context, { kind: 'cloudnativepg', namespace: 'shop' }), /"cloudnativepg" \(with "cluster"/)
  })
})
