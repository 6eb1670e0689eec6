// Names that mean harm, where they become SQL, settings or advice to copy: on a real server they stay what they are.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Client } from 'pg'
import { repointConninfo, withAutoConfSettings } from '../../src/actions/hosts/primary-conninfo.ts'
import { parseDsnText } from '../../src/config/dsn/dsn-text.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { writePrivateText } from '../../src/io/files/sync-files.ts'
import { sqlLiteral } from '../../src/io/postgres/connection/literal.ts'
import { withCluster } from './embedded.ts'
import { faultAt, faultOf, linkTo, NEVER } from './links.ts'

const NAMES = [
  `a"; DROP TABLE kept; --`,
  `a'; DROP TABLE kept; --`,
  `$(touch /tmp/x) \`id\``,
  `two\nlines`,
  `\\'; DROP TABLE kept; --`,
  `$$; DROP TABLE kept; $$`,
  `\u202eright to left 日本 e\u0301`,
  ` spaces `,
]

async function superuser(node: PostgresNode): Promise<Client> {
  const client = new Client({ host: node.socketDirectory, port: node.port, user: 'postgres', database: 'postgres' })
  await client.connect()
  return client
}

describe('names that mean harm', () => {
  test('are literals, parameters, settings and advice, and nothing else', () =>
    withCluster({}, async ({ primary }) => {
      const client = await superuser(primary)
      try {
        await client.query('create table kept (n int)')
        await literals(client)
        await advice(client, primary)
        await parameters(primary)
        await settings(client, primary)
        const { rows } = await client.query(`select to_regclass('kept') is not null as kept`)
        assert.deepEqual(rows, [{ kept: true }])
      } finally {
        await client.end()
      }
    }))
})

/** A literal means its text under either setting of standard_conforming_strings. */
async function literals(client: Client): Promise<void> {
  const text = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
  const held = text.map((each) => each.replaceAll('\0', '').toWellFormed())
  for (const setting of ['on', 'off']) {
    await client.query(`set standard_conforming_strings = ${setting}; set escape_string_warning = off`)
    await fc.assert(
      fc.asyncProperty(held, async (each) => {
        const { rows } = await client.query<{ text: string }>(`select ${sqlLiteral(each)} as text`)
        assert.equal(rows[0]?.text, each)
      }),
      { numRuns: 150 },
    )
  }
  await client.query('reset all')
}

/** What a fault advises is copied into psql by somebody who is in a hurry. */
async function advice(client: Client, node: PostgresNode): Promise<void> {
  for (const name of [`a"; DROP TABLE kept; --`, `$(id) 'x'`, ` spaces `]) {
    await node.createRole(name, 'NOLOGIN')
    const fault = await faultAt(node.dsn(name))
    const [statement] = /ALTER ROLE .*LOGIN/s.exec(fault.hint ?? '') ?? []
    assert.ok(statement, fault.hint ?? '')
    await client.query(statement)
    const { rows } = await client.query('select rolcanlogin as can from pg_roles where rolname = $1', [name])
    assert.deepEqual(rows, [{ can: true }])
  }
}

async function parameters(node: PostgresNode): Promise<void> {
  const link = linkTo(node.dsn('pgdeck'))
  try {
    for (const name of NAMES) {
      const text = 'select $1::text as name, count(*)::int as found from pg_replication_slots where slot_name = $1'
      const rows = await link.query<{ name: string; found: number }>({ name: 'slot', text, values: [name] }, NEVER)
      assert.deepEqual(rows, [{ name, found: 0 }])
    }
    // More than one statement in one text is refused by the protocol that is spoken.
    const fault = await faultOf(link.query({ name: 'two', text: 'select 1; drop table kept' }, NEVER))
    assert.match(fault.message, /multiple commands/)
  } finally {
    await link.close()
  }
}

/** A connection string with hostile values, written into postgresql.auto.conf, is what the server then has. */
async function settings(client: Client, node: PostgresNode): Promise<void> {
  for (const name of NAMES) {
    const conninfo = repointConninfo(`application_name=x user=u`, { host: 'h', port: 1 }, { application_name: name })
    assert.equal(parseDsnText(conninfo).get('application_name'), name)
    const file = withAutoConfSettings('# kept\n', { primary_conninfo: conninfo, cluster_name: 'as it was' })
    writePrivateText(`${node.dataDirectory}/postgresql.auto.conf`, file, node.scratch.owner)
    const { rows } = await client.query<{ name: string; setting: string }>(
      `select name, setting from pg_file_settings where sourcefile like '%auto.conf' order by name`,
    )
    assert.deepEqual(rows, [
      { name: 'cluster_name', setting: 'as it was' },
      { name: 'primary_conninfo', setting: conninfo },
    ])
  }
}
