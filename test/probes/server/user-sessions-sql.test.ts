// Session counts by SQL on a real server, over the very link that the database's own probes use.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { userSessionsProbe } from '../../../src/probes/server/user-sessions.ts'
import { clusterOf, serverConfig } from '../../fakes/web.ts'
import { withCluster } from '../../real/embedded.ts'
import { within } from '../../wait.ts'

test('the query counts with its parameters; its failures are told', async () => {
  await withCluster({}, async ({ primary }) => {
    await primary.query('create table app_sessions (server text)')
    await primary.query(`insert into app_sessions values ('pmp-a'), ('pmp-a'), ('pmp-b')`)
    await primary.query('grant select on app_sessions to pgdeck')
    const connection = parseDsn(primary.dsn('pgdeck'), {})
    const database = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: 5000 })
    const count = (sql: string, ...parameters: unknown[]) => {
      const server = serverConfig('http://127.0.0.1:1/', { sessions: { kind: 'sql', sql, parameters } })
      return userSessionsProbe.read({ server, database, cluster: clusterOf(server) }, within(5000))
    }
    try {
      const sql = 'select count(*) from app_sessions where server = $1'
      assert.equal(await count(sql, 'pmp-a'), 2)
      assert.equal(await count(sql, 'pmp-b'), 1)
      assert.equal(await count('select 7'), 7)
      await assert.rejects(count('select server from app_sessions'), /gave 3 rows/)
      await assert.rejects(count('select count(*) from no_such_table'), FaultError)
      await assert.rejects(count(`insert into app_sessions values ('x') returning 1`), FaultError)
      assert.equal(await count(sql, 'pmp-a'), 2, 'the link goes on after a failure')
    } finally {
      await database.close()
    }
  })
})
