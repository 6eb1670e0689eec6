// Backups looked for in a folder, by a query on a real server and by a program; told by check and metrics.

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { BackupSource, HostConfig } from '../../src/config/config.ts'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import { loadConfig } from '../../src/config/load.ts'
import { openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import { openSshConnection } from '../../src/io/ssh/ssh.ts'
import { backupProbe } from '../../src/probes/database/backup/latest-backup.ts'
import { startPgdeck } from '../cli/process.ts'
import { scratch } from '../config/scratch.ts'
import { readPluginLine } from '../fakes/plugin-line.ts'
import { startSshd, withoutSshd } from '../fakes/sshd.ts'
import { patiently } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { faultOf, NEVER } from './links.ts'

const HOUR = 3_600

function configFor(dsn: string, backups: Readonly<Record<string, unknown>>) {
  const databases = Object.entries(backups).map(([name, given]) => ({ name, dsn, host: 'h', backup: given }))
  return JSON.stringify({ clusters: [{ name: 'vault', databases, hosts: [{ name: 'h', local: true }] }] })
}

function aged(folder: string, name: string, hours: number): void {
  mkdirSync(join(folder, name), { recursive: true })
  const at = Date.now() / 1000 - hours * HOUR
  utimesSync(join(folder, name), at, at)
}

describe('backups', { skip: MAJORS.length === 0 ? 'no PostgreSQL here' : false }, () => {
  test('each source gives the newest, or that there is none, or why nobody knows', () =>
    withCluster({}, async ({ primary }) => {
      const link = openDatabaseSession({
        connection: parseDsn(primary.dsn('pgdeck'), {}),
        passwordCommand: null,
        timeoutMs: patiently(5_000),
      })
      const read = (source: BackupSource) => backupProbe.read({ source, link, host: null }, NEVER)
      const sql = (text: string) => read({ kind: 'sql', sql: text })
      try {
        const at = Date.UTC(2026, 10, 22, 3)
        assert.deepEqual(await sql(`select timestamptz '2026-11-22 03:00:00+00'`), { newest: { at, name: null } })
        assert.deepEqual(await sql('select max(now()) where false'), { newest: null })
        assert.deepEqual(await sql('select now() where false'), { newest: null })
        assert.match((await faultOf(sql(`select 'soon'`))).message, /the query gave "soon", not an instant/)
        assert.match((await faultOf(sql('select now() from generate_series(1, 2)'))).message, /gave 2 rows/)
        const program = (script: string) => read({ kind: 'command', command: ['/bin/sh', '-c', script] })
        assert.deepEqual(await program('echo 2026-11-22T03:00:00Z'), { newest: { at, name: null } })
        assert.deepEqual(await program('true'), { newest: null })
        assert.match((await faultOf(program('echo no >&2; exit 3'))).message, /\/bin\/sh exited with 3: no/)
        const nowhere = await faultOf(read({ kind: 'folder', folder: '/backups', host: 'h' }))
        assert.match(nowhere.message, /pgdeck has no access to the host h/)
      } finally {
        await link.close()
      }
    }))

  test('a folder decides what check and metrics tell', (context) =>
    withCluster({}, async ({ primary }) => {
      const { folder, write } = scratch(context)
      const dsn = primary.dsn('pgdeck')
      aged(folder, 'young/base-1', 60)
      aged(folder, 'young/base-2', 2)
      aged(folder, 'old/base-1', 30)
      mkdirSync(join(folder, 'empty'))
      const names = ['young', 'old', 'empty', 'gone']
      const backups = Object.fromEntries(names.map((name) => [name, { folder: join(folder, name) }]))
      const path = write('pgdeck.json', configFor(dsn, { ...backups, queried: { sql: 'select now()' } }))
      const checked = await startPgdeck(context, ['check', 'backup-age', '--config', path], { cwd: folder }).ended
      const { status, text } = readPluginLine(checked.out)
      assert.deepEqual([status, checked.code], ['CRITICAL', 2])
      for (const told of [
        /^backups: empty has no backup in .*\/empty on h; /,
        /; old 1 d 6 h old, limit 1 d 2 h; /,
        /; gone unknown: .*\/gone does not exist on h; /,
        /; young 2 h old; /,
        /; queried \d s old$/,
      ]) {
        assert.match(text, told)
      }
      const { out } = await startPgdeck(context, ['--config', path, 'metrics'], { cwd: folder }).ended
      assert.match(out, /^pgdeck_last_backup_timestamp_seconds\{cluster="vault",node="old"\} \d{10}/m)
      assert.doesNotMatch(out, /last_backup_timestamp_seconds\{cluster="vault",node="(?:gone|empty)"\}/)
    }))
})

test('a folder on another host is looked at over its ssh', { skip: withoutSshd }, async (context) => {
  const sshd = await startSshd(context)
  const folder = mkdtempSync('/tmp/pgdeck-test-')
  context.after(() => rmSync(folder, { recursive: true }))
  chmodSync(folder, 0o755)
  aged(folder, "it's the newest", 2)
  aged(folder, 'old', 60)
  const access = { kind: 'ssh', destination: sshd.destination } as const
  const nothing = {
    address: null,
    dataDirectory: null,
    binDirectory: null,
    start: null,
    stop: null,
    installDirectory: null,
  }
  const config: HostConfig = { id: 'h1', access, ...nothing, platform: 'linux', logs: [] }
  const ssh = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile })
  const link = openDatabaseSession({
    connection: parseDsn('host=127.0.0.1 port=1 user=x', {}),
    passwordCommand: null,
    timeoutMs: 1,
  })
  try {
    const read = (at: string) =>
      backupProbe.read({ source: { kind: 'folder', folder: at, host: 'h1' }, link, host: { config, ssh } }, NEVER)
    const { newest } = await read(folder)
    assert.equal(newest?.name, "it's the newest")
    assert.ok(Math.abs(Date.now() - (newest?.at ?? 0) - 2 * HOUR * 1000) < patiently(60_000))
    assert.match((await faultOf(read('/no/such/folder'))).message, /\/no\/such\/folder does not exist on h1/)
  } finally {
    await link.close()
    await ssh.close()
  }
})

