import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { psqlEnvironment, psqlProgram } from '../../../src/cli/watching/psql.ts'
import type { DatabaseConfig, HostConfig } from '../../../src/config/config.ts'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import { findProgram } from '../../../src/io/terminal/foreground.ts'
import { DEFAULT_AUTH } from '../../../src/model/values/connection-parameters.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { withCluster } from '../../real/embedded.ts'
import { until } from '../../wait.ts'

function sshHost(id: string, destination: string): HostConfig {
  const unknown = { dataDirectory: null, binDirectory: null, start: null, stop: null, installDirectory: null }
  return { id, address: null, access: { kind: 'ssh', destination }, ...unknown, platform: 'linux', logs: [] }
}

const realPsql = findProgram('psql', process.env.PATH)

/** A psql that writes down how it was called. */
function ownPsql(
  t: TestContext,
  exitCode = 0,
  last = `exit ${exitCode}`,
): { readonly path: string; readonly called: () => string } {
  const path = mkdtempSync(join(tmpdir(), 'pgdeck-psql-'))
  t.after(() => rmSync(path, { recursive: true }))
  const script = `#!/bin/sh\n{ echo "arguments: $#"; /usr/bin/env | /bin/grep ^PG | /usr/bin/sort; } > "${path}/called"\n${last}\n`
  writeFileSync(join(path, 'psql'), script)
  chmodSync(join(path, 'psql'), 0o755)
  return { path, called: () => readFileSync(join(path, 'called'), 'utf8') }
}

function database(dsn: string, over: Partial<DatabaseConfig> = {}): DatabaseConfig {
  const connection = parseDsn(dsn, {})
  const { host = '', port = 0 } = connection.endpoints[0] ?? {}
  const spec = { id: 'db-1', host, port, hostId: null, replicationUser: null, slot: null, configured: true }
  return { spec, connection, passwordCommand: null, via: null, backup: null, ...over }
}

