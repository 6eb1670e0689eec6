// A statement that acts names its server: on another one its functions are not called, whatever they are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { guardStatement } from '../../../src/io/postgres/server-identity.ts'
import type { ServerIdentity } from '../../../src/model/measured/server-identity.ts'
import { majorsToTry, withCluster } from '../embedded.ts'

const IDENTITY = `select system_identifier::text as "systemIdentifier", current_setting('port')::int as port,
  to_char(extract(epoch from pg_postmaster_start_time()) * 1000000, 'FM9999999999999999') as "postmasterStart"
  from pg_control_system()`

async function identityOf(node: PostgresNode): Promise<ServerIdentity> {
  const [row] = await node.query<ServerIdentity>(IDENTITY)
  assert.ok(row)
  return row
}

async function guarded(node: PostgresNode, identity: ServerIdentity, text: string, values: readonly unknown[] = []) {
  const statement = guardStatement(identity, { text, values })
  const [row] = await node.query<{ sameServer: boolean; answer: object | null }>(statement.text, statement.values)
  assert.ok(row)
  return row
}

const CREATE = `SELECT pg_catalog.pg_create_physical_replication_slot($1::pg_catalog.name, true)
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = $1::pg_catalog.name)`
const RELOAD = 'SELECT pg_catalog.pg_reload_conf() AS sent'
const PAUSE = 'SELECT pg_catalog.pg_wal_replay_pause()'
const LOADED = 'select pg_conf_load_time()::text as at'

async function slots(node: PostgresNode): Promise<readonly string[]> {
  const rows = await node.query<{ name: string }>('select slot_name::text as name from pg_replication_slots')
  return rows.map(({ name }) => name)
}

async function refusedElsewhere(primary: PostgresNode, standby: PostgresNode): Promise<void> {
  const own = await identityOf(primary)
  const [before] = await primary.query<{ at: string }>(LOADED)
  const others: readonly ServerIdentity[] = [
    { ...own, postmasterStart: String(BigInt(own.postmasterStart) - 1n) },
    { ...own, port: own.port + 1 },
    { ...own, systemIdentifier: '1' },
    await identityOf(standby),
  ]
  for (const other of others) {
    assert.deepEqual(await guarded(primary, other, CREATE, ['kept']), { sameServer: false, held: true, answer: null })
    assert.deepEqual(await guarded(primary, other, RELOAD), { sameServer: false, held: true, answer: null })
  }
  assert.equal((await guarded(standby, own, PAUSE)).sameServer, false)
  assert.deepEqual(await slots(primary), ['standby_1'])
  assert.deepEqual(await primary.query(LOADED), [before])
  const [paused] = await standby.query<{ is: boolean }>('select pg_is_wal_replay_paused() as is')
  assert.equal(paused?.is, false)
}

for (const major of majorsToTry()) {
  test(`PostgreSQL ${major}: its functions run on that server alone`, () =>
    withCluster({ major, standbys: 1 }, async ({ primary, standbys }) => {
      const [standby] = standbys
      assert.ok(standby)
      await refusedElsewhere(primary, standby)
      const own = await identityOf(primary)
      assert.deepEqual(await guarded(primary, own, RELOAD), { sameServer: true, held: true, answer: { sent: true } })
      assert.equal((await guarded(primary, own, CREATE, ['kept'])).sameServer, true)
      assert.deepEqual((await slots(primary)).toSorted(), ['kept', 'standby_1'])
      // No row: nothing to do.
      assert.deepEqual(await guarded(primary, own, CREATE, ['kept']), { sameServer: true, held: true, answer: null })
      assert.equal((await guarded(standby, await identityOf(standby), PAUSE)).sameServer, true)
      const [paused] = await standby.query<{ is: boolean }>('select pg_is_wal_replay_paused() as is')
      assert.equal(paused?.is, true)
    }))
}