test('a folder needs a host that can be looked into; one source, and no other', (context) => {
  const { write } = scratch(context)
  const load = (entry: Readonly<Record<string, unknown>>) => {
    const databases = [{ name: 'a', dsn: 'host=x user=y', ...entry }]
    const hosts = [{ name: 'h', local: true }, { name: 'dark' }]
    const text = JSON.stringify({ clusters: [{ name: 'vault', databases, hosts }] })
    return () => loadConfig({ path: write('c.json', text), env: {}, cwd: '/' })
  }
  assert.throws(load({ backup: { folder: '/b' } }), /backup\.host: missing; allowed: the name of a host with "ssh" or/)
  assert.throws(load({ backup: { folder: '/b', host: 'dark' } }), /backup\.host: found "dark"; .*\("h"\)/)
  assert.throws(load({ host: 'dark', backup: { folder: '/b' } }), /databases\[0\]\.host: found "dark"/)
  assert.throws(load({ backup: { folder: 'b', host: 'h' } }), /backup\.folder: found "b"; allowed: an absolute path/)
  assert.throws(load({ backup: {} }), /backup: found an object; allowed: one of: "folder"/)
  assert.throws(load({ backup: { sql: 'select 1', host: 'h' } }), /allowed: one of: "folder" \(with "host", "as"\)/)
  const [database] = load({ host: 'h', backup: { folder: '/b' } })().clusters[0]?.databases ?? []
  assert.deepEqual(database?.backup, { kind: 'folder', folder: '/b', host: 'h' })
  assert.equal(database?.spec.backup, '/b on h')
})
