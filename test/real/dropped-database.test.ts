// Databases that go while they are looked at: the one whose size is read, and the one that is watched.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/postgres-node.ts'
import { databaseSizeSql } from '../../src/io/postgres/database-size.ts'
import { patiently } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { faultOf, linkTo, NEVER, one } from './links.ts'
import { look } from './look.ts'

const ROLES = ['pgdeck', 'plain"quoted'] as const

/** What is read of a database that is gone by the time it is measured: there is none with this id. */
async function sizeOfDropped(node: PostgresNode, role: string): Promise<string | null | undefined> {
  const link = linkTo(node.dsn(role), { timeoutMs: patiently(5_000) })
  try {
    const text = `select (${databaseSizeSql()})::text as bytes from (values (4000000000::oid)) gone (oid)`
    const [row] = await link.query<{ bytes: string | null }>({ name: 'size', text }, NEVER)
    return row?.bytes
  } finally {
    await link.close()
  }
}

for (const major of [MAJORS[0], MAJORS.at(-1)]) {
  test(`PostgreSQL ${major}: the storage is read while databases are dropped`, () =>
    withCluster({ ...(major === undefined ? {} : { major }), settings: { autovacuum: 'off' } }, async ({ primary }) => {
      await primary.createRole('plain"quoted', 'LOGIN')
      for (const role of ROLES) assert.equal(await sizeOfDropped(primary, role), null, role)
      let stop = false
      const churn = (async () => {
        while (!stop) {
          await primary.query('CREATE DATABASE passing')
          await primary.query('DROP DATABASE passing')
        }
      })()
      try {
        for (let count = 0; count < 30; count++) {
          const { databases } = await look(primary, 'storage', ROLES[count % 2])
          assert.ok(databases.some(({ name }) => name === 'postgres'))
        }
      } finally {
        stop = true
        await churn
      }
    }))
}

test('the database that is watched is dropped: its server is up, and the fault says what is gone', () =>
  withCluster({}, async ({ primary }) => {
    await primary.query('CREATE DATABASE watched')
    const link = linkTo(primary.dsn('pgdeck', 'watched'), { timeoutMs: patiently(5_000) })
    assert.equal(await one(link), 1)
    await primary.query('DROP DATABASE watched WITH (FORCE)')
    const fault = await faultOf(one(link))
    assert.deepEqual([fault.code, fault.reason], ['auth', 'no-database'])
    assert.match(fault.message, /has no such database/)
    await primary.query('CREATE DATABASE watched')
    assert.equal(await one(link), 1)
    await link.close()
  }))
