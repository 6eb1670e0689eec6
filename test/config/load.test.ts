// Finding, reading and resolving the configuration file.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { ClusterConfig } from '../../src/config/config.ts'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { scratch } from './scratch.ts'

const ENV = { USER: 'tester', PGUSER: 'tester' }

function named(name: string): string {
  return JSON.stringify({ clusters: [{ name, databases: [{ name: 'db-1', dsn: 'postgresql://h/x' }] }] })
}

function failure(work: () => unknown): ConfigError {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error
  }
  throw new Error('nothing was thrown')
}

describe('where the config is looked for', () => {
  test('--config, $PGDECK_CONFIG, ./pgdeck.json, $XDG_CONFIG_HOME and ~/.config, in this order', (context) => {
    const { folder, write } = scratch(context)
    const option = write('option.json', named('option'))
    const variable = write('variable.json', named('variable'))
    write('here/pgdeck.json', named('here'))
    write('xdg/pgdeck/config.json', named('xdg'))
    write('home/.config/pgdeck/config.json', named('home'))
    const nowhere = join(folder, 'xdg')
    const cwd = join(folder, 'here')
    const all = { ...ENV, HOME: join(folder, 'home'), XDG_CONFIG_HOME: join(folder, 'xdg'), PGDECK_CONFIG: variable }
    const first = (source: Parameters<typeof loadConfig>[0]) => loadConfig(source).clusters[0]?.spec.name
    assert.equal(first({ path: option, env: all, cwd }), 'option')
    assert.equal(first({ env: all, cwd }), 'variable')
    assert.equal(first({ env: { ...all, PGDECK_CONFIG: '' }, cwd }), 'here')
    assert.equal(first({ env: { ...all, PGDECK_CONFIG: undefined }, cwd: nowhere }), 'xdg')
    assert.equal(first({ env: { ...ENV, HOME: join(folder, 'home') }, cwd: nowhere }), 'home')
    assert.equal(
      first({ env: { ...ENV, HOME: join(folder, 'home'), XDG_CONFIG_HOME: 'relative' }, cwd: nowhere }),
      'home',
    )
    assert.equal(first({ path: 'pgdeck.json', env: all, cwd }), 'here')
  })

  test('where the working folder is gone only a relative path misses it', (context) => {
    const { folder, write } = scratch(context)
    const path = write('absolute.json', named('absolute'))
    const env = { ...ENV, HOME: folder }
    assert.equal(loadConfig({ path, env, cwd: null }).clusters[0]?.spec.name, 'absolute')
    assert.match(failure(() => loadConfig({ path: 'x.json', env, cwd: null })).message, /working folder was removed/)
    assert.doesNotMatch(failure(() => loadConfig({ env, cwd: null })).message, /null|undefined/)
  })

  test('a file that is named must be there; without any, the places are told', (context) => {
    const { folder } = scratch(context)
    const env = { ...ENV, HOME: folder }
    const wanted = failure(() => loadConfig({ path: 'x.json', env, cwd: folder }))
    assert.equal(wanted.kind, 'unreadable')
    assert.equal(wanted.message, `${join(folder, 'x.json')}: there is no such file`)
    const none = failure(() => loadConfig({ env, cwd: folder }))
    assert.equal(none.kind, 'missing')
    assert.match(none.message, new RegExp(`${folder}/pgdeck.json and ${folder}/.config/pgdeck/config.json`))
    assert.match(none.message, /pgdeck demo/)
  })

  test('a connection string in the place of a file is told as that, and not repeated', (context) => {
    const { folder, write } = scratch(context)
    for (const dsn of ['postgresql://ops:hush@h/x', 'host=h password=hush', 'postgres:/ops:hush@h', 'ops:hush@h']) {
      const option = failure(() => loadConfig({ path: dsn, env: ENV, cwd: folder }))
      const variable = failure(() => loadConfig({ env: { ...ENV, PGDECK_CONFIG: dsn }, cwd: folder }))
      assert.match(option.message, /--config names a configuration file, but this is a connection string/)
      assert.match(variable.message, /PGDECK_CONFIG names a configuration file, but this is a connection string/)
      assert.doesNotMatch(option.message + variable.message, /hush/)
    }
    write('a=b.json', named('odd'))
    assert.equal(loadConfig({ path: 'a=b.json', env: ENV, cwd: folder }).clusters[0]?.spec.name, 'odd')
  })

  test('a folder, a device and bytes that are no text are refused in words', (context) => {
    const { folder, write } = scratch(context)
    mkdirSync(join(folder, 'd'))
    const binary = write('binary', Uint8Array.from([0xff, 0xfe, 0x00]))
    const said = (path: string) => failure(() => loadConfig({ path, env: ENV, cwd: folder })).message
    assert.match(said('d'), /d: is a folder/)
    assert.match(said('/dev/zero'), /is a device/)
    assert.match(said(binary), /is not UTF-8/)
  })
})