describe('psqlOn', () => {
  test('runs psql without arguments, with everything in its environment', async (t) => {
    const { path, called } = ownPsql(t)
    const dsn = "host=a,b port=5433,5434 user=ops dbname='x=y' password='it''s' sslmode=verify-full sslrootcert=/ca.pem"
    const guest = psqlProgram(database(dsn.replace("it''s", 'secret')), {
      PATH: path,
      PGSERVICE: 'elsewhere',
      PGHOSTADDR: '10.9.9.9',
    })
    assert.ok('run' in guest)
    assert.equal(guest.title, 'psql on db-1')
    assert.equal(await guest.run(), null)
    assert.deepEqual(called().trim().split('\n'), [
      'arguments: 0',
      'PGAPPNAME=psql',
      'PGCHANNELBINDING=prefer',
      'PGDATABASE=x=y',
      'PGHOST=a,b',
      'PGPASSWORD=secret',
      'PGPORT=5433,5434',
      'PGSSLMODE=verify-full',
      'PGSSLROOTCERT=/ca.pem',
      'PGTARGETSESSIONATTRS=any',
      'PGUSER=ops',
    ])
  })

  test('a password of a program is asked for when it is needed; none of ours is made up', async (t) => {
    const { path, called } = ownPsql(t)
    const command = ['/bin/echo', 'of-the-vault']
    const guest = psqlProgram(database('postgresql://ops@a/x', { passwordCommand: command }), {
      PATH: path,
      PGPASSWORD: 'other',
    })
    assert.ok('run' in guest)
    await guest.run()
    assert.match(called(), /^PGPASSWORD=of-the-vault$/m)
    assert.equal(psqlEnvironment(parseDsn('postgresql://ops@a/x', {}), null, { PGPASSWORD: 'mine' }).PGPASSWORD, 'mine')
  })

  test('what the connection demands of the login and of TLS goes along, whatever the environment says', () => {
    const variables = (dsn: string, env: Record<string, string> = {}) => psqlEnvironment(parseDsn(dsn, {}), null, env)
    assert.equal(variables('host=a').PGREQUIREAUTH, '!password')
    assert.equal(variables('host=a sslmode=verify-full').PGREQUIREAUTH, undefined)
    assert.equal(variables('host=/', { PGREQUIREAUTH: 'md5' }).PGREQUIREAUTH, undefined)
    assert.equal(variables('host=/tmp port=65001').PGREQUIREAUTH, '!password', 'everybody may put a socket there')
    assert.equal(variables('host=/,/tmp port=65001').PGREQUIREAUTH, '!password')
    assert.equal(variables('host=a require_auth=password').PGREQUIREAUTH, 'password')
    assert.equal(variables('host=a require_auth=!md5').PGREQUIREAUTH, 'none,password,scram-sha-256')
    assert.equal(
      variables('host=a channel_binding=require', { PGCHANNELBINDING: 'disable' }).PGCHANNELBINDING,
      'require',
    )
    assert.equal(variables('host=a ssl_min_protocol_version=TLSv1.3').PGSSLMINPROTOCOLVERSION, 'TLSv1.3')
  })

  test('of a server that was found, only a psql that obeys require_auth gets the password', async (t) => {
    const found = database('postgresql://ops:secret@a/x')
    const config = {
      ...found,
      connection: { ...found.connection, authRequirements: { ...DEFAULT_AUTH, isDiscovered: true } },
    }
    for (const [version, gets] of [
      ['psql (PostgreSQL) 15.18 (Debian)', false],
      ['psql (PostgreSQL) 16.2', true],
      ['psql (PostgreSQL) 18beta1', true],
      ['?', false],
    ] as const) {
      const { path, called } = ownPsql(t, 0, `[ $# = 0 ] || echo "${version}"`)
      const guest = psqlProgram(config, { PATH: path, PGPASSWORD: 'mine' })
      assert.ok('run' in guest)
      await guest.run()
      assert.equal(/^PGPASSWORD=secret$/m.test(called()), gets, version)
      assert.equal(/^PGPASSFILE=\/dev\/null$/m.test(called()), !gets, version)
      assert.doesNotMatch(called(), /mine/)
      assert.match(called(), /^PGREQUIREAUTH=none,scram-sha-256$/m)
    }
  })

  test('tells how it ended when that was not well', async (t) => {
    const guest = psqlProgram(database('postgresql://a/x'), { PATH: ownPsql(t, 2).path })
    assert.ok('run' in guest)
    assert.equal(await guest.run(), 'psql on db-1 ended with 2')
    const failing = psqlProgram(database('postgresql://a/x', { passwordCommand: ['/bin/false'] }), {
      PATH: ownPsql(t).path,
    })
    assert.ok('run' in failing)
    await assert.rejects(failing.run(), /passwordCommand failed: \/bin\/false exited with 1/)
  })

  test('says why there is none', () => {
    assert.deepEqual(psqlProgram(undefined, {}), { reason: 'this database is not watched' })
    assert.deepEqual(psqlProgram(database('postgresql://a/x'), { PATH: '/nowhere' }), {
      reason: 'psql is not installed here, or not on the PATH',
    })
    assert.match(JSON.stringify(psqlProgram(database('postgresql://a/x', { via: 'h3' }), {})), /through host h3/)
    const strict = database('postgresql://a/x?sslmode=verify-full', { via: 'h3' })
    const hosts = [sshHost('h3', 'ops@h3')]
    assert.match(JSON.stringify(psqlProgram(strict, {}, hosts)), /demands TLS \(sslmode=verify-full\) beyond h3/)
    const beside = database('postgresql://127.0.0.1/x?sslmode=require', { via: 'h3' })
    assert.match(JSON.stringify(psqlProgram(beside, { PATH: '/nowhere' }, hosts)), /psql is not installed/)
  })
})

describe('psql on a database behind a host', { skip: withoutSshd }, () => {
  test('goes through a forwarding of its own, which ends with it', async (context) => {
    const sshd = await startSshd(context)
    await withCluster({}, async ({ primary }) => {
      const { path, called } = ownPsql(context, 0, `exec ${realPsql ?? 'true'} -XAtc 'select inet_server_port()'`)
      const config = database(primary.dsn('pgdeck', 'postgres'), { via: 'h1' })
      const open = (destination: string) => openSshConnection({ destination, configFile: sshd.configFile })
      const guest = psqlProgram(config, { PATH: path }, [sshHost('h1', sshd.destination)], open)
      assert.ok('run' in guest, JSON.stringify(guest))
      assert.equal(await guest.run(), null)
      const [, folder = ''] = /^PGHOST=(.*)$/m.exec(called()) ?? []
      assert.match(called(), new RegExp(`^PGPORT=${primary.port}$`, 'm'))
      assert.match(folder, /^\//)
      assert.equal(existsSync(folder), false, 'its socket is gone')
      await until('its connection is gone', 5_000, async () => sshd.sessions().length === 0)
    })
  })

  test('says why it is not led there', async (context) => {
    const sshd = await startSshd(context)
    await sshd.stop()
    const config = database('postgresql://a/x', { via: 'h1' })
    const open = (destination: string) => openSshConnection({ destination, configFile: sshd.configFile })
    const guest = psqlProgram(config, { PATH: ownPsql(context).path }, [sshHost('h1', sshd.destination)], open)
    assert.ok('run' in guest)
    await assert.rejects(guest.run(), /ssh to box/)
  })
})
