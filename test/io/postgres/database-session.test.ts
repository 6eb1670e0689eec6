// How a session comes about: encryption as sslmode says, passwords from every source, several servers, poolers.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { writePrivateText } from '../../../src/io/files/sync-files.ts'
import { freePort } from '../../../src/io/network/free-port.ts'
import { passwordFromFile } from '../../../src/io/postgres/connection/password.ts'
import { openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { parseVersionNumber } from '../../../src/io/postgres/session/server-session.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { withCluster } from '../../real/embedded.ts'
import { patiently } from '../../wait.ts'

const LIMIT_MS = patiently(1_000)
const NEVER = new AbortController().signal
const FIXTURES = join(import.meta.dirname, '../../fakes/tls')

interface Told {
  readonly port: number
  readonly encrypted: boolean
  readonly readOnly: string
  readonly statementTimeout: string
  readonly lockTimeout: string
  readonly application: string
  readonly encoding: string
}

const ABOUT_ME = {
  name: 'about_me',
  text: `select inet_server_port() as port, ssl as encrypted, current_setting('transaction_read_only') as "readOnly",
    current_setting('statement_timeout') as "statementTimeout", current_setting('lock_timeout') as "lockTimeout",
    current_setting('application_name') as application, current_setting('client_encoding') as encoding
    from pg_stat_ssl where pid = pg_backend_pid()`,
}

/** What the server says of a new session, or the code and message of the fault. */
async function told(dsn: string, passwordCommand: readonly string[] | null = null): Promise<Told | string> {
  const link = openDatabaseSession({ connection: parseDsn(dsn, {}), passwordCommand, timeoutMs: LIMIT_MS })
  try {
    const [row] = await link.query<Told>(ABOUT_ME, NEVER)
    assert.ok(row)
    return row
  } catch (error) {
    assert.ok(error instanceof FaultError, String(error))
    return `${error.fault.code}: ${error.fault.message} [${error.fault.hint}]`
  } finally {
    await link.close()
  }
}

function assertSession(answer: Told | string): asserts answer is Told {
  assert.equal(typeof answer, 'object', String(answer))
}

async function encryptTraffic(node: PostgresNode, certificate: string): Promise<void> {
  const { owner, path } = node.scratch
  for (const [name, file] of [
    ['tls.crt', certificate],
    ['tls.key', 'key.pem'],
  ] as const) {
    writePrivateText(join(path, name), readFileSync(join(FIXTURES, file), 'utf8'), owner)
    chmodSync(join(path, name), 0o600)
  }
  await node.setSetting('ssl_cert_file', join(path, 'tls.crt'))
  await node.setSetting('ssl_key_file', join(path, 'tls.key'))
  await node.setSetting('ssl', 'on')
}

const HBA = `local all all trust
hostssl all only_tls 127.0.0.1/32 trust
hostnossl all only_plain 127.0.0.1/32 trust
host all either 127.0.0.1/32 trust
host all postgres,pgdeck 127.0.0.1/32 scram-sha-256
`

test('encryption is what sslmode says', () =>
  withCluster({ hba: HBA }, async ({ primary }) => {
    for (const role of ['only_tls', 'only_plain', 'either']) await primary.createRole(role, 'LOGIN')
    const at = (user: string, rest: string, host = '127.0.0.1') =>
      told(`postgresql://${user}@${host}:${primary.port}/postgres?${rest}`)
    const ca = encodeURIComponent(join(FIXTURES, 'ca.pem'))

    assert.match(String(await at('either', 'sslmode=require')), /^tls: .* offers no TLS/)
    const withoutTls = await at('either', 'sslmode=prefer')
    assertSession(withoutTls)
    assert.equal(withoutTls.encrypted, false)

    await encryptTraffic(primary, 'valid.pem')
    const encrypted: readonly (readonly [string, string, boolean | RegExp])[] = [
      ['either', 'sslmode=disable', false],
      ['either', 'sslmode=allow', false],
      ['either', 'sslmode=prefer', true],
      ['either', 'sslmode=require', true],
      ['only_plain', 'sslmode=prefer', false],
      ['only_plain', 'sslmode=require', /^hba: /],
      ['only_tls', 'sslmode=allow', true],
      ['only_tls', 'sslmode=disable', /^hba: .*no encryption.*sslmode=require/],
      ['either', `sslmode=verify-ca&sslrootcert=${ca}`, true],
      ['either', `sslmode=verify-full&sslrootcert=${ca}`, true],
      ['either', 'sslmode=verify-full&sslrootcert=system', /^tls: /],
      ['either', 'sslmode=verify-ca&sslrootcert=/nowhere', /^tls: .*\/nowhere.*sslrootcert/],
    ]
    for (const [user, rest, expected] of encrypted) {
      const answer = await at(user, rest)
      if (expected instanceof RegExp) assert.match(String(answer), expected, `${user} ${rest}`)
      else assert.equal(typeof answer === 'object' ? answer.encrypted : answer, expected, `${user} ${rest}`)
    }
    const socket = await at('either', 'sslmode=require', encodeURIComponent(primary.socketDirectory))
    assertSession(socket)
    assert.equal(socket.encrypted, false, 'a socket is never encrypted')

    await encryptTraffic(primary, 'other.pem')
    assert.match(String(await at('either', `sslmode=verify-full&sslrootcert=${ca}`)), /^tls: .*altnames.*verify-ca/)
    assertSession(await at('either', `sslmode=verify-ca&sslrootcert=${ca}`))
    const renamed = `sslmode=verify-full&sslrootcert=${ca}&hostaddr=127.0.0.1`
    assertSession(await at('either', renamed, 'somewhere-else.example.net'))
    await encryptTraffic(primary, 'expired.pem')
    assert.match(String(await at('either', `sslmode=verify-ca&sslrootcert=${ca}`)), /^tls: .*expired.*Renew/)
    await encryptTraffic(primary, 'self-signed.pem')
    assert.match(String(await at('either', `sslmode=verify-ca&sslrootcert=${ca}`)), /^tls: .*self.signed.*sslrootcert/)
  }))

test('passwords come from the dsn, the command, the environment and the password file', () =>
  withCluster({}, async ({ primary, password }) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-pass-'))
    const file = join(folder, 'pass:word')
    const bare = `postgresql://pgdeck@127.0.0.1:${primary.port}/postgres?passfile=${encodeURIComponent(file)}`
    const before = process.env.PGPASSWORD
    try {
      assertSession(await told(primary.dsn('pgdeck')))
      assert.match(
        String(await told(bare)),
        /^auth: .*role "pgdeck" on 127\.0\.0\.1:\d+ needs a password, and pgdeck has none: there is no .*pass:word/,
      )

      writeFileSync(file, `# x\n127.0.0.1:${primary.port}:postgres:pgdeck:${password}\n`, { mode: 0o644 })
      assert.match(String(await told(bare)), /^auth: .*others may read it \(chmod 0600\)/)
      chmodSync(file, 0o600)
      assertSession(await told(bare))
      writeFileSync(file, `127.0.0.1:1:*:*:${password}\n`)
      assert.match(String(await told(bare)), /^auth: .*no line of .*pass:word matches/)
      writeFileSync(file, '*:*:*:*:hush-hush\n')
      const wrong = String(await told(bare))
      assert.match(wrong, /^auth: .*does not accept the password.*Correct the password in .*pass:word/)
      assert.doesNotMatch(wrong, /hush/)

      process.env.PGPASSWORD = password
      assertSession(await told(bare))
      delete process.env.PGPASSWORD

      const says = (script: string) => [process.execPath, '-e', script]
      assertSession(await told(bare, says(`console.log(${JSON.stringify(password)})`)))
      const failing = String(await told(bare, says(`console.log('hush'); console.error('hush'); process.exit(3)`)))
      assert.match(failing, /^auth: passwordCommand failed: .*node.* exited with 3/)
      assert.doesNotMatch(failing, /hush/)
      assert.match(String(await told(bare, says(''))), /^auth: .* printed nothing/)
      assert.match(
        String(await told(bare, ['/nonexistent/vault'])),
        /^auth: .*\/nonexistent\/vault could not be started/,
      )
    } finally {
      if (before === undefined) delete process.env.PGPASSWORD
      else process.env.PGPASSWORD = before
      rmSync(folder, { recursive: true, force: true })
    }
  }))

