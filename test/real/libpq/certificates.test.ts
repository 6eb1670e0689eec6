// With sslmode=verify-full pgdeck takes the certificates that the real libpq takes, for each name and address, and no others.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { makeOwnRoot, withoutOpenssl } from '../../fakes/openssl.ts'
import { patiently } from '../../wait.ts'
import { serveWithCertificate } from './bench.ts'
import { PSQL, withoutPsql } from './sides.ts'

const HOSTS = ['db.lan', 'DB.lan', 'db.example.net', 'a.db.example.net', 'lan', 'db.lan.', '127.0.0.1', '::1'] as const

/** Subject and alternative names. */
const CERTIFICATES: readonly (readonly [string, string | null])[] = [
  ['/CN=db.lan', null],
  ['/CN=*.lan', null],
  ['/CN=*', null],
  ['/CN=127.0.0.1', null],
  ['/CN=other/CN=db.lan', null],
  ['/CN=db.lan/CN=other', null],
  ['/CN=db.lan', 'DNS:other'],
  ['/CN=db.lan', 'IP:10.0.0.1'],
  ['/CN=127.0.0.1', 'DNS:db.lan'],
  ['/CN=other', 'DNS:*.lan'],
  ['/CN=other', 'DNS:*.example.net'],
  ['/CN=other', 'DNS:d*.example.net,DNS:*b.lan'],
  ['/CN=other', 'DNS:db.*.net'],
  ['/CN=other', 'DNS:127.0.0.1,DNS:DB.LAN.'],
  ['/CN=other', 'IP:127.0.0.1,IP:0:0:0:0:0:0:0:1'],
  ['/CN=db.lan', 'email:me@db.lan,URI:https://db.lan'],
  ['/O=none', 'DNS:Db.LAN'],
]

describe('names in certificates', { skip: withoutPsql || withoutOpenssl }, () => {
  for (const [subject, alternatives] of CERTIFICATES) {
    test(`${subject} ${alternatives ?? ''}`, async (context) => {
      const folder = mkdtempSync(join(tmpdir(), 'pgdeck-names-'))
      context.after(() => rmSync(folder, { recursive: true, force: true }))
      const [root, key] = [join(folder, 'pem'), join(folder, 'key')]
      makeOwnRoot(folder, { subject, alternatives, kind: 'ec' })
      let count = 0
      const pair = { key: readFileSync(key), cert: readFileSync(root) }
      const { port, close } = await serveWithCertificate(pair, () => {
        count++
      })
      context.after(close)
      for (const host of HOSTS) {
        const dsn = `host=${host} hostaddr=127.0.0.1 port=${port} user=u dbname=d sslmode=verify-full sslrootcert=${root}`
        count = 0
        const psql = spawn(PSQL, ['-X', '-w', '-d', dsn], { stdio: 'ignore' })
        await once(psql, 'close')
        const theirs = count > 0
        count = 0
        const connection = parseDsn(dsn, { HOME: '/nonexistent' })
        const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(2_000) })
        const asked = session.query({ name: 'one', text: 'select 1' }, new AbortController().signal)
        await assert.rejects(asked, FaultError)
        await session.close()
        assert.equal(count > 0, theirs, `${host}: psql ${theirs ? 'takes' : 'refuses'} it`)
      }
    })
  }
})
