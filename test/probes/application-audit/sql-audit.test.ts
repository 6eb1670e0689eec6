// The audit of an application from a query on a real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditSource } from '../../../src/config/config.ts'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import type { AuditPosition } from '../../../src/model/application-audit/entry.ts'
import { DEFAULT_SEARCH_PATH } from '../../../src/model/values/sql-names.ts'
import { applicationAuditProbe } from '../../../src/probes/application-audit/index.ts'
import { withCluster } from '../../real/embedded.ts'
import { within } from '../../wait.ts'

const FIELDS = { time: 'time', who: 'who', category: 'category', what: 'what', from: 'from', result: 'result' }
const JSON_FORM = { format: { kind: 'json', fields: FIELDS }, timeZone: null, category: null } as const
test('the audit of a query', async () => {
  await withCluster({}, async ({ primary }) => {
    await primary.query('create table app_audit (at timestamptz, local timestamp, login text, action text)')
    await primary.query(
      `insert into app_audit select now() - n * interval '1 minute', now(), 'ann', 'action ' || n from generate_series(1, 5) n`,
    )
    await primary.query('grant select on app_audit to pgdeck')
    const connection = parseDsn(primary.dsn('pgdeck'), {})
    const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: 5_000 })
    const read = (sql: string, position: AuditPosition | null = null) => {
      const source: AuditSource = {
        kind: 'sql',
        sql,
        database: 'db-1',
        searchPath: DEFAULT_SEARCH_PATH,
        form: JSON_FORM,
      }
      return applicationAuditProbe.read({ source, session, host: null, position }, within(5_000))
    }
    const SELECT = 'select at as time, login as who, action as what from app_audit'
    try {
      const first = await read(`${SELECT} where at >= $1 -- all\n;`)
      assert.deepEqual(
        first.entries.map(({ what }) => what),
        ['action 5', 'action 4', 'action 3', 'action 2', 'action 1'],
      )
      assert.ok(first.clockAheadMs !== null && Math.abs(first.clockAheadMs) < 10_000)
      const next = await read(`${SELECT} where at >= $1`, first.position)
      assert.deepEqual(
        next.entries.map(({ what }) => what),
        ['action 2', 'action 1'],
        'with a minute of overlap',
      )
      assert.deepEqual((await read(`${SELECT} where false`)).entries, [])
      await primary.query(
        `insert into app_audit values ('2099-01-01', now(), 'eve', 'to come'), (now(), now(), 'bob', repeat('x', 20000))`,
      )
      const toCome = await read(`${SELECT} where at >= $1`, next.position)
      assert.deepEqual([toCome.entries.at(-1)?.what, toCome.unreadable], ['to come', 1])
      await primary.query(`insert into app_audit values (now(), now(), 'ann', 'after it')`)
      const later = await read(`${SELECT} where at >= $1`, toCome.position)
      assert.ok(later.entries.some(({ what }) => what === 'after it'))
      const lines = await read(`select now() as time, E'{\\n"a": 1,\\r\\n"b": 2}'::json as what`)
      assert.deepEqual([lines.entries[0]?.what, lines.unreadable], ['{"a":1,"b":2}', 0])
      await assert.rejects(read('select local as time, action as what from app_audit'), /time zone/)
      await assert.rejects(read('select action as what from app_audit'), /time/)
      await assert.rejects(read('select at as time, action as what from no_such_table'), /no_such_table/)
      await assert.rejects(read(`delete from app_audit returning at as time, action as what`))
      const source: AuditSource = {
        kind: 'sql',
        sql: SELECT,
        database: 'db-9',
        searchPath: DEFAULT_SEARCH_PATH,
        form: JSON_FORM,
      }
      const noSession = applicationAuditProbe.read({ source, session: null, host: null, position: null }, within(5_000))
      await assert.rejects(noSession, /pgdeck does not watch the database db-9/)
    } finally {
      await session.close()
    }
  })
})