test('a password program that outlasts one attempt serves the next, and is not run twice', () =>
  withCluster({}, async ({ primary, password }) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-slow-'))
    const go = join(folder, 'go')
    const runs = join(folder, 'runs')
    const script = `const fs = require('fs'); fs.appendFileSync(${JSON.stringify(runs)}, 'x');
      const t = setInterval(() => { if (fs.existsSync(${JSON.stringify(go)})) { clearInterval(t); console.log(${JSON.stringify(password)}) } }, 10)`
    const link = openDatabaseSession({
      connection: parseDsn(`postgresql://pgdeck@127.0.0.1:${primary.port}/postgres`, {}),
      passwordCommand: [process.execPath, '-e', script],
      timeoutMs: 3_000,
    })
    try {
      await assert.rejects(link.query(ABOUT_ME, NEVER), { name: 'FaultError', message: /waits for a password/ })
      writeFileSync(go, '')
      const [row] = await link.query<Told>(ABOUT_ME, NEVER)
      assert.equal(row?.application, 'pgdeck')
      assert.equal(readFileSync(runs, 'utf8'), 'x')
    } finally {
      await link.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }))

test('sessions are read-only, limited and named; several servers are tried by kind', () =>
  withCluster({ standbys: 1 }, async ({ primary, standbys, password }) => {
    const standby = standbys[0]?.port ?? 0
    const dead = await freePort()
    const at = (ports: readonly number[], rest = '') =>
      told(`postgresql://pgdeck:${password}@${ports.map((port) => `127.0.0.1:${port}`).join(',')}/postgres?${rest}`)

    const session = await at([primary.port], 'application_name=night%20watch')
    assert.deepEqual(session, {
      port: primary.port,
      encrypted: false,
      readOnly: 'on',
      statementTimeout: '8s',
      lockTimeout: '7s',
      application: 'night watch',
      encoding: 'UTF8',
    })
    const cases: readonly (readonly [readonly number[], string, number])[] = [
      [[dead, primary.port], 'any', primary.port],
      [[standby, primary.port], 'primary', primary.port],
      [[standby, primary.port], 'read-write', primary.port],
      [[primary.port, standby], 'standby', standby],
      [[primary.port, standby], 'read-only', standby],
      [[primary.port, dead, standby], 'prefer-standby', standby],
      [[primary.port, dead], 'prefer-standby', primary.port],
    ]
    for (const [ports, attributes, expected] of cases) {
      const answer = await at(ports, `target_session_attrs=${attributes}`)
      assertSession(answer)
      assert.deepEqual([answer.port, answer.readOnly], [expected, 'on'], attributes)
    }
    assert.match(
      String(await at([standby], 'target_session_attrs=primary')),
      /^refused: .* is a standby, .*asks for primary/,
    )
    assert.match(
      String(await at([dead, standby], 'target_session_attrs=read-write')),
      /refuses connections.*; .* is a standby/,
    )
  }))

