// A configuration without a file, and a file from a configuration.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import { looksLikeDsn } from '../../src/config/dsn/dsn-text.ts'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { loadConfig } from '../../src/config/load.ts'
import { ConfigError } from '../../src/config/problems/config-error.ts'
import { configText, connectionUri } from '../../src/config/write-config.ts'
import { scratch } from './scratch.ts'

const ENV = { PGUSER: 'tester' }

function ids(...dsns: readonly string[]): readonly string[] {
  return configFromDsns(dsns, ENV).clusters[0]?.databases.map(({ spec }) => spec.id) ?? []
}

describe('a config from connection strings', () => {
  test('is one cluster named after the first host', () => {
    const config = configFromDsns(['postgresql://db-1.example.net:5433/x'], ENV)
    const [cluster] = config.clusters
    assert.equal(config.file, null)
    assert.equal(cluster?.spec.name, 'db-1.example.net')
    assert.equal(cluster?.spec.model, 'databases')
    assert.equal(cluster?.spec.timeoutMs, 1500)
    assert.deepEqual(
      cluster?.spec.databases,
      cluster?.databases.map(({ spec }) => spec),
    )
    assert.equal(cluster?.spec.databases[0]?.port, 5433)
  })

  test('names databases by host, with the port where that is not enough, each place once', () => {
    assert.deepEqual(ids('postgresql://a/x', 'postgresql://b/x', 'postgresql://a/y'), ['a', 'b'])
    assert.deepEqual(ids('postgresql://a:1/x', 'postgresql://a:2/x'), ['a:1', 'a:2'])
    assert.deepEqual(ids('host=/run/one', 'host=/run/two port=6000'), ['local:5432', 'local:6000'])
    assert.equal(configFromDsns(['host=/run/postgresql'], ENV).clusters[0]?.spec.name, 'cluster')
  })

  test('says a port that is not the usual one: others of that machine may be found later', () => {
    const idOf = (dsn: string) => configFromDsns([dsn], {}).clusters[0]?.spec.databases[0]?.id
    assert.equal(idOf('host=10.0.0.11'), '10.0.0.11')
    assert.equal(idOf('host=10.0.0.11 port=5433'), '10.0.0.11:5433')
  })

  test('watches each of several hosts, whatever it is', () => {
    const config = configFromDsns(['postgresql://a:1,b:2/x?target_session_attrs=primary'], ENV)
    const databases = config.clusters[0]?.databases ?? []
    assert.deepEqual(
      databases.map(({ connection }) => connection.endpoints.map(({ host }) => host)),
      [['a'], ['b']],
    )
    assert.deepEqual(
      databases.map(({ connection }) => connection.targetSessionAttrs),
      ['any', 'any'],
    )
  })

  test('says which string is wrong', () => {
    assert.throws(
      () => configFromDsns(['postgresql://a/x', 'postgresql://a:port/x'], ENV),
      (error) => {
        assert.ok(error instanceof ConfigError)
        assert.equal(error.kind, 'dsn')
        assert.match(error.message, /^connection string 2: /)
        return true
      },
    )
  })

  test('knows what is meant as a connection string', () => {
    for (const text of ['postgresql://h', 'postgres://', 'mysql://h', 'host=h', 'service=x', ' dbname = x']) {
      assert.equal(looksLikeDsn(text), true, text)
    }
    for (const text of ['statsu', 'db-1', '', '/tmp/x', 'a b=c']) assert.equal(looksLikeDsn(text), false, text)
  })
})

describe('a connection as text', () => {
  const DSNS = [
    'postgresql://pgdeck@10.0.0.11:2345/postgres?sslmode=verify-full&sslrootcert=/etc/ca.pem',
    'postgresql://o%27hara%40x@[fd00::1]:5433/my%20db?target_session_attrs=standby&connect_timeout=3',
    'postgresql://u@a:1,b:2/x?application_name=a%26b',
    'host=/run/postgresql user=u dbname=d',
    'host=db.example.net hostaddr=10.0.0.5 user=u dbname=d',
    'host=a,b hostaddr=10.0.0.5, user=u dbname=d',
    'host=fe80::1%eth0 user=u dbname=d',
    'host=h user=u dbname=d require_auth=!gss',
  ]
  for (const dsn of DSNS) {
    test(`gives the same connection again: ${dsn}`, () => {
      const connection = parseDsn(dsn, ENV)
      assert.deepEqual(parseDsn(connectionUri(connection, ENV), ENV), connection)
    })
  }

  test('never holds the password', () => {
    const text = connectionUri(parseDsn('postgresql://u:hunter2@h/x', ENV), ENV)
    assert.doesNotMatch(text, /hunter2/)
  })
})

test('a composed file loads as the databases it was made of', (context) => {
  const made = configFromDsns(['postgresql://u@a:1,b:2/x', 'postgresql://u@c/x'], ENV).clusters[0]
  assert.ok(made)
  const path = scratch(context).write('c.json', configText(made, ENV))
  const [loaded] = loadConfig({ path, env: ENV, cwd: '/' }).clusters
  assert.deepEqual(loaded?.databases, made.databases)
  assert.deepEqual(loaded?.spec.thresholds, made.spec.thresholds)
})
