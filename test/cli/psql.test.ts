import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { psqlEnvironment, psqlOn } from '../../src/cli/psql.ts'
import type { DatabaseConfig } from '../../src/config/config.ts'
import { parseDsn } from '../../src/config/dsn.ts'

/** A psql that writes down how it was called. */
function ownPsql(t: TestContext, exitCode = 0): { readonly path: string; readonly called: () => string } {
  const path = mkdtempSync(join(tmpdir(), 'pgdeck-psql-'))
  t.after(() => rmSync(path, { recursive: true }))
  const script = `#!/bin/sh\n{ echo "arguments: $#"; /usr/bin/env | /bin/grep ^PG | /usr/bin/sort; } > "${path}/called"\nexit ${exitCode}\n`
  writeFileSync(join(path, 'psql'), script)
  chmodSync(join(path, 'psql'), 0o755)
  return { path, called: () => readFileSync(join(path, 'called'), 'utf8') }
}

function database(dsn: string, over: Partial<DatabaseConfig> = {}): DatabaseConfig {
  const connection = parseDsn(dsn, {})
  const { host = '', port = 0 } = connection.endpoints[0] ?? {}
  const spec = { id: 'db-1', host, port, hostId: null, replicationUser: null, slot: null, configured: true }
  return { spec, connection, passwordCommand: null, via: null, ...over }
}

describe('psqlOn', () => {
  test('runs psql without arguments, with everything in its environment', async (t) => {
    const { path, called } = ownPsql(t)
    const dsn = "host=a,b port=5433,5434 user=ops dbname='x=y' password='it''s' sslmode=verify-full sslrootcert=/ca.pem"
    const guest = psqlOn(database(dsn.replace("it''s", 'secret')), {
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
    const guest = psqlOn(database('postgresql://ops@a/x', { passwordCommand: command }), {
      PATH: path,
      PGPASSWORD: 'other',
    })
    assert.ok('run' in guest)
    await guest.run()
    assert.match(called(), /^PGPASSWORD=of-the-vault$/m)
    assert.equal(psqlEnvironment(parseDsn('postgresql://ops@a/x', {}), null, { PGPASSWORD: 'mine' }).PGPASSWORD, 'mine')
  })

  test('tells how it ended when that was not well', async (t) => {
    const guest = psqlOn(database('postgresql://a/x'), { PATH: ownPsql(t, 2).path })
    assert.ok('run' in guest)
    assert.equal(await guest.run(), 'psql on db-1 ended with 2')
    const failing = psqlOn(database('postgresql://a/x', { passwordCommand: ['/bin/false'] }), { PATH: ownPsql(t).path })
    assert.ok('run' in failing)
    await assert.rejects(failing.run(), /passwordCommand failed: \/bin\/false exited with 1/)
  })

  test('says why there is none', () => {
    assert.deepEqual(psqlOn(undefined, {}), { reason: 'this is no database that is watched' })
    assert.deepEqual(psqlOn(database('postgresql://a/x'), { PATH: '/nowhere' }), {
      reason: 'psql is not installed here, or not on the PATH',
    })
    assert.match(JSON.stringify(psqlOn(database('postgresql://a/x', { via: 'h3' }), {})), /through the ssh of h3/)
  })
})