test('a silent first server leaves time for the second', () =>
  withCluster({}, async ({ primary, password }) => {
    const silent = createServer()
    const port = await freePort()
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve))
    const sockets = new Set<import('node:net').Socket>()
    silent.on('connection', (socket) => sockets.add(socket.on('error', () => {})))
    const answer = await told(`postgresql://pgdeck:${password}@127.0.0.1:${port},127.0.0.1:${primary.port}/postgres`)
    for (const socket of sockets) socket.destroy()
    silent.close()
    assertSession(answer)
    assert.equal(answer.port, primary.port)
  }))

describe('password files', () => {
  const text = '#*:*:*:*:no\nshort:1:x\nh\\:1:5432:d\\\\b:u:p\\:w\\\\d:rest\n*:7:*:u:seven\n*:*:app:u:\n*:*:*:u:any\r\n'
  const cases: readonly (readonly [readonly string[], string | null])[] = [
    [['h:1', '5432', 'd\\b', 'u'], 'p:w\\d'],
    [['x', '7', 'y', 'u'], 'seven'],
    // As libpq: an empty one ends the search.
    [['x', '8', 'app', 'u'], ''],
    [['x', '8', 'y', 'other'], null],
  ]
  for (const [wanted, expected] of cases)
    test(wanted.join(' '), () => {
      const [host = '', ...rest] = wanted
      assert.equal(passwordFromFile(text, { hosts: [host], rest }), expected)
    })
})

describe('password files as libpq reads them', () => {
  const picks: readonly (readonly [string, readonly string[], string | null])[] = [
    ['::1:5432:*:u:pw', ['::1'], 'pw'],
    ['\\:\\:1:5432:*:u:pw', ['::1'], 'pw'],
    ['fe80\\::1:*:*:u:pw', ['fe80::1'], 'pw'],
    ['/tmp:*:*:u:here', ['/tmp', 'localhost'], 'here'],
    ['localhost:*:*:u:there', ['/tmp', 'localhost'], 'there'],
    ['*:*:*:u:a:b:c', ['x'], 'a'],
    ['*:*:*:u:a\\:b\\\\', ['x'], 'a:b\\'],
    ['*:*:*:u', ['x'], null],
    ['**:*:*:u:pw', ['x'], null],
    ['x:*:*:\\u:pw', ['x'], 'pw'],
    ['# K\xf6ln\nx:*:*:u:pw', ['x'], 'pw'],
    ['x:*:*:u:pw\r\r', ['x'], 'pw'],
    // UTF-8 in the file, which is read byte by byte.
    ['x:*:d\xc3\xa9:*:pw\xc3\xa9', ['x'], null],
  ]
  for (const [line, hosts, expected] of picks)
    test(line, () => assert.equal(passwordFromFile(line, { hosts, rest: ['5432', 'app', 'u'] }), expected))

  test('names beyond ASCII', () => {
    const wanted = { hosts: ['x'], rest: ['5432', 'd\u00e9', 'u'] }
    assert.equal(passwordFromFile('x:*:d\xc3\xa9:*:pw\xc3\xa9', wanted), 'pw\xc3\xa9')
    assert.equal(passwordFromFile('x:*:d\xe9:*:pw', wanted), null)
  })
})

test('versions are numbered as server_version_num does', () => {
  const texts = ['18.4', '17.10 (Debian 17.10-1.pgdg13+1)', '19beta1', '1.18.0/bouncer', 'x']
  assert.deepEqual(texts.map(parseVersionNumber), [180004, 170010, 190000, 10018, 0])
})
