// Poolers, proxies and addresses of a cluster: what the file says of them, and what it may not say.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { scratch } from './scratch.ts'

const DATABASES = [{ name: 'db-1', dsn: 'postgresql://pgdeck@10.0.0.11/postgres' }]
const HOSTS = [{ name: 'h1', address: '10.0.0.1', ssh: 'h1' }]

function load(context: TestContext, entryPoints: object) {
  const { folder, write } = scratch(context)
  const cluster = { name: 'vault', databases: DATABASES, hosts: HOSTS, ...entryPoints }
  const path = write('pgdeck.json', JSON.stringify({ clusters: [cluster] }))
  const { clusters, warnings } = loadConfig({ path, env: { USER: 'tester' }, cwd: '/' })
  return { cluster: clusters[0] ?? assert.fail('no cluster'), warnings, folder }
}

function refusal(context: TestContext, entryPoints: object): string {
  try {
    load(context, entryPoints)
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message
  }
  return assert.fail('it was accepted')
}

describe('poolers and addresses', () => {
  const pooler = { name: 'pool', dsn: 'postgresql://stats@10.0.0.21:6432/pgbouncer' }
  const vip = { name: 'vip', dsn: 'postgresql://pgdeck@10.0.0.99:5432/postgres', expects: 'standby', via: 'h1' }

  test('lead to the primary unless they say otherwise, and to all databases of a pooler', (context) => {
    const { cluster } = load(context, { poolers: [pooler], addresses: [vip] })
    assert.deepEqual(cluster.spec.poolers, [
      { id: 'pool', host: '10.0.0.21', port: 6432, database: null, expects: 'primary' },
    ])
    assert.deepEqual(cluster.spec.addresses, [
      { id: 'vip', host: '10.0.0.99', port: 5432, database: 'postgres', expects: 'standby', via: 'h1' },
    ])
    assert.deepEqual([cluster.poolers?.[0]?.via, cluster.addresses?.[0]?.via], [null, 'h1'])
  })

  test('have a command that leads them to another primary, only with its host', (context) => {
    const repoint = ['/usr/local/sbin/repoint', '{host}', '{port}']
    const { cluster } = load(context, {
      poolers: [pooler, { ...pooler, name: 'own', host: 'h1', repoint, pauseTimeout: '5s' }],
    })
    assert.deepEqual(
      cluster.poolers?.map((each) => [each.repoint, each.pauseMs]),
      [
        [null, 30_000],
        [{ host: 'h1', command: repoint }, 5_000],
      ],
    )
    assert.match(refusal(context, { poolers: [{ ...pooler, repoint }] }), /"repoint" only with "host"/)
    assert.match(refusal(context, { poolers: [{ ...pooler, host: 'h2', repoint }] }), /h2/)
  })

  test('are absent where none is configured', (context) => {
    const { cluster } = load(context, {})
    assert.deepEqual([cluster.poolers, cluster.spec.proxies, cluster.spec.addresses], [undefined, undefined, undefined])
  })

  test('keep their passwords out of what is shown, and warn of one in a dsn', (context) => {
    const secret = { ...pooler, dsn: 'postgresql://stats:hunter2@10.0.0.21:6432/pgbouncer' }
    const { cluster, warnings } = load(context, { poolers: [{ ...secret, passwordCommand: ['./pw'] }] })
    assert.doesNotMatch(JSON.stringify(cluster.spec), /hunter2|pw/)
    assert.match(warnings.join(), /clusters\[0\]\.poolers\[0\]\.dsn holds a password/)
  })

  test('have a name that nothing else has, a host to go through, and a dsn', (context) => {
    assert.match(
      refusal(context, { poolers: [{ ...pooler, name: 'db-1' }] }),
      /no other database, server or entry point/,
    )
    assert.match(refusal(context, { poolers: [pooler], addresses: [{ ...vip, name: 'pool' }] }), /no other database/)
    assert.match(refusal(context, { addresses: [{ ...vip, via: 'h9' }] }), /addresses\[0\]\.via/)
    assert.match(refusal(context, { addresses: [{ ...vip, dsn: 'postgresql://h:port/x' }] }), /addresses\[0\]\.dsn/)
    assert.match(refusal(context, { addresses: [{ ...vip, expects: 'replica' }] }), /"primary" or "standby"/)
  })
})

describe('proxies', () => {
  const proxy = (stats: string, more: object = {}) => ({ proxies: [{ name: 'lb', stats, backend: 'write', ...more }] })

  test('tell their statistics on a page, a port or a socket', (context) => {
    const statsOf = (stats: string) => load(context, proxy(stats)).cluster.proxies?.[0]?.stats
    assert.deepEqual(statsOf('https://lb:8404/stats'), { kind: 'page', url: 'https://lb:8404/stats' })
    assert.deepEqual(statsOf('tcp://[::1]:9999'), { kind: 'port', host: '::1', port: 9999 })
    assert.deepEqual(statsOf('/run/haproxy/admin.sock'), { kind: 'socket', path: '/run/haproxy/admin.sock' })
    assert.deepEqual(statsOf('unix:///run/a%20b.sock'), { kind: 'socket', path: '/run/a b.sock' })
  })

  test('have user and authority for a page alone', (context) => {
    const access = { user: 'pgdeck', passwordCommand: ['./pw'], ca: 'ca.pem' }
    const { cluster, folder } = load(context, proxy('https://lb/stats', access))
    const { user, passwordCommand, trust } = cluster.proxies?.[0] ?? assert.fail('no proxy')
    assert.deepEqual([user, passwordCommand, trust.ca], ['pgdeck', [join(folder, 'pw')], join(folder, 'ca.pem')])
    assert.doesNotMatch(JSON.stringify(cluster.spec), /"pgdeck"|pw/)
    assert.match(refusal(context, proxy('tcp://lb:9999', access)), /"user" only with an http or https URL/)
    assert.match(refusal(context, proxy('https://lb/stats', { user: 'x' })), /"user" and "passwordCommand" together/)
    for (const stats of ['lb:8404', 'tcp://lb', 'ftp://lb/x', 'https://a:b@lb/', 'run/x.sock'])
      assert.match(refusal(context, proxy(stats)), /proxies\[0\]\.stats/, stats)
  })
})