test('comments, trailing commas and a byte order mark are read', (context) => {
  const { folder, write } = scratch(context)
  const path = write(
    'c.json',
    `\ufeff// one\n{"clusters": [{"name": "v", /* two */ "databases": [{"name": "a", "dsn": "host=h"},],}],}\n`,
  )
  assert.equal(loadConfig({ path, env: ENV, cwd: folder }).clusters[0]?.spec.databases[0]?.host, 'h')
})

describe('passwords in a dsn', () => {
  const text = named('v').replace('postgresql://h/x', 'postgresql://u:hunter2@h/x')

  test('are warned about, without being told', (context) => {
    const path = scratch(context).write('c.json', text, 0o600)
    const config = loadConfig({ path, env: ENV, cwd: '/' })
    assert.equal(config.clusters[0]?.databases[0]?.connection.password, 'hunter2')
    assert.match(config.warnings.join(), /clusters\[0\]\.databases\[0\]\.dsn holds a password/)
    assert.doesNotMatch(config.warnings.join(), /hunter2/)
  })

  test('are warned about only where they are used: not those of other clusters', (context) => {
    const clusters = ['v', 'w'].map((name) => ({
      name,
      databases: [{ name: 'a', dsn: `postgresql://u:hunter2@${name}/x` }],
      ...(name === 'w' ? { interval: '1s', timeout: '3s' } : {}),
    }))
    const path = scratch(context).write('c.json', JSON.stringify({ clusters }), 0o600)
    const warnings = (cluster?: string) => loadConfig({ path, env: ENV, cwd: '/', cluster }).warnings
    assert.deepEqual(warnings(), [
      'clusters[0].databases[0].dsn and 1 more hold a password: move them to .pgpass, PGPASSFILE or "passwordCommand"',
      'clusters[1].timeout is longer than the interval: a slow target is polled less often',
    ])
    assert.deepEqual(
      warnings('v').map((text) => text.split(' ')[0]),
      ['clusters[0].databases[0].dsn'],
    )
    assert.deepEqual(
      warnings('w').map((text) => text.split(' ')[0]),
      ['clusters[1].databases[0].dsn', 'clusters[1].timeout'],
    )
  })

  for (const mode of [0o640, 0o604, 0o644]) {
    test(`make a file of mode ${mode.toString(8)} refused`, (context) => {
      const path = scratch(context).write('c.json', text, mode)
      const { kind, message } = failure(() => loadConfig({ path, env: ENV, cwd: '/' }))
      assert.equal(kind, 'unreadable')
      assert.match(message, new RegExp(`mode 0${mode.toString(8)}\\): run {2}chmod 600 ${path}`))
      assert.doesNotMatch(message, /hunter2/)
    })
  }

  test('a file without one may be read by all', (context) => {
    const path = scratch(context).write('c.json', named('v'), 0o644)
    assert.deepEqual(loadConfig({ path, env: ENV, cwd: '/' }).warnings, [])
  })
})

function only(context: Parameters<typeof scratch>[0], cluster: object): ClusterConfig & { readonly folder: string } {
  const { folder, write } = scratch(context)
  const path = write('c.json', JSON.stringify({ clusters: [{ name: 'v', ...cluster }] }))
  const [found] = loadConfig({ path, env: ENV, cwd: '/' }).clusters
  assert.ok(found)
  return { ...found, folder }
}

const DATABASES = [{ name: 'db-1', dsn: 'postgresql://h/x' }]
const server = (name: string, type: string, over: object = {}) => ({
  name,
  type,
  url: 'https://app.example.net/',
  ...over,
})

