// What the doctor finds on real servers: missing grants, drift between nodes, what is broken, and nothing once it is mended.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { type DoctorFinding, worstDoctorLevel } from '../../src/model/doctor/doctor.ts'
import { doctorFindings } from '../../src/model/doctor/doctor-rules.ts'
import { examineCluster } from '../../src/runtime/doctor/examine-cluster.ts'
import { startPgdeck } from '../cli/process.ts'
import { until, within } from '../wait.ts'
import { writeConfig } from './collected.ts'
import { MAJORS, majorsToTry, withCluster } from './embedded.ts'

interface Document {
  readonly result: string
  readonly host: { readonly findings: readonly DoctorFinding[] }
  readonly clusters: readonly {
    readonly nodes: readonly { readonly name: string; readonly role: string }[]
    readonly findings: readonly DoctorFinding[]
  }[]
}

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function doctor(context: TestContext, folder: string, ...args: readonly string[]) {
  const env = { PGDECK_STATE_DIR: join(folder, 'state'), LANG: 'C.UTF-8' }
  return startPgdeck(context, ['doctor', ...args], { cwd: folder, env }).ended
}

async function examined(context: TestContext, nodes: readonly PostgresNode[], role: string) {
  const folder = folderFor(context)
  const config = writeConfig(
    join(folder, 'c.json'),
    nodes.map((node) => ({ name: node.name, node, role })),
  )
  // A password in a connection string is worth a warning of its own.
  const { code, out, err } = await doctor(context, folder, '-c', config, '--json')
  assert.notEqual(out, '', err)
  const document: Document = JSON.parse(out)
  const [cluster] = document.clusters
  assert.ok(cluster)
  return { code, document, cluster, of: (area: string) => cluster.findings.filter((found) => found.area === area) }
}

/** The same without a process of its own. */
async function looked(context: TestContext, nodes: readonly PostgresNode[], role: string) {
  const databases = nodes.map((node) => ({ name: node.name, node, role }))
  const path = writeConfig(join(folderFor(context), 'c.json'), databases)
  const [cluster] = loadConfig({ path, env: {}, cwd: '/' }).clusters
  assert.ok(cluster)
  const found = await examineCluster(cluster, within(20_000))
  const findings = doctorFindings(found)
  return { found, findings, privileges: findings.filter(({ area }) => area === 'privileges') }
}

/** A server that runs on goes by what it read before; what waits for a restart is no error. */
async function checkFiles(context: TestContext, node: PostgresNode): Promise<void> {
  const path = join(node.dataDirectory, 'postgresql.conf')
  const before = readFileSync(path, 'utf8')
  const wellBefore = (await looked(context, [node], 'postgres')).findings
  assert.ok(
    !wellBefore.some(({ level, area }) => level === 'critical' && area === 'settings'),
    JSON.stringify(wellBefore),
  )
  writeFileSync(path, `${before}max_connections = 77\nwork_mem = 'lots'\nthis is no setting\n`)
  writeFileSync(join(node.dataDirectory, 'pg_ident.conf'), 'm /[ x\n', { mode: 0o644 })
  writeFileSync(join(node.dataDirectory, 'standby.signal'), '', { mode: 0o644 })
  await node.query('select pg_reload_conf()')
  const { findings } = await looked(context, [node], 'postgres')
  const texts = findings.map(({ text, next }) => [text, ...next].join(' '))
  assert.ok(
    texts.some((text) => /would not start again.*postgresql\.conf:\d+: .*syntax error/.test(text)),
    texts.join('\n'),
  )
  assert.ok(
    texts.some((text) => /standby\.signal is in its data directory/.test(text)),
    texts.join('\n'),
  )
  assert.ok(
    texts.some((text) => /pg_ident\.conf is broken.*line 1: invalid regular expression/.test(text)),
    texts.join('\n'),
  )
  writeFileSync(path, `${before}max_connections = 77\n`)
  await node.query('select pg_reload_conf()')
  await until('the change waits for a restart', 10_000, async () => {
    const [row] = await node.query<{ waits: boolean }>(
      "select pending_restart as waits from pg_settings where name = 'max_connections'",
    )
    return row?.waits === true
  })
  const { findings: later } = await looked(context, [node], 'postgres')
  assert.ok(!later.some(({ text }) => /would not start again/.test(text)), JSON.stringify(later))
}

