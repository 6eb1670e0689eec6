// Sessions with statements of a megabyte: the pulse is read all the same, and tells what they do as the server does.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import type { DatabasePulse } from '../../src/model/measured/pulse.ts'
import { pulseProbe } from '../../src/probes/database/pulse/pulse.ts'
import { patiently, until } from '../wait.ts'
import { END_MAJORS, withCluster } from './embedded.ts'
import { NEVER } from './links.ts'

const LONG = 900_000
const EACH = 12

async function pulseOf(node: PostgresNode, role = 'pgdeck'): Promise<DatabasePulse> {
  const link = openDatabaseSession({
    connection: parseDsn(node.dsn(role), {}),
    passwordCommand: null,
    timeoutMs: patiently(20_000),
  })
  try {
    return await pulseProbe.read({ session: link }, NEVER)
  } finally {
    await link.close()
  }
}

/** Sessions that are idle, idle in a transaction, in a failed one, at work, and waiting for a lock. */
async function crowd(node: PostgresNode, length: number, ended: Client[]): Promise<void> {
  const comment = `/* ${'é'.repeat(length / 2)} */`
  const open = async (name: string) => {
    const client = new Client({ connectionString: node.dsn(), application_name: name })
    client.on('error', () => {})
    await client.connect()
    ended.push(client)
    return client
  }
  const holder = await open('holder')
  await holder.query(`begin; select pg_advisory_lock(1); ${comment}`)
  for (let number = 0; number < EACH; number += 1) {
    await (await open('idle')).query(`select ${number} ${comment}`)
    await (await open('in a transaction')).query(`begin; select ${number} ${comment}`)
    const failed = await open('in a failed one')
    await failed.query('begin')
    await failed.query(`select 1/0 ${comment}`).catch(() => {})
    const running = await open('running')
    running.query(`select pg_sleep(1000) ${comment}`).catch(() => {})
  }
  for (let number = 0; number < 3; number += 1) {
    const waiting = await open('waiting')
    waiting.query(`select pg_advisory_lock(1) ${comment}`).catch(() => {})
  }
  await until('all of them are where they should be', 5_000, async () => {
    const [row] = await node.query<{ running: string; waiting: string }>(
      `select count(*) filter (where application_name = 'running' and state = 'active') as running,
        count(*) filter (where wait_event_type = 'Lock') as waiting from pg_stat_activity`,
    )
    return Number(row?.running) === EACH && Number(row?.waiting) === 3
  })
}

const CLIENTS = 4 * EACH + 4
const KINDS = [
  ['short', 100],
  ['long', LONG],
] as const
const SETTINGS = { track_activity_query_size: '1MB', max_connections: '120' }

async function untilAlone(node: PostgresNode): Promise<void> {
  await until('all sessions have ended', 10_000, async () => {
    const [row] = await node.query<{ others: string }>(
      `select count(*) as others from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    )
    return row?.others === '0'
  })
}

for (const major of END_MAJORS) {
  test(`PostgreSQL ${major}: short and long statements`, () =>
    withCluster({ major, standbys: 1, settings: SETTINGS }, async ({ primary }) => {
      await primary.createRole('plain', 'LOGIN')
      for (const [what, length] of KINDS) {
        const clients: Client[] = []
        try {
          await crowd(primary, length, clients)
          await check(primary, what)
        } finally {
          for (const client of clients) client.connection.stream.destroy()
        }
        await primary.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'running'`)
        await untilAlone(primary)
      }
    }))
}

async function check(primary: PostgresNode, what: (typeof KINDS)[number][0]): Promise<void> {
  const found = await pulseOf(primary)
  const { total, active, idleInTransaction, waiting, longestIdleInTransactionSeconds } = found.sessions
  const { unreadSessions = 0, clients: groups } = found
  // The one that asks is there too, and not counted as active.
  assert.deepEqual({ total, active, waiting }, { total: CLIENTS + 1, active: EACH + 3, waiting: 3 })
  const idle = idleInTransaction ?? 0
  if (unreadSessions === 0) assert.equal(idle, 2 * EACH + 1)
  // That a transaction has failed is told by what is not read.
  else assert.ok(idle >= EACH + 1 && idle <= 2 * EACH + 1, String(idle))
  assert.ok((longestIdleInTransactionSeconds ?? 0) < 120)
  assert.deepEqual(
    found.senders.map(({ applicationName, state, userName }) => [applicationName, state, userName]),
    [['standby-1', 'streaming', 'postgres']],
  )
  assert.ok(total !== null && unreadSessions < total, 'one at least is read')
  if (unreadSessions > 0) assert.equal(groups, null, 'what is not all is not told')
  else assert.equal(groups?.find(({ applicationName }) => applicationName === 'running')?.count, EACH)
  // 47 MB of statements can't be read in the time that there is.
  if (what === 'long') assert.ok(unreadSessions > 0)

  const plain = await pulseOf(primary, 'plain')
  assert.deepEqual([plain.sessions.total, plain.sessions.active, plain.clients], [CLIENTS + 1, null, null])
}