describe('defaults', () => {
  test('of a cluster', (context) => {
    const { spec } = only(context, { databases: DATABASES })
    assert.equal(spec.model, 'databases')
    assert.equal(spec.profile, 'postgres')
    assert.equal(spec.intervalMs, 2000)
    assert.equal(spec.timeoutMs, 1500)
    assert.deepEqual(spec.thresholds.replicationLagBytes, { warning: 8 * 1024 ** 2, critical: 64 * 1024 ** 2 })
    assert.deepEqual(spec.thresholds.backupAgeSeconds, { warning: 26 * 3600, critical: 50 * 3600 })
    assert.deepEqual(spec.thresholds.certificateDays, { warning: 30, critical: 7 })
  })

  test('the timeout is not longer than a short interval, unless asked for, which is warned about', (context) => {
    assert.equal(only(context, { databases: DATABASES, interval: '500ms' }).spec.timeoutMs, 500)
    const { folder, write } = scratch(context)
    const cluster = { name: 'v', databases: DATABASES, interval: '1s', timeout: '3s' }
    const path = write('c.json', JSON.stringify({ clusters: [cluster] }))
    const config = loadConfig({ path, env: ENV, cwd: folder })
    assert.equal(config.clusters[0]?.spec.timeoutMs, 3000)
    assert.match(config.warnings.join(), /clusters\[0\]\.timeout is longer than the interval/)
  })

  const MODELS = [
    [['primary', 'secondary', 'read-only'], 'shared-database-with-read-only'],
    [['primary', 'read-only'], 'primary-with-read-only'],
    [['primary', 'secondary'], 'shared-database'],
    [['primary'], 'shared-database'],
  ] as const
  for (const [types, model] of MODELS) {
    test(`the model of ${types.join(', ')} is ${model}`, (context) => {
      const servers = types.map((type) => server(type, type))
      assert.equal(only(context, { databases: DATABASES, servers }).spec.model, model)
    })
  }

  const PORTS = [
    ['postgres', 'https://a/', 443, 5432],
    ['postgres', 'http://a/', 80, 5432],
    ['password-manager-pro', 'https://a/', 7272, 2345],
    ['pam360', 'https://a/x?y=1:2', 8282, 3456],
    ['pam360', 'https://a:443/', 443, 3456],
    ['pam360', 'https://[::1]:9000/', 9000, 3456],
  ] as const
  for (const [profile, url, serverPort, databasePort] of PORTS) {
    test(`ports of ${url} with the profile ${profile}`, (context) => {
      const { spec } = only(context, { profile, databases: DATABASES, servers: [server('a', 'primary', { url })] })
      assert.equal(spec.servers[0]?.port, serverPort)
      assert.equal(Number(new URL(spec.servers[0]?.url ?? '').port || serverPort), serverPort)
      assert.equal(spec.databases[0]?.port, databasePort)
    })
  }

  test('of a server', (context) => {
    const { servers } = only(context, { databases: DATABASES, servers: [server('a', 'primary')] })
    assert.equal(servers[0]?.spec.dnsName, 'app.example.net')
    assert.equal(servers[0]?.spec.countsSessions, false)
    assert.ok(servers[0]?.spec.healthyStatus.includes(302))
    assert.deepEqual(servers[0]?.tls, { verify: true, pin: null })
  })
})

test('fingerprints are compared in one notation', (context) => {
  const pin = `sha256:${'AB:'.repeat(31)}CD`
  const { servers } = only(context, { databases: DATABASES, servers: [server('a', 'primary', { tls: { pin } })] })
  assert.deepEqual(servers[0]?.tls, { verify: false, pin: `sha256:${'ab'.repeat(31)}cd` })
})

test('relative paths are relative to the file', (context) => {
  const dsn = 'postgresql://h/x?sslmode=verify-full&sslrootcert=tls/ca.pem&sslcert=/abs/cert.pem'
  const found = only(context, {
    databases: [{ name: 'a', dsn, passwordCommand: ['./password', './as-is'] }],
    servers: [server('s', 'primary', { sessions: { command: ['count', 'x'] } })],
  })
  assert.equal(found.databases[0]?.connection.ssl.rootCert, join(found.folder, 'tls/ca.pem'))
  assert.equal(found.databases[0]?.connection.ssl.cert, '/abs/cert.pem')
  assert.deepEqual(found.databases[0]?.passwordCommand, [join(found.folder, 'password'), './as-is'])
  assert.deepEqual(found.servers[0]?.sessions, { kind: 'command', command: ['count', 'x'] })
})

test('a query is looked up where it says, else where its database says, else in public', (context) => {
  const sql = 'select 1'
  const [plain, own] = [DATABASES[0], { ...DATABASES[0], name: 'own', searchPath: 'app, public', backup: { sql } }]
  const found = only(context, {
    databases: [plain, own, { ...own, name: 'other', backup: { sql, searchPath: ['ops'] } }],
    servers: [
      server('a', 'primary', { database: plain?.name, sessions: { sql } }),
      server('b', 'secondary', { database: 'own', sessions: { sql } }),
      server('c', 'read-only', { database: 'own', sessions: { sql, searchPath: [] } }),
    ],
  })
  const paths = [...found.databases.map(({ backup }) => backup), ...found.servers.map(({ sessions }) => sessions)].map(
    (source) => (source?.kind === 'sql' ? source.searchPath : null),
  )
  assert.deepEqual(paths, [
    null,
    { schemas: ['app', 'public'], isExplicit: true },
    { schemas: ['ops'], isExplicit: true },
    { schemas: ['public'], isExplicit: false },
    { schemas: ['app', 'public'], isExplicit: true },
    { schemas: [], isExplicit: true },
  ])
})