describe('pgdeck doctor', () => {
  for (const major of [14, 18] as const) {
    test(`tells the files that PostgreSQL ${major} would not start with`, (context) =>
      withCluster({ major }, ({ primary }) => checkFiles(context, primary)))
  }

  for (const major of majorsToTry()) {
    test(`names what a plain role of PostgreSQL ${major} may not, and is content once exactly that is granted`, async (context) => {
      await withCluster({ major, standbys: 1 }, async ({ primary, standbys, caughtUp }) => {
        await primary.createRole('plain "role"', 'LOGIN')
        await caughtUp()
        const nodes = [primary, ...standbys]
        const before = await looked(context, nodes, 'plain "role"')
        const required = before.privileges.filter(({ level }) => level === 'warning')
        assert.deepEqual(
          required.map(({ subject, next }) => [subject, next]),
          [
            [
              'primary, standby-1',
              [
                'GRANT pg_monitor TO "plain ""role""";',
                'GRANT SELECT ON pg_catalog.pg_hba_file_rules TO "plain ""role""";',
                'GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO "plain ""role""";',
              ],
            ],
          ],
        )
        for (const grant of required[0]?.next ?? []) await primary.query(grant)
        // Everybody may create in public up to 14.
        const open = before.findings.filter(({ area }) => area === 'schemas')
        assert.deepEqual(
          open.map(({ subject, level, next }) => [subject, level, next]),
          major > 14 ? [] : [['primary, standby-1', 'warning', ['REVOKE CREATE ON SCHEMA public FROM PUBLIC;']]],
        )
        for (const { next } of open) for (const revoke of next) await primary.query(revoke)
        await caughtUp()
        const after = await looked(context, nodes, 'plain "role"')
        assert.equal(worstDoctorLevel(after.findings), 'ok', JSON.stringify(after.findings))

        // What is left only tells more, or is for acting: it can be granted just as well.
        for (const { next } of after.privileges) for (const grant of next) await primary.query(grant)
        await caughtUp()
        const last = await looked(context, nodes, 'plain "role"')
        assert.deepEqual(last.privileges, [])
        for (const { facts } of last.found) assert.ok(facts?.privileges.every(({ granted }) => granted))
      })
    })
  }

  test('tells a login by md5, and is content once its own statements were run', async (context) => {
    const md5 = 'local all all trust\nhost all all 127.0.0.1/32 md5\n'
    await withCluster({ hba: md5 }, async ({ primary, password }) => {
      const logins = async () =>
        (await looked(context, [primary], 'pgdeck')).findings.filter(({ area }) => area === 'login')
      await primary.query(`set password_encryption = 'md5'; alter role pgdeck password '${password}'`)
      const [found, ...more] = await logins()
      assert.deepEqual([found?.level, found?.subject, more], ['warning', 'primary', []])
      const statements = found?.next.filter((step) => step.endsWith(';')) ?? []
      await primary.query(statements.join(' ').replace('…', password))
      await primary.setHba(md5.replace('md5', 'scram-sha-256'))
      assert.deepEqual(await logins(), [])
    })
  })

  test('finds settings, rules and extensions that differ, too low ones, a broken and an edited pg_hba.conf', async (context) => {
    await withCluster({ standbys: 1 }, async ({ primary, standbys, caughtUp }) => {
      const [standby] = standbys
      assert.ok(standby)
      const nodes = [primary, standby]
      for (const grant of [
        'grant select on pg_hba_file_rules to pgdeck',
        'grant execute on function pg_hba_file_rules() to pgdeck',
      ]) {
        await primary.query(grant)
      }
      await standby.setSetting('wal_log_hints', 'on')
      await standby.setSetting('work_mem', '8MB')
      for (const node of nodes) {
        for (const name of ['ssl_passphrase_command', 'recovery_end_command']) {
          await node.setSetting(name, `curl -u hunter:${node.name}`)
        }
      }
      await standby.restart()
      await standby.setHba(`${standby.hba()}host all extra 10.0.0.0/8   scram-sha-256 # a comment\n`)
      // The same rule in other words is no difference.
      await primary.setHba(primary.hba().replace('127.0.0.1/32 ', '127.0.0.1\t255.255.255.255 '))
      await caughtUp()
      const drift = await examined(context, nodes, 'pgdeck')
      assert.equal(drift.code, 1)
      const roles = drift.cluster.nodes.map(({ name, role }) => `${name} ${role}`)
      assert.deepEqual(roles, ['primary primary', 'standby-1 replica'])
      const settings = drift.of('settings').map(({ level, text }) => `${level} ${text}`)
      assert.deepEqual(settings, [
        // Servers of tests need not outlive their machine.
        'info fsync is off: a crash of its host can destroy its data',
        'info fsync is off: a crash of its host can destroy its data',
        'info recovery_end_command: differs',
        'info ssl_passphrase_command: differs',
        'warning wal_log_hints: off on primary, on on standby-1',
        'info work_mem: 4096 kB on primary, 8192 kB on standby-1',
      ])
      assert.deepEqual(
        drift.of('hba').map(({ subject, text, next }) => [subject, text, next]),
        [['primary', 'primary lacks one rule that standby-1 has', ['host all extra 10.0.0.0 255.0.0.0 scram-sha-256']]],
      )

      await primary.setSetting('max_connections', '60')
      await primary.restart()
      await standby.setHba(`${standby.hba()}host all all 10.0.0.1 /32 md5\n`)
      await primary.setSetting('max_wal_senders', '12')
      const broken = await examined(context, nodes, 'pgdeck')
      assert.equal(broken.code, 2)
      assert.match(broken.of('hba')[0]?.text ?? '', /standby-1|pg_hba\.conf is broken.*line \d+/)
      const restart = broken.of('settings').find(({ subject }) => subject === 'primary')
      assert.match(restart?.text ?? '', /only after a restart: max_wal_senders/)
      const low = broken.of('settings').find(({ level }) => level === 'critical')
      assert.match(low?.text ?? '', /max_connections is 50, below 60/)
      assert.deepEqual(low?.next[0], 'ALTER SYSTEM SET max_connections = 60;')
    })
  })

  test('a node that is down is unknown, two primaries may have different extensions', async (context) => {
    await withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
      const [standby] = standbys
      assert.ok(standby)
      await standby.promote()
      await primary.query('create extension if not exists pg_stat_statements')
      const apart = await examined(context, [primary, standby], 'postgres')
      assert.match(
        JSON.stringify(apart.of('extensions')),
        /pg_stat_statements is installed in postgres on primary and not on standby-1/,
      )
      await standby.stop('immediate')
      const down = await examined(context, [primary, standby], 'postgres')
      assert.equal(down.of('reach')[0]?.level, 'unknown')
      assert.equal(down.of('reach')[0]?.subject, 'standby-1')
    })
  })
})

