// Every kind of mistake in a config, and what is said about it.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { scratch } from './scratch.ts'

type Json = Record<string, unknown>

const DB = { name: 'db-1', dsn: 'postgresql://pgdeck@10.0.0.11/postgres' }
const APP = { name: 'app', type: 'primary', url: 'https://app.example.net/', database: 'db-1' }

function cluster(over: Json): Json {
  return { clusters: [{ name: 'vault', databases: [DB], ...over }] }
}
const database = (over: Json) => cluster({ databases: [{ ...DB, ...over }] })
const server = (over: Json) => cluster({ servers: [{ ...APP, ...over }] })
const audited = (audit: unknown) =>
  cluster({ hosts: [{ name: 'h1', local: true }], servers: [{ ...APP, host: 'h1', audit }] })
const host = (over: Json) => cluster({ hosts: [{ name: 'h1', ...over }] })

function messagesOf(context: TestContext, text: string): readonly string[] {
  const path = scratch(context).write('pgdeck.json', text)
  try {
    loadConfig({ path, env: { USER: 'tester' }, cwd: '/' })
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    assert.equal(error.file, path)
    return error.message.split('\n').map((line) => line.replace(`${path}:`, '').trim())
  }
  return []
}

/** What the file holds, where the message points, and what it has to say. */
const CASES: readonly (readonly [string, Json, string, RegExp])[] = [
  [
    'an unknown key at the top',
    { ...cluster({}), notfy: [] },
    'notfy',
    /unknown key "notfy"; the nearest known key is "notify"; allowed: \$schema, clusters/,
  ],
  [
    'an unknown key of a cluster',
    cluster({ interwal: '2s' }),
    'clusters[0].interwal',
    /nearest known key is "interval"/,
  ],
  [
    'an unknown key of a server',
    server({ healt: {} }),
    'clusters[0].servers[0].healt',
    /nearest known key is "health"/,
  ],
  [
    'an unknown key deep inside',
    server({ health: { stats: [200] } }),
    'clusters[0].servers[0].health.stats',
    /nearest known key is "status"/,
  ],
  [
    'an unknown key of an alert',
    cluster({ alerts: { backupAge: { warn: '1h' } } }),
    'clusters[0].alerts.backupAge.warn',
    /nearest known key is "warning"/,
  ],
  ['no clusters', {}, 'clusters', /missing; allowed: a list of at least one cluster/],
  [
    'an empty list of clusters',
    { clusters: [] },
    'clusters',
    /found an empty list; allowed: a list of at least one cluster/,
  ],
  ['an object instead of a list', { clusters: {} }, 'clusters', /found an object; allowed: a list/],
  [
    'a text instead of an object',
    cluster({ alerts: 'none' }),
    'clusters[0].alerts',
    /found "none"; allowed: an object/,
  ],
  ['null', { ...cluster({}), ui: null }, 'ui', /found null; allowed: an object/],
  [
    'a cluster of nothing',
    cluster({ databases: [] }),
    'clusters[0].databases',
    /found an empty list; allowed: at least one entry in "databases" or "servers"/,
  ],
  ['a missing name', { clusters: [{ databases: [DB] }] }, 'clusters[0].name', /missing; allowed: a name/],
  [
    'an empty name',
    database({ name: '' }),
    'clusters[0].databases[0].name',
    /found an empty text; allowed: a name: 1 to 63/,
  ],
  [
    'a name with an escape character',
    database({ name: 'db\u001b[31m' }),
    'clusters[0].databases[0].name',
    /found "db"; allowed: a name/,
  ],
  [
    'an unknown model',
    cluster({ model: 'mirror' }),
    'clusters[0].model',
    /found "mirror"; allowed: .*"mirrored" or "databases"/,
  ],
  [
    'an unknown profile',
    cluster({ profile: 'pmp' }),
    'clusters[0].profile',
    /found "pmp"; allowed: "postgres", "password-manager-pro" or "pam360"/,
  ],
  [
    'a duration without a unit',
    cluster({ interval: '2' }),
    'clusters[0].interval',
    /found "2"; allowed: a duration such as "1500ms"/,
  ],
  ['a number for a duration', cluster({ timeout: 1500 }), 'clusters[0].timeout', /found 1500; allowed: a duration/],
  ['an interval that is too short', cluster({ interval: '1ms' }), 'clusters[0].interval', /from 100ms to 1d/],
  [
    'a size in wrong units',
    cluster({ alerts: { slotRetained: { warning: '1GiB' } } }),
    'clusters[0].alerts.slotRetained.warning',
    /found "1GiB"; allowed: a size such as/,
  ],
  [
    'a percentage above 100',
    cluster({ alerts: { sessionsPercent: { critical: 120 } } }),
    'clusters[0].alerts.sessionsPercent.critical',
    /found 120; allowed: a number from 0 to 100/,
  ],
  [
    'limits the wrong way round',
    cluster({ alerts: { replicationLagBytes: { warning: '64MB', critical: '8MB' } } }),
    'clusters[0].alerts.replicationLagBytes',
    /found \{"warning":"64MB","critical":"8MB"\}; allowed: a "warning" that is not above "critical"/,
  ],
  [
    'a limit above the default of the other',
    cluster({ alerts: { replicationLagBytes: { warning: '80MB' } } }),
    'clusters[0].alerts.replicationLagBytes',
    /not above "critical"/,
  ],
  [
    'falling limits the wrong way round',
    cluster({ alerts: { certificateDays: { warning: 3 } } }),
    'clusters[0].alerts.certificateDays',
    /not below "critical"/,
  ],
  ['a bad connection string', database({ dsn: 'mysql://root@h/x' }), 'clusters[0].databases[0].dsn', /postgresql:\/\//],
  [
    'a parameter that cannot be honoured',
    database({ dsn: 'postgresql://h/x?gsslib=gssapi' }),
    'clusters[0].databases[0].dsn',
    /gsslib/,
  ],
  [
    'a connection string of the wrong type',
    database({ dsn: 5 }),
    'clusters[0].databases[0].dsn',
    /found 5; allowed: a connection string/,
  ],
  [
    'a command that is no list',
    database({ passwordCommand: 'pass show hunter2' }),
    'clusters[0].databases[0].passwordCommand',
    /allowed: a list of texts: a program/,
  ],
  [
    'a url of another scheme',
    server({ url: 'ftp://x/' }),
    'clusters[0].servers[0].url',
    /found "ftp:\/\/x\/"; allowed: an http:\/\/ or https:\/\/ URL/,
  ],
  [
    'a url that is only a name',
    server({ url: 'pmp-a' }),
    'clusters[0].servers[0].url',
    /found "pmp-a"; allowed: an http/,
  ],
  [
    'an unknown type of server',
    server({ type: 'standby' }),
    'clusters[0].servers[0].type',
    /found "standby"; allowed: "primary", "secondary" or "read-only"/,
  ],
  [
    'a status that is none',
    server({ health: { status: [99] } }),
    'clusters[0].servers[0].health.status[0]',
    /found 99; allowed: a list of HTTP status codes/,
  ],
  [
    'two sources of an audit in one',
    audited({ sql: 'select 1', file: '/a', database: 'db-1' }),
    'clusters[0].servers[0].audit',
    /found an object; allowed: one of: "sql".*"file".*"command"/,
  ],
  [
    'a misspelt key of an audit',
    audited({ file: '/a', hots: 'h1' }),
    'clusters[0].servers[0].audit.hots',
    /unknown key "hots"; the nearest known key is "host"/,
  ],
  [
    'a pattern of an audit without a time',
    audited([{ file: '/a', pattern: '{who}: {what}' }]),
    'clusters[0].servers[0].audit[0].pattern',
    /allowed: a text with \{time\} and \{what\}/,
  ],
  [
    'columns of an audit that occur twice',
    audited([{ file: '/a', columns: ['time', 'what', 'what'] }]),
    'clusters[0].servers[0].audit[0].columns',
    /allowed: a list of columns with "time" and "what", each of them once/,
  ],
  [
    'a time zone that there is not',
    audited({ file: '/a', timeZone: 'Mars/Olympus' }),
    'clusters[0].servers[0].audit.timeZone',
    /allowed: a time zone such as/,
  ],
  [
    'a file of an audit without a host',
    server({ audit: { file: '/a' } }),
    'clusters[0].servers[0].audit.host',
    /missing/,
  ],
  [
    'a query of an audit on a database that there is not',
    server({ audit: { sql: 'select 1', database: 'db-9' } }),
    'clusters[0].servers[0].audit.database',
    /found "db-9"; allowed: the name of a database of this cluster \("db-1"\)/,
  ],
  [
    'two ways to count sessions',
    server({ sessions: { sql: 'select 1', json: '/s', pointer: '/n' } }),
    'clusters[0].servers[0].sessions',
    /allowed: one of: "sql"/,
  ],
  [
    'a JSON path without a pointer',
    server({ sessions: { json: '/s' } }),
    'clusters[0].servers[0].sessions',
    /"json" \(with "pointer"\)/,
  ],
  [
    'a search path without a statement',
    server({ sessions: { json: '/s', pointer: '/n', searchPath: 'app' } }),
    'clusters[0].servers[0].sessions',
    /"sql" \(with "parameters", "searchPath"\)/,
  ],
  ...['pg_temp', 'pg_catalog', '$user', 'a"b', `a'b`, 'a\\b', 'app,', ' ', 'x'.repeat(64), '\n', 'é'.repeat(32)].map(
    (searchPath) =>
      [
        `the search path ${JSON.stringify(searchPath)}`,
        server({ database: 'db-1', sessions: { sql: 'select 1', searchPath } }),
        'clusters[0].servers[0].sessions.searchPath',
        /allowed: the name of a schema such as "app"/,
      ] as const,
  ),
  [
    'sessions by SQL without a database',
    cluster({ servers: [{ name: 'a', type: 'primary', url: 'http://h/', sessions: { sql: 'select 1' } }] }),
    'clusters[0].servers[0].database',
    /missing; allowed: the name of the database/,
  ],
  [
    'a certificate that is not checked',
    server({ tls: { verify: false } }),
    'clusters[0].servers[0].tls.verify',
    /found false; allowed: true; a self-signed certificate is pinned/,
  ],
  [
    'a pin of the wrong length',
    server({ tls: { pin: 'sha256:abcd' } }),
    'clusters[0].servers[0].tls.pin',
    /64 hexadecimal digits/,
  ],
  [
    'an address that is a name',
    server({ clientAddress: 'pmp-a' }),
    'clusters[0].servers[0].clientAddress',
    /found "pmp-a"; allowed: an IP address/,
  ],
  [
    'a host that is local and remote',
    host({ local: true, ssh: 'ops@h1' }),
    'clusters[0].hosts[0]',
    /either "ssh" or "local", not both/,
  ],
  [
    'a destination that ssh would take for an option',
    host({ ssh: '-oProxyCommand=x' }),
    'clusters[0].hosts[0].ssh',
    /allowed: a destination for ssh/,
  ],
  [
    'an unknown platform',
    host({ platform: 'bsd' }),
    'clusters[0].hosts[0].platform',
    /allowed: "linux", "windows" or "macos"/,
  ],
  [
    'a notification of nobody',
    { ...cluster({}), notify: [{ on: ['critical'] }] },
    'notify[0]',
    /either "webhook" \(with "method"\) or "command"/,
  ],
  [
    'a notification about another word',
    { ...cluster({}), notify: [{ on: ['ok'], command: ['x'] }] },
    'notify[0].on[0]',
    /found "ok"; allowed: "warning" or "critical"/,
  ],
  [
    'a bell that is no switch',
    { ...cluster({}), ui: { bell: 'yes' } },
    'ui.bell',
    /found "yes"; allowed: true or false/,
  ],
  [
    'two clusters of one name',
    {
      clusters: [
        { name: 'v', databases: [DB] },
        { name: 'v', databases: [DB] },
      ],
    },
    'clusters[1].name',
    /found "v"; allowed: a name that no other cluster has/,
  ],
  [
    'two databases of one name',
    cluster({ databases: [DB, DB] }),
    'clusters[0].databases[1].name',
    /allowed: a name that no other database, server or entry point has/,
  ],
  [
    'a server named like a database',
    server({ name: 'db-1' }),
    'clusters[0].servers[0].name',
    /allowed: a name that no other database, server or entry point has/,
  ],
  [
    'two hosts of one name',
    cluster({ hosts: [{ name: 'h' }, { name: 'h' }] }),
    'clusters[0].hosts[1].name',
    /allowed: a name that no other host has/,
  ],
  [
    'an unknown database',
    server({ database: 'db-9' }),
    'clusters[0].servers[0].database',
    /found "db-9"; allowed: the name of a database of this cluster \("db-1"\)/,
  ],
  [
    'an unknown host',
    database({ host: 'h9' }),
    'clusters[0].databases[0].host',
    /found "h9"; allowed: the name of a host of this cluster \(none is configured\)/,
  ],
  [
    'a way through a host without ssh',
    cluster({ databases: [{ ...DB, via: 'h1' }], hosts: [{ name: 'h1' }] }),
    'clusters[0].databases[0].via',
    /host with "ssh" of this cluster/,
  ],
]

for (const [what, file, place, said] of CASES) {
  test(`the config: ${what}`, (context) => {
    const messages = messagesOf(context, JSON.stringify(file))
    assert.equal(messages.length, 1, messages.join('\n'))
    assert.match(messages[0] ?? '', /^\d+:\d+: /)
    assert.equal(messages[0]?.replace(/^\d+:\d+: /, '').startsWith(`${place}: `), true, messages[0])
    assert.match(messages[0] ?? '', said)
  })
}

test('messages point to the line and column of the value, or of the key when the key is wrong', (context) => {
  const text =
    '{\n  "clusters": [{\n    "name": "v",\n    "databases": [{"name": "a", "dsn": 7}],\n    "hosst": []\n  }]\n}'
  assert.deepEqual(
    messagesOf(context, text).map((message) => message.split(' ')[0]),
    ['4:40:', '5:5:'],
  )
})

test('all problems of a file are told, in its order, ten at most', (context) => {
  const databases = Array.from({ length: 12 }, (_, index) => ({ name: `d${index}`, dsn: index }))
  const messages = messagesOf(context, JSON.stringify(cluster({ databases })))
  assert.equal(messages.length, 11)
  assert.match(messages[0] ?? '', /databases\[0\]\.dsn/)
  assert.match(messages[9] ?? '', /databases\[9\]\.dsn/)
  assert.equal(messages[10], 'and 2 more problems')
})

test('a password never appears in a message', (context) => {
  const wrong = [
    database({ dsn: 'postgresql://u:hunter2@h:port/x' }),
    database({ dsn: 'host=h password=hunter2 bogus=1' }),
    database({ dsn: 'mysql://u:hunter2@h/x' }),
    database({ dsn: ['postgresql://u:hunter2@h/x'] }),
    database({ passwordCommand: ['echo', { secret: 'hunter2' }] }),
    database({ password: 'hunter2' }),
    server({ url: 'https://u:hunter2@h/' }),
    { clusters: [{ name: 'v', databases: { dsn: 'postgresql://u:hunter2@h/x' } }] },
  ]
  for (const file of wrong) {
    const messages = messagesOf(context, JSON.stringify(file))
    assert.notEqual(messages.length, 0, JSON.stringify(file))
    assert.doesNotMatch(messages.join('\n'), /hunter2/)
  }
})

const TEXTS: readonly (readonly [string, string, RegExp])[] = [
  ['an empty file', '', /^1:1: is empty/],
  ['only a comment', '// nothing\n', /is empty/],
  ['a colon that is missing', '{"clusters" []}', /^1:13: is not JSON.*found \[, expected ":"/],
  ['a comma that is missing', '{"clusters": []\n "ui": {}}', /^2:2: .*expected "," before the next entry/],
  ['a quote that is missing', '{"clusters": [], "ui: {}}', /is not JSON/],
  ['an end that is missing', '{"clusters": [', /the file ends, expected "]"/],
  [
    'a key that is written twice',
    '{"clusters": [{"name": "v", "databases": [{"name": "a", "dsn": "host=h"}]}],\n "ui": {}, "ui": {}}',
    /^2:12: ui: the key is written twice/,
  ],
  ['a key that is no key to JavaScript', '{"__proto__": {}, "clusters": []}', /^1:2: __proto__: unknown key/],
]

for (const [what, text, said] of TEXTS) {
  test(`the config's text: ${what}`, (context) => {
    assert.match(messagesOf(context, text)[0] ?? '', said)
  })
}
