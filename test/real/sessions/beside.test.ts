// Short sessions beside the one that watches: only with the server that is watched, read-only, and few that are left unanswered.

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { IDENTITY_COLUMNS, identityIn } from '../../../src/io/postgres/server-identity.ts'
import type { ServerIdentity } from '../../../src/model/measured/server-identity.ts'
import { openProxy } from '../../fakes/proxy.ts'
import { patiently, until } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { linkTo, one } from '../links.ts'

const LIMIT_MS = patiently(1_000)

async function identityOf(node: PostgresNode): Promise<ServerIdentity> {
  const client = new Client({ host: node.socketDirectory, port: node.port, user: 'postgres', database: 'postgres' })
  await client.connect()
  const { rows } = await client.query(`SELECT ${IDENTITY_COLUMNS}`)
  await client.end()
  return identityIn(rows[0])
}

/** The oid of a table of that name in a database `app` of its own. */
async function tableIn(node: PostgresNode, name: string): Promise<number> {
  await node.query('CREATE DATABASE app')
  const client = new Client({ host: node.socketDirectory, port: node.port, user: 'postgres', database: 'app' })
  await client.connect()
  await client.query(`CREATE TABLE public.${name} (n int)`)
  const { rows } = await client.query<{ oid: number }>(`SELECT '${name}'::regclass::oid::int AS oid`)
  await client.end()
  return rows[0]?.oid ?? assert.fail('no oid')
}

for (const major of new Set([MAJORS[0] ?? 14, MAJORS.at(-1) ?? 18]))
  test(`on ${major} what another server behind the same address says is no word of the watched one`, () =>
    withCluster({ major }, ({ primary: mine }) =>
      withCluster({ major }, async ({ primary: other }) => {
        await tableIn(mine, 'mine')
        await other.query('ALTER SYSTEM SET default_transaction_read_only = on')
        await other.query('SELECT pg_reload_conf()')
        const there: { port: number } = { port: mine.port }
        const proxy = await openProxy(() => there.port)
        const link = linkTo(mine.dsn('pgdeck').replace(`:${mine.port}/`, `:${proxy.port}/`), { timeoutMs: LIMIT_MS })
        try {
          assert.equal(await one(link), 1)
          const server = await identityOf(mine)
          const oids = [1259, 1260]
          const names = async (database: string) =>
            (await link.relationNames(new Map([[database, oids]]))).get(database)
          there.port = other.port
          assert.equal(await link.readOnlyDefault(server, '', null), null)
          assert.equal((await names('postgres'))?.size, 0)
          there.port = mine.port
          assert.equal(await one(link), 1, 'the watching session went on')
          await until(
            'names come from the watched server',
            5_000,
            async () => (await names('app'))?.get(1259) === 'pg_class',
          )
          await until(
            'its default is known',
            30_000,
            async () => (await link.readOnlyDefault(server, '', null)) === false,
          )
        } finally {
          await link.close()
          await proxy.close()
        }
      }),
    ))

test('a session that a locked catalog of another database holds is counted until it ends', () =>
  withCluster({}, async ({ primary }) => {
    await tableIn(primary, 'wanted')
    const holder = new Client({ host: primary.socketDirectory, port: primary.port, user: 'postgres', database: 'app' })
    await holder.connect()
    await holder.query('BEGIN; LOCK TABLE pg_catalog.pg_class IN ACCESS EXCLUSIVE MODE')
    // Without this file a session reads the catalog as it begins, before lock_timeout applies.
    const { rows } = await holder.query<{ oid: string }>("SELECT oid::text FROM pg_database WHERE datname = 'app'")
    await rm(join(primary.dataDirectory, 'base', rows[0]?.oid ?? '', 'pg_internal.init'), { force: true })
    const proxy = await openProxy(primary.port)
    const timeoutMs = patiently(400)
    const link = linkTo(primary.dsn('pgdeck').replace(`:${primary.port}/`, `:${proxy.port}/`), { timeoutMs })
    try {
      assert.equal(await one(link), 1)
      await link.relationNames(new Map([['app', [1259]]]))
      await pause(2 * timeoutMs)
      assert.equal(proxy.connections(), 2)
      await holder.end()
      await until('it has ended with the lock', 10_000, () => proxy.connections() === 1)
    } finally {
      await link.close()
      await proxy.close()
    }
  }))
