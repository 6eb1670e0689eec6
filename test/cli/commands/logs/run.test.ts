// `logs` of an application server of a product: its folders by profile, though nothing of it answers.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { unpacked } from '../../../real/collected.ts'
import { startPgdeck } from '../../process.ts'

const CLOSED = 'postgresql://pgdeck@127.0.0.1:1/postgres?sslmode=disable'

function site(context: TestContext, host: object) {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const cluster = {
    name: 'vault',
    profile: 'password-manager-pro',
    hosts: [{ name: 'h1', ...host }],
    databases: [{ name: 'db-1', dsn: CLOSED }],
    servers: [{ name: 'pmp-a', type: 'primary', url: 'http://127.0.0.1:1/', database: 'db-1', host: 'h1' }],
  }
  const run = (...words: readonly string[]) => {
    writeFileSync(join(folder, 'c.json'), JSON.stringify({ clusters: [cluster] }))
    return startPgdeck(context, [...words, '-c', 'c.json'], {
      cwd: folder,
      env: { PGDECK_STATE_DIR: join(folder, 's') },
    }).ended
  }
  return { folder, run }
}

test('takes the folders of the product, and says what was not there', async (context) => {
  const install = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  context.after(() => rmSync(install, { recursive: true, force: true }))
  for (const name of ['logs', 'pgsql/data/pg_log']) mkdirSync(join(install, name), { recursive: true })
  writeFileSync(join(install, 'logs', 'server out.txt'), 'started\nAUTHTOKEN=abcdef12-3456\n')
  writeFileSync(join(install, 'pgsql/data/pg_log', 'pg.log'), "alter user x password 'abcdef12'\n")
  const { folder, run } = site(context, { local: true, installDirectory: install, logs: ['/no/such/folder'] })
  const { code, out, err } = await run('logs', 'pmp-a', '--out', 'x.tar.gz')
  assert.equal(code, 0, err)
  assert.match(out, /^x\.tar\.gz \(.* kB\): 2 files, .*; 1 missing\n$/)
  assert.match(err, /missing: \/no\/such\/folder \(the config\): no file was found/)
  const entries = await unpacked(join(folder, 'x.tar.gz'))
  assert.equal(entries.get(`logs${install}/logs/server out.txt`), 'started\nAUTHTOKEN=[redacted]\n')
  assert.equal(entries.get(`logs${install}/pgsql/data/pg_log/pg.log`), "alter user x password '[redacted]'\n")
})

test('where nothing leads to the host, nothing can be taken: exit 1, and why', async (context) => {
  const { run } = site(context, {})
  const { code, out, err } = await run('logs', 'pmp-a', '--out', 'x.tar.gz')
  assert.equal(code, 1)
  assert.match(out, /no log file was found/)
  assert.match(err, /no access to its host: set "ssh" or "local" for the host in the config/)
})

test('what is wrong on the command line', async (context) => {
  const { run } = site(context, {})
  const [noFile, wrongSize] = await Promise.all([
    run('logs', 'pmp-a'),
    run('logs', 'pmp-a', '--out', 'x.tar.gz', '--max-size', 'much'),
  ])
  assert.equal(noFile.code, 64)
  assert.match(noFile.err, /--out/)
  assert.equal(wrongSize.code, 64)
  assert.match(wrongSize.err, /Allowed: a size, such as 800kB, 200MB or 2GB/)
})
