// Real poolers, proxies and addresses before a primary and its standby: where they lead before and after a promotion.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { type HaproxySource, openHaproxyStats } from '../../../src/io/entry-points/haproxy-stats.ts'
import { createNewSessions } from '../../../src/io/entry-points/new-session.ts'
import { openPoolerConsole } from '../../../src/io/entry-points/pooler-console.ts'
import { readTextOrNull } from '../../../src/io/files/sync-files.ts'
import { openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { openTempDir } from '../../../src/io/process/temp-dir.ts'
import { addressProbe, poolerProbe, proxyProbe } from '../../../src/probes/entry-points/index.ts'
import { openHaproxy, withoutHaproxy } from '../../fakes/haproxy.ts'
import { openPgBouncer, withoutPgBouncer } from '../../fakes/pgbouncer.ts'
import { patiently, until } from '../../wait.ts'
import { sharedCluster, withCluster } from '../embedded.ts'
import { NEVER } from '../links.ts'

const LIMIT_MS = patiently(3_000)
const TRUST = { ca: null, cert: null, key: null }
const server = sharedCluster({ settings: { log_statement: 'all', log_line_prefix: '%a|' } })

function sessionsTo(dsn: string) {
  return createNewSessions({ connection: parseDsn(dsn, {}), passwordCommand: null, timeoutMs: LIMIT_MS })
}

async function addressAt(dsn: string) {
  const sessions = sessionsTo(dsn)
  try {
    return await addressProbe.read({ sessions }, NEVER)
  } finally {
    sessions.close()
  }
}

async function application({ host, password }: PostgresNode, port: number) {
  const who = { host, password, user: 'pgdeck', database: 'postgres', applicationName: 'shop' }
  return openDemoSession({ ...who, port, limitMs: LIMIT_MS })
}

describe('PgBouncer', { skip: withoutPgBouncer }, () => {
  test('tells its pools, the client that waits, and where it leads', async () => {
    const { primary } = server()
    const pool = await openPgBouncer(primary, 'transaction', 'stats_users = pgdeck')
    const admin = openPoolerConsole({
      connection: parseDsn(pool.dsn('pgdeck', 'pgbouncer'), {}),
      passwordCommand: null,
    })
    const read = async (database: string | null = null) =>
      (await poolerProbe.read({ admin, database, limitMs: LIMIT_MS }, NEVER)).databases
    try {
      const [holder, waiter] = [await application(primary, pool.port), await application(primary, pool.port)]
      await holder.query('BEGIN')
      const waits = waiter.query('SELECT 1')
      await until('a client waits', LIMIT_MS, async () => (await read())[0]?.clientsWaiting === 1)
      const [found] = await read('postgres')
      assert.deepEqual(found?.connectedTo, [{ host: '127.0.0.1', port: primary.port }])
      assert.deepEqual([found.serversActive, found.paused, found.disabled], [1, false, false])
      await until('its wait is told', LIMIT_MS, async () => ((await read())[0]?.longestWaitSeconds ?? 0) > 0)
      await holder.query('COMMIT')
      await waits
      assert.equal((await read())[0]?.clientsWaiting, 0)
      await holder.close()
      await waiter.close()
      await assert.rejects(read('nothing'), /PgBouncer has no database nothing/)
    } finally {
      await admin.close()
      await pool.close()
    }
  })

  test('an address through it is read without leaving anything on the session of the applications', async () => {
    const { primary } = server()
    const pool = await openPgBouncer(primary, 'transaction')
    try {
      const app = await application(primary, pool.port)
      const settings =
        'SELECT json_object_agg(name, setting ORDER BY name) AS all FROM pg_settings WHERE name <> $$application_name$$'
      const [before] = await app.query(settings)
      const dsn = pool.dsn()
      const reached = await addressAt(dsn)
      assert.equal(reached.identity?.port, primary.port)
      assert.deepEqual([reached.isInRecovery, reached.pooler === null], [false, false])
      assert.deepEqual(await app.query(settings), [before])
      await app.query('CREATE TEMP TABLE written (n int)')
      await app.close()
      const sets = (readTextOrNull(primary.logFile) ?? '')
        .split('\n')
        .filter((line) => /^pgdeck.*: SET (?!LOCAL)\w+ /.test(line))
      assert.deepEqual(sets, [])
    } finally {
      await pool.close()
    }
  })
})

describe('an address', () => {
  test('is read by a role that may not read the control file; then its system is unknown', async () => {
    const { primary } = server()
    await primary.query('REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC')
    await primary.createRole('plain', 'LOGIN')
    try {
      const { host, port, password } = primary
      const reached = await addressAt(`postgresql://plain:${encodeURIComponent(password)}@${host}:${port}/postgres`)
      assert.deepEqual([reached.identity, reached.systemIdentifier, reached.port], [null, null, port])
    } finally {
      await primary.query('GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO PUBLIC')
    }
  })
})

describe('an address with a program for the password', () => {
  test('runs it once, and again where the password is refused', async () => {
    const { primary } = server()
    const scratch = openTempDir()
    const file = (name: string) => join(scratch.path, name)
    await primary.createRole('rotated', 'LOGIN')
    const rotate = async (password: string) => {
      await primary.query(`ALTER ROLE rotated PASSWORD '${password}'`)
      writeFileSync(file('password'), password)
    }
    const sessions = createNewSessions({
      connection: parseDsn(`postgresql://rotated@${primary.host}:${primary.port}/postgres`, {}),
      passwordCommand: ['sh', '-c', `echo >> ${file('runs')}; cat ${file('password')}`],
      timeoutMs: LIMIT_MS,
    })
    const runs = () => (readTextOrNull(file('runs')) ?? '').length
    try {
      await rotate('first')
      for (let look = 0; look < 3; look++) await addressProbe.read({ sessions }, NEVER)
      assert.equal(runs(), 1)
      await rotate('second')
      await addressProbe.read({ sessions }, NEVER)
      assert.equal(runs(), 2)
      await primary.query("ALTER ROLE rotated PASSWORD 'third'")
      await assert.rejects(addressProbe.read({ sessions }, NEVER), /password/)
      assert.equal(runs(), 3)
      await assert.rejects(addressProbe.read({ sessions }, NEVER), /password/)
      assert.equal(runs(), 4)
    } finally {
      sessions.close()
      await scratch.close()
    }
  })
})

describe('HAProxy', { skip: withoutHaproxy }, () => {
  test('leads to the new primary after a promotion, by its page, its socket and a new session', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys: [standby] }) => {
      assert.ok(standby)
      const proxy = await openHaproxy([primary, standby])
      const readersOf = (source: HaproxySource, backend = 'primary') => {
        const stats = openHaproxyStats({ source, backend, user: null, passwordCommand: null, trust: TRUST })
        return () => proxyProbe.read({ stats, backend }, NEVER)
      }
      const socket = URL.parse(proxy.socket) ?? assert.fail(proxy.socket)
      const page = readersOf({ kind: 'page', url: proxy.stats })
      const port = readersOf({ kind: 'port', host: socket.hostname, port: Number(socket.port) })
      const up = async (read: typeof page) =>
        (await read()).servers.filter(({ state }) => state === 'up').map(({ name }) => name)
      try {
        await until('it sees the primary', LIMIT_MS, async () => (await up(page)).join() === primary.name)
        assert.deepEqual(await up(port), [primary.name])
        const addresses = (await port()).servers.map((each) => each.address?.port)
        assert.deepEqual(addresses, [primary.port, standby.port])
        const before = await addressAt(proxy.dsn())
        assert.equal(before.identity?.port, primary.port)
        await primary.stop()
        await standby.query('SELECT pg_promote()')
        await until('it sees the new primary', LIMIT_MS, async () => (await up(page)).join() === standby.name)
        const after = await addressAt(proxy.dsn())
        assert.deepEqual([after.identity?.port, after.isInRecovery], [standby.port, false])
        assert.equal(after.systemIdentifier, before.systemIdentifier)
      } finally {
        await proxy.close()
      }
    }))
})
