// What psql gets in with on real servers: direct TLS, switches for the server process, keys in DER, names in certificates.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../src/demo/postgres/postgres-node.ts'
import { writePrivateText } from '../../src/io/files/sync-files.ts'
import { openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import { FaultError } from '../../src/model/values/fault.ts'
import { makeOwnRoot, openssl, withoutOpenssl } from '../fakes/openssl.ts'
import { serveTcp } from '../fakes/web.ts'
import { patiently } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'

/** What the statement answers, or the code, message and hint of the fault. */
async function told(dsn: string, text: string): Promise<string> {
  const connection = parseDsn(dsn, { HOME: '/nonexistent' }, [])
  const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(4_000) })
  try {
    const answer = await session.query<{ answer: string }>({ name: 'one', text }, new AbortController().signal)
    return answer[0]?.answer ?? ''
  } catch (error) {
    assert.ok(error instanceof FaultError, String(error))
    return `${error.fault.code}: ${error.fault.message} | ${error.fault.hint}`
  } finally {
    await session.close()
  }
}

function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-libpq-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A certificate of its own, which the server takes at once; returns its path. */
async function certify(context: TestContext, node: PostgresNode, subject: string, alternatives: string | null) {
  const folder = scratch(context)
  makeOwnRoot(folder, { subject, alternatives, kind: 'rsa' })
  for (const [from, to] of [
    ['pem', 'server.crt'],
    ['key', 'server.key'],
  ] as const) {
    writePrivateText(join(node.dataDirectory, to), readFileSync(join(folder, from), 'utf8'), node.scratch.owner)
  }
  await node.setSetting('ssl', 'on')
  return join(folder, 'pem')
}

const TLS = 'select version as answer from pg_catalog.pg_stat_ssl where pid = pg_catalog.pg_backend_pid() and ssl'

describe('TLS as psql begins and checks it', { skip: withoutOpenssl }, () => {
  test('direct TLS from 17 on; what answers without the protocol of PostgreSQL is left', async (context) => {
    await withCluster({ major: Math.max(...MAJORS) }, async ({ primary, password }) => {
      await certify(context, primary, '/CN=any', null)
      const at = (port: number) =>
        `postgresql://pgdeck:${password}@127.0.0.1:${port}/postgres?sslmode=require&sslnegotiation=direct`
      assert.match(await told(at(primary.port), TLS), /^TLSv1/)
      const silent = await serveTcp(context, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
      assert.match(await told(at(silent), TLS), /^(tls|protocol|unreachable): /)
    })
  })

  const names: readonly (readonly [string, string, string | null, RegExp])[] = [
    ['an address as the common name', '/CN=127.0.0.1', null, /^TLSv1/],
    ['an address among the names of DNS', '/CN=other', 'DNS:127.0.0.1', /^TLSv1/],
    ['an address as such', '/CN=other', 'IP:127.0.0.1', /^TLSv1/],
    ['the common name beside names of DNS', '/CN=127.0.0.1', 'DNS:db', /^TLSv1/],
    ['the common name beside other addresses', '/CN=127.0.0.1', 'IP:10.0.0.1', /^tls: .*not in the cert/],
    ['another common name', '/CN=127.0.0.10', null, /^tls: .*not in the cert/],
  ]
  test('verify-full with names and addresses', (context) =>
    withCluster({}, async ({ primary, password }) => {
      for (const [what, subject, alternatives, expected] of names) {
        const root = await certify(context, primary, subject, alternatives)
        const dsn = `postgresql://pgdeck:${password}@127.0.0.1:${primary.port}/postgres?sslmode=verify-full&sslrootcert=${root}`
        assert.match(await told(dsn, TLS), expected, what)
      }
    }))

  test('keys in PEM and DER, and one with a passphrase', async (context) => {
    const folder = scratch(context)
    makeOwnRoot(folder, { subject: '/CN=me', alternatives: null, kind: 'rsa' })
    renameSync(join(folder, 'key'), join(folder, 'k.pem'))
    renameSync(join(folder, 'pem'), join(folder, 'c.pem'))
    chmodSync(join(folder, 'c.pem'), 0o600)
    openssl(folder, 'pkey', '-in', 'k.pem', '-outform', 'DER', '-out', 'k.pkcs8.der')
    openssl(folder, 'rsa', '-in', 'k.pem', '-traditional', '-outform', 'DER', '-out', 'k.pkcs1.der')
    openssl(folder, 'rsa', '-in', 'k.pem', '-traditional', '-aes128', '-passout', 'pass:word', '-out', 'k.old.pem')
    openssl(
      folder,
      'pkcs8',
      '-topk8',
      '-in',
      'k.pem',
      '-outform',
      'DER',
      '-passout',
      'pass:word',
      '-out',
      'k.locked.der',
    )
    openssl(folder, 'pkey', '-in', 'k.pem', '-aes128', '-passout', 'pass:word', '-out', 'k.new.pem')
    await withCluster({}, async ({ primary, password }) => {
      await certify(context, primary, '/CN=any', null)
      const withFile = (file: string, mode: string) =>
        told(
          `postgresql://pgdeck:${password}@127.0.0.1:${primary.port}/postgres?sslmode=${mode}&${file}=${folder}/missing`,
          TLS,
        )
      // As libpq; a list of revoked certificates that is named has to be there, and is no reason to do without TLS.
      assert.match(await withFile('sslcert', 'require'), /^TLSv1/)
      assert.match(await withFile('sslcrl', 'prefer'), /^tls: .*no such file.*Correct sslcrl/)
      const withKey = (key: string) =>
        told(
          `postgresql://pgdeck:${password}@127.0.0.1:${primary.port}/postgres?sslmode=require&sslcert=${folder}/c.pem&sslkey=${folder}/${key}`,
          TLS,
        )
      for (const key of ['k.pem', 'k.pkcs8.der', 'k.pkcs1.der']) assert.match(await withKey(key), /^TLSv1/, key)
      for (const key of ['k.old.pem', 'k.new.pem', 'k.locked.der']) {
        assert.match(await withKey(key), /^tls: The key .* is encrypted with a passphrase.*openssl pkey/, key)
      }
      assert.match(await withKey('c.pem'), /^tls: .* holds no private key/)
      chmodSync(join(folder, 'k.pem'), 0o644)
      assert.match(await withKey('k.pem'), /^tls: The key .* is not used because others may read it.*chmod 600/)
    })
  })
})

test('switches for the server process are sent, and those of pgdeck win', () =>
  withCluster({}, async ({ primary, password }) => {
    const options = encodeURIComponent('-c geqo=off -c search_path=public -c default_transaction_read_only=off')
    const dsn = `postgresql://pgdeck:${password}@127.0.0.1:${primary.port}/postgres?options=${options}`
    const text = `select pg_catalog.concat_ws(' ', pg_catalog.current_setting('geqo'), pg_catalog.current_setting('search_path'),
      pg_catalog.current_setting('default_transaction_read_only')) as answer`
    assert.equal(await told(dsn, text), 'off pg_catalog,pg_temp on')
    assert.match(await told(dsn.replace('geqo', 'nosuchsetting'), text), /unrecognized configuration parameter/)
  }))
