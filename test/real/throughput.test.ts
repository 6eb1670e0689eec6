// Counters of transactions and the longest statement, in the pulse of real servers.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Client } from 'pg'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { DatabasePulse } from '../../src/model/measured/pulse.ts'
import { pulseProbe } from '../../src/probes/database/pulse/pulse.ts'
import { patiently, until } from '../wait.ts'
import { END_MAJORS, withCluster } from './embedded.ts'
import { linkTo, NEVER } from './links.ts'

async function pulseOf(node: PostgresNode, role = 'pgdeck'): Promise<DatabasePulse> {
  const session = linkTo(node.dsn(role), { timeoutMs: patiently(5_000) })
  try {
    return await pulseProbe.read({ session }, NEVER)
  } finally {
    await session.close()
  }
}

async function pulseWhere(what: string, node: PostgresNode, isSo: (found: DatabasePulse) => boolean) {
  let found = await pulseOf(node)
  await until(what, 20_000, async () => {
    found = await pulseOf(node)
    return isSo(found)
  })
  return found
}

async function connected(node: PostgresNode, name: string): Promise<Client> {
  const client = new Client({ connectionString: node.dsn(), application_name: name })
  client.on('error', () => {})
  await client.connect()
  return client
}

const countersOf = ({ transactionCounters }: DatabasePulse) => {
  assert.ok(transactionCounters)
  const { committed, rolledBack } = transactionCounters
  assert.ok(committed !== null && rolledBack !== null)
  return { ...transactionCounters, committed, rolledBack }
}

for (const major of END_MAJORS) {
  describe(`PostgreSQL ${major}`, () => {
    test('commits and rollbacks of all databases are counted, and a reset or a dropped database shows', () =>
      withCluster({ major }, async ({ primary }) => {
        await primary.createRole('plain', 'LOGIN')
        await primary.query('CREATE DATABASE shop')
        const before = countersOf(await pulseOf(primary))
        const client = await connected(primary, 'worker')
        for (let round = 0; round < 40; round += 1) await client.query('SELECT 1')
        for (let round = 0; round < 7; round += 1) {
          await client.query('BEGIN')
          await client.query('ROLLBACK')
        }
        // A session reports what it did at its end at the latest.
        await client.end()
        const after = countersOf(
          await pulseWhere('its transactions are counted', primary, (found) => {
            const { committed, rolledBack } = countersOf(found)
            return committed >= before.committed + 40 && rolledBack >= before.rolledBack + 7
          }),
        )
        assert.equal(after.databases, before.databases)
        // 14 begins to count a database when the first session there reports, and calls that a reset.
        if (major > 14) assert.equal(after.resetAt, before.resetAt)
        await primary.query('SELECT pg_stat_reset()')
        await pulseWhere('the reset shows', primary, (found) => countersOf(found).resetAt !== after.resetAt)
        await primary.query('DROP DATABASE shop')
        const dropped = countersOf(await pulseOf(primary))
        assert.notEqual(dropped.databases, after.databases)
        assert.equal((await pulseOf(primary, 'plain')).transactionCounters?.databases, dropped.databases)
      }))

    test('the longest statement, with its text cut at whole characters', () =>
      withCluster({ major }, async ({ primary }) => {
        await primary.createRole('plain', 'LOGIN')
        assert.equal((await pulseOf(primary)).longestStatement, null)
        const client = await connected(primary, 'report')
        const text = `SELECT pg_sleep(600) /* ${'größe '.repeat(60)}*/`
        const running = client.query(text).catch(() => {})
        const { longestStatement } = await pulseWhere(
          'the statement runs',
          primary,
          (found) => found.longestStatement != null,
        )
        assert.equal(longestStatement?.application, 'report')
        assert.equal(longestStatement?.state, 'active')
        const shown = longestStatement?.text ?? ''
        assert.ok(shown.length > 200 && text.startsWith(shown), shown)
        assert.ok((longestStatement?.seconds ?? -1) >= 0)
        assert.equal((await pulseOf(primary, 'plain')).longestStatement, null)
        await primary.query(`SELECT pg_terminate_backend(${longestStatement?.pid})`)
        await running
      }))
  })
}