describe('schemas in which others may create', { skip: MAJORS.length === 0 ? 'no PostgreSQL here' : false }, () => {
  test('are named with the REVOKE, and the configured queries that they stop; mended there is nothing', async (context) => {
    await withCluster({ major: Math.max(...MAJORS), standbys: 1 }, async ({ primary, standbys, caughtUp }) => {
      await primary.query(`create role mallory; create schema app; create schema "Ops"; grant create on schema public to public;
        grant create on schema app, "Ops" to mallory`)
      await caughtUp()
      const [standby = primary] = standbys
      const sql = 'select 1'
      const path = join(folderFor(context), 'c.json')
      const databases = [
        { name: 'db-1', dsn: primary.dsn('pgdeck'), backup: { sql, searchPath: 'Ops' } },
        { name: 'db-2', dsn: standby.dsn('pgdeck'), searchPath: 'app' },
      ]
      const server = { type: 'primary', url: 'http://127.0.0.1:1/' }
      const servers = [
        { name: 'a', ...server, database: 'db-1', sessions: { sql } },
        { name: 'b', ...server, database: 'db-2', sessions: { sql, searchPath: [] } },
        { name: 'c', ...server, database: 'db-2', sessions: { sql } },
      ]
      writeFileSync(path, JSON.stringify({ clusters: [{ name: 'main', databases, servers }] }), { mode: 0o600 })
      const [cluster] = loadConfig({ path, env: {}, cwd: '/' }).clusters
      assert.ok(cluster)
      const findings = async () =>
        doctorFindings(await examineCluster(cluster, within(20_000))).filter(({ area }) => area === 'schemas')
      const found = await findings()
      assert.deepEqual(
        found.map(({ level, subject, text, next }) => [level, subject, text, ...next]),
        [
          [
            'warning',
            'db-1',
            'database postgres: mallory may create in schema Ops; configured queries are not run: backup',
            'REVOKE CREATE ON SCHEMA "Ops" FROM mallory;',
          ],
          [
            'warning',
            'db-1',
            'database postgres: everybody may create in schema public; configured queries are not run: sessions of a',
            'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
          ],
          [
            'warning',
            'db-2',
            'database postgres: mallory may create in schema app; configured queries are not run: sessions of c',
            'REVOKE CREATE ON SCHEMA app FROM mallory;',
          ],
          [
            'warning',
            'db-2',
            'database postgres: everybody may create in schema public, and objects there may run as any role that uses that database without naming schemas',
            'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
          ],
        ],
      )
      for (const { next } of found) for (const statement of next) await primary.query(statement)
      await caughtUp()
      assert.deepEqual(await findings(), [])
    })
  })
})

describe('of this host', () => {
  test('a config that is wrong is told with the rest, and ends with its own code', async (context) => {
    const folder = folderFor(context)
    writeFileSync(join(folder, 'c.json'), '{"clusters": [{"nam": "x"}]}')
    const { code, out } = await doctor(context, folder, '-c', 'c.json', '--json')
    assert.equal(code, 78)
    const { host, result }: Document = JSON.parse(out)
    assert.equal(result, 'critical')
    assert.match(JSON.stringify(host.findings), /c\.json/)
    assert.ok(host.findings.some(({ area, level }) => area === 'program' && level === 'ok'))
  })

  test('a password file that others may read', async (context) => {
    const folder = folderFor(context)
    writeFileSync(join(folder, '.pgpass'), '*:*:*:*:x\n', { mode: 0o644 })
    const { out } = await doctor(context, folder, '-c', 'none.json')
    assert.match(out, /WARNING +config: .*\.pgpass can be read by others/)
    assert.match(out, /chmod 600/)
  })
})
