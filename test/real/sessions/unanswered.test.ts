// A server that answers nobody keeps each session that is given up, with its connection slot: watching takes few of them.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { Client } from 'pg'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { DatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { openProxy, type TcpProxy } from '../../fakes/proxy.ts'
import { until } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { assertFault, faultOf, linkTo, one } from '../links.ts'

const NEWEST = MAJORS.at(-1) ?? 18
const OLDEST = MAJORS[0] ?? 14
/** Many more than there may be sessions. */
const POLLS = 40
const MOST = 10
const TIMEOUT_MS = 400

describe('a locked catalog, behind which no session begins', () => {
  for (const major of new Set([OLDEST, NEWEST])) {
    for (const held of ['pg_database', 'pg_authid']) {
      test(`${held} on ${major}`, (context) =>
        withCluster({ major }, async ({ primary }) => {
          const { proxy, link } = await opened(primary, context)
          const release = await locked(primary, held)
          const codes = await polled(link)
          assert.deepEqual(codes, ['timeout'])
          assertFault(await faultOf(one(link)), 'timeout', /still has not answered \d+ sessions of pgdeck/, /pg_locks/)
          assert.ok(proxy.connections() <= MOST, `the server holds ${proxy.connections()} connections`)
          await release()
          await until('it is watched again', 3_000, async () => (await one(link).catch(() => null)) === 1)
          await until('nothing is held any more', 3_000, () => proxy.connections() === 1)
        }))
    }
  }

  test('beside a session that was there, few others are opened', (context) =>
    withCluster({}, async ({ primary }) => {
      const { proxy, link } = await opened(primary, context)
      const ask = () => link.query({ name: 'names', text: 'SELECT datname FROM pg_catalog.pg_database' }, NEVER)
      await until('it is read', 3_000, () => answered(ask()))
      const release = await locked(primary, 'pg_database')
      // On a busy machine what the server says comes after the limit now and then; then its session is given up.
      const codes = new Set<string>()
      for (let poll = 0; poll < POLLS; poll++) codes.add((await faultOf(ask())).code)
      assert.deepEqual(
        [...codes].filter((code) => code !== 'slow' && code !== 'timeout'),
        [],
      )
      assert.ok(proxy.connections() <= MOST + 1, `${proxy.connections()} connections`)
      await release()
      await until('it is read again', 3_000, () => answered(ask()))
      await until('nothing is held any more', 3_000, () => proxy.connections() === 1)
    }))
})

test('processes that stop in the middle of a statement: few of them', (context) =>
  withCluster({}, async ({ primary }) => {
    const { proxy, link } = await opened(primary, context)
    await until('it is watched', 3_000, () => answered(one(link)))
    const stopped = new Set<number>()
    const stop = async () => {
      const rows = await primary.query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'pgdeck'`,
      )
      for (const { pid } of rows) {
        if (!stopped.has(pid)) process.kill(pid, 'SIGSTOP')
        stopped.add(pid)
      }
    }
    try {
      for (let poll = 0; poll < POLLS; poll++) {
        await stop()
        const fault = await one(link).then(
          () => null,
          (error) => error.fault,
        )
        assert.match(fault?.code ?? 'slow', /^(?:slow|timeout)$/, fault?.message)
      }
      assert.ok(
        stopped.size <= MOST + 1 && proxy.connections() <= MOST + 1,
        `${stopped.size} processes, ${proxy.connections()}`,
      )
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGCONT')
    }
    await until('it is watched again', 3_000, async () => (await one(link).catch(() => null)) === 1)
    await until('nothing is held any more', 3_000, () => proxy.connections() === 1)
  }))

const NEVER = new AbortController().signal

/** A link through a proxy that counts its connections; both end with the test. */
async function opened(node: PostgresNode, context: TestContext): Promise<{ proxy: TcpProxy; link: DatabaseSession }> {
  const proxy = await openProxy(node.port)
  context.after(() => proxy.close())
  const dsn = node.dsn('pgdeck').replace(`:${node.port}/`, `:${proxy.port}/`)
  const link = linkTo(dsn, { timeoutMs: TIMEOUT_MS })
  context.after(() => link.close())
  return { proxy, link }
}

/** Whether an answer came: on a slow machine the limit, which many polls wait out here, is short for that. */
function answered(asked: Promise<unknown>): Promise<boolean> {
  return asked.then(
    () => true,
    () => false,
  )
}

/** The codes of the faults of many polls, each once. */
async function polled(link: DatabaseSession): Promise<readonly string[]> {
  const codes = new Set<string>()
  for (let poll = 0; poll < POLLS; poll++) codes.add((await faultOf(one(link))).code)
  return [...codes]
}

/** A superuser's session locks a catalog until it is released. */
async function locked(node: PostgresNode, catalog: string): Promise<() => Promise<void>> {
  const client = new Client({ host: node.socketDirectory, port: node.port, user: 'postgres', database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  await client.query(`begin; lock table ${catalog} in access exclusive mode`)
  return () => client.end()
}
