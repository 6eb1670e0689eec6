// Through connection poolers: what pgdeck does there leaves nothing behind for the applications, and acts never go through.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openWalSenderSession } from '../../../src/io/base-backup/walsender-session.ts'
import { readTextOrNull } from '../../../src/io/files/sync-files.ts'
import { openAdminSession } from '../../../src/io/postgres/admin-session.ts'
import type { DatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { type DemoSession, openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import type { PreparedStatement } from '../../../src/io/postgres/prepared-statement.ts'
import { pulseProbe } from '../../../src/probes/database/index.ts'
import { startPgdeck } from '../../cli/process.ts'
import { scratch } from '../../config/scratch.ts'
import { type Meddling, openMeddler } from '../../fakes/meddler.ts'
import { openPgBouncer, type PgBouncer, type PoolMode, withoutPgBouncer } from '../../fakes/pgbouncer.ts'
import { openProxy } from '../../fakes/proxy.ts'
import { patiently, until } from '../../wait.ts'
import { sharedCluster } from '../embedded.ts'
import { assertFault, faultOf, linkTo, NEVER } from '../links.ts'

const DROPPED = 'ignore_startup_parameters = options, extra_float_digits'
const LIMIT_MS = patiently(1_000)
const PUBLIC = { schemas: ['public'], isExplicit: true }

const STATE = `SELECT (SELECT json_object_agg(name, setting ORDER BY name) FROM pg_settings
    WHERE name NOT IN ('application_name', 'transaction_read_only')) AS settings,
  current_user AS who, session_user AS session,
  (SELECT count(*)::int FROM pg_prepared_statements) AS prepared,
  (SELECT count(*)::int FROM pg_cursors WHERE name <> '') AS cursors`

/** An application that shares its one connection of the server with pgdeck, as the same role. */
async function application(pool: PgBouncer, node: PostgresNode): Promise<DemoSession> {
  const { host, password } = node
  const { port } = pool
  return openDemoSession({
    host,
    port,
    user: 'shop',
    password,
    database: 'postgres',
    applicationName: 'shop',
    limitMs: patiently(10_000),
  })
}

async function withPool(
  mode: PoolMode,
  more: string,
  body: (pool: PgBouncer, node: PostgresNode, app: DemoSession) => Promise<void>,
): Promise<void> {
  await withPools([[mode, more]], body)
}

/** The same for several, one after the other, before one server. */
async function withPools(
  pools: readonly (readonly [PoolMode, string])[],
  body: (pool: PgBouncer, node: PostgresNode, app: DemoSession) => Promise<void>,
): Promise<void> {
  const primary = await emptied()
  for (const [mode, more] of pools) {
    const pool = await openPgBouncer(primary, mode, more)
    const app = await application(pool, primary)
    try {
      await body(pool, primary, app)
    } finally {
      await app.close()
      await pool.close()
    }
  }
}

/** One server for all tests: what they look for in its log must never be there. */
const server = sharedCluster({ settings: { log_statement: 'all', log_line_prefix: '%a|' } }, async ({ primary }) => {
  await primary.createRole('shop', 'LOGIN REPLICATION IN ROLE pg_monitor')
  await primary.query('ALTER ROLE pgdeck REPLICATION')
})

/** The server with a table that has no rows. */
async function emptied(): Promise<PostgresNode> {
  const { primary } = server()
  await primary.query('DROP TABLE IF EXISTS orders; CREATE TABLE orders (n int); GRANT ALL ON orders TO shop, pgdeck')
  return primary
}

/** Asks everything that links can be asked: a pulse, values, SQL of the user, and what fails. */
async function askAll(link: DatabaseSession, dsn: string): Promise<void> {
  const statements: readonly PreparedStatement[] = [
    { name: 'values', text: 'SELECT $1::int + 1 AS n', values: [3] },
    { name: 'users', text: 'SELECT count(*) FROM orders', searchPath: PUBLIC },
  ]
  for (const statement of statements) assert.equal((await link.query(statement, NEVER)).length, 1)
  const failing: readonly PreparedStatement[] = [
    { name: 'fails', text: 'SELECT 1/0' },
    { name: 'fails-2', text: 'SELECT 1/$1::int', values: [0] },
    { name: 'writes', text: 'INSERT INTO orders VALUES (1)', searchPath: PUBLIC },
    { name: 'ends', text: 'COMMIT; SET statement_timeout = 1', searchPath: PUBLIC },
  ]
  for (const statement of failing) await faultOf(link.query(statement, NEVER))
  const hurried = linkTo(dsn, { timeoutMs: 1_000 })
  await faultOf(hurried.query({ name: 'slow', text: 'SELECT pg_catalog.pg_sleep(600)' }, NEVER))
  await hurried.close()
  assert.equal((await pulseProbe.read({ session: link }, NEVER)).position.kind, 'primary')
}

/** What reached the server: nothing that outlives a transaction. PgBouncer itself writes SET without blanks. */
function assertNothingStays(node: PostgresNode): void {
  const lines = (readTextOrNull(node.logFile) ?? '').split('\n').filter((line) => /^pgdeck/.test(line))
  assert.deepEqual(
    lines.filter((line) =>
      /LOG: +(statement|execute [^:]*): (SET (?!LOCAL|\w+='[^']*';$)|PREPARE|DECLARE|LISTEN)/i.test(line),
    ),
    [],
  )
  assert.deepEqual(
    lines.filter((line) => /LOG: +execute (?!<unnamed>)/.test(line)),
    [],
  )
}

describe('PgBouncer', { skip: withoutPgBouncer }, () => {
  for (const mode of ['session', 'transaction'] as const)
    for (const more of ['', DROPPED])
      test(`in ${mode} mode${more && ', which drops options'}: what is read leaves nothing behind`, () =>
        withPool(mode, more, async (pool, node, app) => {
          const [before] = await app.query(STATE)
          // In session mode the one connection is the application's until it leaves.
          if (mode === 'session') await app.close()
          const link = linkTo(pool.dsn('shop'), { timeoutMs: LIMIT_MS })
          const { pooler } = await pulseProbe.read({ session: link }, NEVER)
          assert.match(pooler ?? '', more ? /drops start-up options/ : /refuses start-up options/)
          await askAll(link, pool.dsn('shop'))
          for (const kind of mode === 'session' ? [] : ['primary', 'read-write', 'any', 'prefer-standby']) {
            const asked = linkTo(`${pool.dsn('shop')}?target_session_attrs=${kind}`, { timeoutMs: LIMIT_MS })
            assert.equal((await pulseProbe.read({ session: asked }, NEVER)).position.kind, 'primary', kind)
            await asked.close()
          }
          const again = mode === 'session' ? null : app
          if (again) {
            assert.deepEqual(await again.query(STATE), [before])
            await again.query('INSERT INTO orders VALUES (2)')
          }
          await link.close()
          const later = await application(pool, node)
          assert.deepEqual(await later.query(STATE), [before])
          await later.query('INSERT INTO orders VALUES (3)')
          await later.close()
          assertNothingStays(node)
        }))

  test('that it has no connection slot left for pgdeck is told as silence', () =>
    withPool('session', '', async (pool, _node, app) => {
      await app.query('SELECT 1')
      const link = linkTo(pool.dsn('shop'), { timeoutMs: 3_000 })
      const fault = await faultOf(pulseProbe.read({ session: link }, NEVER))
      assertFault(fault, 'timeout', /opened a session but did not answer its first query/, /pooler without a free/)
      await link.close()
    }))

  test('in statement mode nothing is read, and the pooler is left in peace for a minute', () =>
    withPool('statement', '', async (pool, _node, app) => {
      const [before] = await app.query(STATE)
      const link = linkTo(pool.dsn('shop'))
      const logins = () => (pool.log().match(/login attempt/g) ?? []).length
      const first = await faultOf(pulseProbe.read({ session: link }, NEVER))
      assertFault(first, 'pooler', /statement pooling/, /Connect to the server itself/)
      const after = logins()
      assert.deepEqual(await faultOf(pulseProbe.read({ session: link }, NEVER)), first)
      assert.equal(logins(), after)
      await link.close()
      assert.deepEqual(await app.query(STATE), [before])
      await app.query('INSERT INTO orders VALUES (2)')
    }))

  test('its admin console is told as such', () =>
    withPools(
      [
        ['transaction', ''],
        ['transaction', DROPPED],
      ],
      async (pool) => {
        const link = linkTo(pool.dsn('postgres', 'pgbouncer'))
        assertFault(
          await faultOf(pulseProbe.read({ session: link }, NEVER)),
          'pooler',
          /admin console of PgBouncer/,
          /the server itself/,
        )
        await link.close()
      },
    ))

  test('acts and base backups never go through it', () => {
    const modes = ['session', 'transaction', 'statement'] as const
    const pools = modes.flatMap((mode) => ['', DROPPED, `${DROPPED}, replication`].map((more) => [mode, more] as const))
    return withPools(pools, async (pool, node) => {
      const options = { connection: parseDsn(pool.dsn('shop'), {}), passwordCommand: null, connectMs: patiently(5_000) }
      const admin = openAdminSession({ purpose: 'act', ...options })
      const refused = await faultOf(admin.query('INSERT INTO public.orders VALUES (9)', [], patiently(5_000), NEVER))
      assertFault(refused, 'pooler', /is a connection pooler/, /Connect to the server itself/)
      await admin.close()
      assertFault(
        await faultOf(openWalSenderSession({ ...options, signal: NEVER })),
        'pooler',
        /is a connection pooler/,
        /./,
      )
      assert.deepEqual(await node.query('SELECT FROM orders'), [])
      assertNothingStays(node)
    })
  })

  test('every command that reads leaves the application’s session as it was', (context) =>
    withPool('transaction', '', async (pool, node, app) => {
      const [before] = await app.query(STATE)
      const { folder } = scratch(context)
      const config = join(folder, 'c.json')
      const databases = [{ name: 'db-1', dsn: pool.dsn('shop') }]
      writeFileSync(config, JSON.stringify({ clusters: [{ name: 'main', databases }] }), { mode: 0o600 })
      const commands = [
        ['status'],
        ['status', '--json'],
        ['diagnose', 'db-1'],
        ['doctor'],
        ['hba', 'audit'],
        ['check', 'alerts'],
        ['logs', 'db-1', '--out', join(folder, 'logs.tar.gz')],
        ['do', 'checkpoint', 'db-1', '--dry-run'],
      ]
      for (const words of commands) {
        const { out, err } = await pgdeck(context, [...words, '--config', config])
        assert.deepEqual(await app.query(STATE), [before], `${words[0]}: ${out}${err}`)
        await app.query('INSERT INTO orders VALUES (2)')
        if (words[0] !== 'hba' && words[0] !== 'logs')
          assert.match(out + err, /pooler/, `${words.join(' ')}: ${out}${err}`)
      }
      assertNothingStays(node)
    }))

  test('a watch that goes on, and one that is killed, leave nothing behind', (context) =>
    withPool('transaction', '', async (pool, node, app) => {
      const [before] = await app.query(STATE)
      const watch = startPgdeck(context, ['status', '--watch', '--json', '--interval', '500ms', pool.dsn('shop')], {
        cwd: scratch(context).folder,
      })
      await until('it has looked', 2_000, () => /BEGIN ISOLATION/.test(readTextOrNull(node.logFile) ?? ''))
      for (let i = 0; i < 20; i++) {
        await app.query('INSERT INTO orders VALUES ($1)', [i])
        assert.deepEqual(await app.query(STATE), [before])
      }
      watch.child.kill('SIGKILL')
      await once(watch.child, 'exit')
      assert.deepEqual(await app.query(STATE), [before])
      assertNothingStays(node)
    }))
})

async function pgdeck(context: TestContext, words: readonly string[]) {
  return startPgdeck(context, words, { cwd: scratch(context).folder }).ended
}

describe('peers that are like one', () => {
  const cases: readonly (readonly [string, Meddling, RegExp])[] = [
    [
      'names another process than the one that answers',
      'another-process',
      /named process \d+, and process \d+ answered/,
    ],
    ['names no process', 'no-process', /named process none/],
    ['refuses the options of the session', 'refuses-options', /refuses start-up options/],
    ['drops the options of the session', 'no-options', /drops start-up options/],
  ]
  for (const [what, meddling, why] of cases)
    test(`one that ${what} is read in transactions, and takes no act`, async () => {
      const primary = await emptied()
      const meddler = await openMeddler(primary.port, meddling)
      const dsn = primary.dsn('pgdeck').replace(`:${primary.port}/`, `:${meddler.port}/`)
      const link = linkTo(dsn, { timeoutMs: LIMIT_MS })
      assert.match((await pulseProbe.read({ session: link }, NEVER)).pooler ?? '', why)
      await askAll(link, dsn)
      await link.close()
      const options = { connection: parseDsn(dsn, {}), passwordCommand: null, connectMs: patiently(5_000) }
      const admin = openAdminSession({ purpose: 'act', ...options })
      const refused = await faultOf(admin.query('INSERT INTO public.orders VALUES (9)', [], patiently(5_000), NEVER))
      assertFault(refused, 'pooler', why, /Connect to the server itself/)
      await admin.close()
      assert.deepEqual(await primary.query('SELECT FROM orders'), [])
      assertNothingStays(primary)
      await meddler.close()
    })

  test('what only carries bytes is none', async () => {
    const primary = await emptied()
    const proxy = await openProxy(primary.port)
    const link = linkTo(primary.dsn('pgdeck').replace(`:${primary.port}/`, `:${proxy.port}/`))
    assert.equal((await pulseProbe.read({ session: link }, NEVER)).pooler, undefined)
    await link.close()
    await proxy.close()
  })
})
