// The admin console of a real PgBouncer: its commands, what it refuses, and a session that is lost.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { openPoolerConsole, type PoolerConsole, poolName } from '../../../src/io/entry-points/pooler-console.ts'
import { openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { openPgBouncer, type PgBouncer, withoutPgBouncer } from '../../fakes/pgbouncer.ts'
import { patiently } from '../../wait.ts'
import { sharedCluster } from '../embedded.ts'
import { assertFault, faultOf, NEVER } from '../links.ts'

const LIMIT_MS = patiently(2_000)
const server = sharedCluster({})

async function withConsole(
  dsnOf: (pool: PgBouncer) => string,
  body: (console: PoolerConsole, pool: PgBouncer) => Promise<void>,
) {
  // Else its maintenance may remove what PAUSE made out of the entry for all names.
  const settings = 'stats_users = pgdeck\nautodb_idle_timeout = 0'
  const pool = await openPgBouncer(server().primary, 'transaction', settings)
  const connection = parseDsn(dsnOf(pool), {})
  const console = openPoolerConsole({ connection, passwordCommand: null })
  try {
    await body(console, pool)
  } finally {
    await console.close()
    await pool.close()
  }
}

describe('the console of PgBouncer', { skip: withoutPgBouncer }, () => {
  test('takes commands of an administrator, one after the other, with odd names', () =>
    withConsole(
      (pool) => pool.dsn('postgres', 'pgbouncer'),
      async (console) => {
        const run = (command: string) => console.run<Record<string, unknown>>(command, LIMIT_MS, NEVER)
        const [first] = await run('SHOW VERSION')
        assert.match(String(first?.version), /^PgBouncer/)
        const name = poolName('odd name-ü')
        assert.deepEqual(await run(`PAUSE ${name}`), [])
        const paused = async () =>
          (await run('SHOW DATABASES')).filter((row) => row.paused === 1).map((row) => row.name)
        assert.deepEqual(await paused(), ['odd name-ü'])
        await Promise.all([run(`RESUME ${name}`), run('SHOW POOLS')])
        assert.deepEqual(await paused(), [])
      },
    ))

  test('says whom it refuses, and why', () =>
    withConsole(
      (pool) => pool.dsn('pgdeck', 'pgbouncer'),
      async (console) => {
        const fault = await faultOf(console.run('PAUSE "postgres"', LIMIT_MS, NEVER))
        assertFault(fault, 'auth', /admin access needed/, /admin_users/)
        assert.ok(await console.run('SHOW POOLS', LIMIT_MS, NEVER))
      },
    ))

  test('is not taken for a database, nor a database for it', () =>
    withConsole(
      (pool) => pool.dsn('pgdeck', 'postgres'),
      async (console) => {
        assertFault(
          await faultOf(console.run('SHOW POOLS', LIMIT_MS, NEVER)),
          'protocol',
          /not the admin console/,
          /"pgbouncer"/,
        )
      },
    ))

  test('is opened again after a command that did not end in time, whose effect stays', () =>
    withConsole(
      (pool) => pool.dsn('postgres', 'pgbouncer'),
      async (console, pool) => {
        const { host, password } = server().primary
        const app = await openDemoSession({
          host,
          password,
          port: pool.port,
          user: 'pgdeck',
          database: 'postgres',
          applicationName: 'shop',
          limitMs: LIMIT_MS,
        })
        // PAUSE waits for its transaction.
        await app.query('BEGIN')
        const fault = await faultOf(console.run('PAUSE "postgres"', 300, NEVER))
        assertFault(fault, 'timeout', /did not answer within 300 ms/, /PAUSE waits/)
        const databases = await console.run<{ name: string; paused: number }>('SHOW DATABASES', LIMIT_MS, NEVER)
        assert.equal(databases.find(({ name }) => name === 'postgres')?.paused, 1)
        await console.run('RESUME "postgres"', LIMIT_MS, NEVER)
        await app.query('COMMIT')
        await app.query('SELECT 1')
        await app.close()
      },
    ))
})
