// A watched session that logs in anew: in the place of the old one, which goes on where the server refuses the new one.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { type DatabaseSession, openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { LOGINS_ALONE } from '../../../src/io/postgres/session/session-limits.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { END_MAJORS, sharedCluster, withCluster } from '../../real/embedded.ts'
import { patiently, until } from '../../wait.ts'

const HBA = `local all all trust
host all postgres 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
`
const never = () => new AbortController().signal

async function withSession(node: PostgresNode, role: string, body: (session: DatabaseSession) => Promise<void>) {
  const connection = parseDsn(`${node.dsn(role)}?sslmode=disable`, { HOME: '/nonexistent' })
  const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(4_000) })
  try {
    await body(session)
  } finally {
    await session.close()
  }
}

async function processOf(session: DatabaseSession): Promise<number> {
  const [row] = await session.query<{ pid: number }>({ name: 'pid', text: 'SELECT pg_backend_pid() AS pid' }, never())
  return row?.pid ?? assert.fail('no row')
}

async function processes(node: PostgresNode, role: string): Promise<readonly number[]> {
  const rows = await node.query<{ pid: number }>(`select pid from pg_stat_activity where usename = '${role}'`)
  return rows.map(({ pid }) => pid)
}

async function refusal(session: DatabaseSession): Promise<string> {
  return session.renew(never()).then(
    () => 'none',
    (error) => (error instanceof FaultError ? `${error.fault.code} ${error.fault.reason ?? ''}`.trim() : String(error)),
  )
}

for (const major of END_MAJORS) {
  describe(`PostgreSQL ${major}`, () => {
    const cluster = sharedCluster({ major, hba: HBA }, async ({ primary }) => {
      await primary.createRole('only_one', 'LOGIN CONNECTION LIMIT 1')
      await primary.createRole('watcher', 'LOGIN')
    })

    test('the new one takes the place of the old one, which ends', async () => {
      const { primary } = cluster()
      await withSession(primary, 'watcher', async (session) => {
        await session.renew(never())
        assert.equal(session.endpoint(), null)
        const old = await processOf(session)
        await session.renew(never())
        const next = await processOf(session)
        assert.notEqual(next, old)
        await until('the old one has ended', 10_000, async () => !(await processes(primary, 'watcher')).includes(old))
        assert.deepEqual(await processes(primary, 'watcher'), [next])
      })
    })

    test('where the login is refused the old one goes on', async () => {
      const { primary } = cluster()
      await withSession(primary, 'watcher', async (session) => {
        const old = await processOf(session)
        await primary.query('alter role watcher nologin')
        assert.equal(await refusal(session), 'auth')
        await primary.query(`alter role watcher login connection limit 1`)
        assert.equal(await processOf(session), old)
        await primary.query(`alter role watcher connection limit -1`)
        assert.equal(await refusal(session), 'none')
        assert.notEqual(await processOf(session), old)
      })
    })

    test('where the role may have one session alone the old one ends first', async () => {
      const { primary } = cluster()
      await withSession(primary, 'only_one', async (session) => {
        const old = await processOf(session)
        for (const _ of [1, 2]) assert.equal(await refusal(session), 'none')
        const next = await processOf(session)
        assert.notEqual(next, old)
        assert.deepEqual(await processes(primary, 'only_one'), [next])
      })
    })

    test('once its limit is raised a second session is opened again, so that a refused login costs nothing', async () => {
      const { primary } = cluster()
      await withSession(primary, 'only_one', async (session) => {
        await processOf(session)
        assert.equal(await refusal(session), 'none')
        await primary.query('alter role only_one connection limit -1')
        for (let login = 0; login < LOGINS_ALONE; login++) assert.equal(await refusal(session), 'none')
        const old = await processOf(session)
        await primary.query('alter role only_one nologin')
        assert.equal(await refusal(session), 'auth')
        assert.equal(await processOf(session), old)
        await primary.query('alter role only_one login connection limit 1')
      })
    })

    test('there too while statements come at the same time', async () => {
      const { primary } = cluster()
      await withSession(primary, 'only_one', async (session) => {
        await processOf(session)
        for (const _ of [1, 2, 3, 4, 5]) {
          let result: string | null = null
          void refusal(session).then((told) => {
            result = told
          })
          while (result === null) await processOf(session)
          assert.equal(result, 'none')
        }
      })
    })

    test('it waits for the statement that runs, and leaves one alone that runs for too long', async () => {
      const { primary } = cluster()
      await withSession(primary, 'watcher', async (session) => {
        await processOf(session)
        const running = session.query<{ pid: number }>(
          { name: 'slow', text: 'SELECT pg_backend_pid() AS pid, pg_sleep(0.5)' },
          never(),
        )
        await session.renew(AbortSignal.timeout(100)).catch(() => {})
        await session.renew(never())
        const [row] = await running
        assert.notEqual(await processOf(session), row?.pid)
      })
    })
  })
}

test('of several servers that fit it stays with the one that is watched', () =>
  withCluster({ standbys: 1 }, async ({ primary, standbys: [standby] }) => {
    assert.ok(standby)
    const hosts = `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`
    const dsn = `postgresql://postgres:${primary.password}@${hosts}/postgres?sslmode=disable&target_session_attrs=primary`
    const connection = parseDsn(dsn, { HOME: '/nonexistent' })
    const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(4_000) })
    try {
      await processOf(session)
      assert.equal(session.endpoint()?.port, primary.port)
      await standby.query('select pg_promote()')
      const old = await processOf(session)
      await session.renew(never())
      assert.notEqual(await processOf(session), old)
      assert.equal(session.endpoint()?.port, primary.port)
    } finally {
      await session.close()
    }
  }))
