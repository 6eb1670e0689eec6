// Figures of sessions, locks and statements that are easily told wrong, on real servers.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Client } from 'pg'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { type DatabaseSession, openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import type { LockSession } from '../../src/model/measured/on-demand.ts'
import { activityProbe } from '../../src/probes/database/activity/activity.ts'
import { locksProbe } from '../../src/probes/database/locks/locks.ts'
import { pulseProbe } from '../../src/probes/database/pulse/pulse.ts'
import { patiently, until } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'

const NEVER = new AbortController().signal
const SETTINGS = { track_activity_query_size: '100kB' }
const BIGINT = '-4611686018427387905'
const TEXT = `select pg_sleep(600), '${'x'.repeat(80_000)} the very end'`

async function client(node: PostgresNode, name: string, database = 'postgres', role = 'postgres'): Promise<Client> {
  const found = new Client({ connectionString: node.dsn(role, database), application_name: name })
  found.on('error', () => {})
  await found.connect()
  return found
}

/** Who waits for what, once so many do. */
async function waits(session: DatabaseSession, count: number): Promise<readonly LockSession[]> {
  let found: readonly LockSession[] = []
  await until(`${count} sessions wait`, 10_000, async () => {
    const { nodes } = await locksProbe.read({ session }, NEVER)
    found = nodes.filter(({ waitsFor }) => waitsFor !== null)
    return found.length === count && found.every(({ waitsFor }) => waitsFor?.relation !== 'table ? of app')
  })
  return found
}

describe('figures of sessions', () => {
  for (const major of MAJORS.filter((each) => each === 14 || each === 18)) {
    test(`on PostgreSQL ${major}`, () =>
      withCluster({ major, settings: SETTINGS }, async ({ primary }) => {
        await primary.query('create database app')
        await primary.createRole('hidden', 'LOGIN')
        await primary.query('alter role hidden set track_activities = off')
        const session = openDatabaseSession({
          connection: parseDsn(primary.dsn('pgdeck'), {}),
          passwordCommand: null,
          timeoutMs: patiently(5_000),
        })
        const clients: Client[] = []
        const open = async (...args: Parameters<typeof client>) => {
          const one = await client(...args)
          clients.push(one)
          return one
        }
        try {
          const before = await pulseProbe.read({ session }, NEVER)
          assert.equal(before.sessions.idleInTransaction, 0)
          const app = await open(primary, 'app', 'app')
          await app.query('create table "Orders" (i int)')
          await app.query('begin; lock table "Orders"; select pg_advisory_lock(4711, -2)')
          await app.query(`select pg_advisory_lock(${BIGINT})`)
          const statements = [
            'select from "Orders"',
            'select pg_advisory_lock(4711, -2)',
            `select pg_advisory_lock(${BIGINT})`,
          ]
          for (const text of statements) (await open(primary, 'waiter', 'app')).query(text).catch(() => {})
          const found = await waits(session, 3)
          assert.deepEqual(
            found.map(({ waitsFor }) => waitsFor?.advisory?.key ?? waitsFor?.relation).sort(),
            ['"Orders"', '(4711, -2)', BIGINT].sort(),
          )
          assert.deepEqual(
            new Set(found.map(({ waitsFor }) => waitsFor?.advisory?.database)),
            new Set(['app', undefined]),
          )
          await untrackedIsUnknown(session, await open(primary, 'hidden', 'postgres', 'hidden'))
          await wholeStatement(session, await open(primary, 'long'))
        } finally {
          await primary.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('app', 'waiter', 'hidden', 'long')`,
          )
          await Promise.all(clients.map((one) => one.end().catch(() => {})))
          await session.close()
        }
      }))
  }
})

async function untrackedIsUnknown(session: DatabaseSession, hidden: Client): Promise<void> {
  await hidden.query('begin')
  const { sessions } = await pulseProbe.read({ session }, NEVER)
  assert.deepEqual(
    [sessions.active, sessions.idleInTransaction, sessions.untracked, sessions.waiting],
    [null, null, 1, 3],
  )
  const { sessions: rows } = await activityProbe.read({ session }, NEVER)
  assert.equal(rows.find(({ application }) => application === 'hidden')?.state, 'disabled')
}

async function wholeStatement(session: DatabaseSession, long: Client): Promise<void> {
  long.query(TEXT).catch(() => {})
  const row = async (wholeStatementOf = 0) => {
    const { sessions } = await activityProbe.read({ session, wholeStatementOf }, NEVER)
    return sessions.find(({ application, state }) => application === 'long' && state === 'active')
  }
  await until('the long statement runs', 10_000, async () => (await row()) !== undefined)
  const cut = await row()
  assert.deepEqual(cut?.queryCut, { by: 'reading', readBytes: 10_000, bytes: TEXT.length })
  const whole = await row(cut?.pid)
  assert.deepEqual([whole?.query, whole?.queryCut], [TEXT, undefined])
}
