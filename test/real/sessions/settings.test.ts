// What whoever owns a role or a database sets for it changes nothing in a session of pgdeck.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres.ts'
import { openAdmin } from '../../../src/io/admin.ts'
import { openReplication } from '../../../src/io/backup/link.ts'
import { type SessionPurpose, startSettings } from '../../../src/io/postgres/session-settings.ts'
import { patiently } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { linkTo, NEVER } from '../links.ts'

/** Values that would hurt, by setting; each is what an owner may write into ALTER ROLE or ALTER DATABASE. */
const HOSTILE: Readonly<Record<string, string>> = {
  search_path: 'evil, pg_catalog, public',
  role: 'accomplice',
  default_transaction_read_only: 'off',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  statement_timeout: '1',
  lock_timeout: '1',
  idle_in_transaction_session_timeout: '1',
  idle_session_timeout: '1',
  standard_conforming_strings: 'off',
  transform_null_equals: 'on',
  array_nulls: 'off',
  quote_all_identifiers: 'on',
  row_security: 'off',
  client_encoding: 'LATIN1',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'iso_8601',
  TimeZone: 'Asia/Kathmandu',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  client_min_messages: 'debug5',
  exit_on_error: 'on',
  local_preload_libraries: 'nowhere_to_be_found',
  jit: 'on',
  max_parallel_workers_per_gather: '4',
  tcp_keepalives_idle: '4000',
  tcp_keepalives_interval: '4000',
  tcp_keepalives_count: '40',
  tcp_user_timeout: '1',
  application_name: 'somebody else',
}

const LIMIT_MS = patiently(1_000)

const MINE = {
  name: 'mine',
  text: `select coalesce(json_object_agg(name, setting), '{}') as settings, current_user as who,
    current_setting('role') as role from pg_settings`,
}

interface Mine {
  readonly settings: Readonly<Record<string, string>>
  readonly who: string
  readonly role: string
}

function expected(purpose: SessionPurpose, limits: Parameters<typeof startSettings>[1]): Record<string, string> {
  const { role: _, ...rest } = startSettings(purpose, limits)
  return { ...rest, application_name: purpose === 'watch' ? 'pgdeck' : `pgdeck ${purpose}` }
}

function assertOurs({ settings, who, role }: Mine, wanted: Readonly<Record<string, string>>): void {
  const plain = (value: string | undefined) => value?.replaceAll(' ', '')
  for (const [name, value] of Object.entries(wanted)) assert.equal(plain(settings[name]), plain(value), name)
  assert.deepEqual([who, role], ['pgdeck', 'none'])
}

async function writeHostile(node: PostgresNode, whose: string): Promise<void> {
  for (const [name, value] of Object.entries(HOSTILE)) {
    const list = name === 'search_path' ? value : `'${value}'`
    await node.query(`ALTER ${whose} SET ${name} = ${list}`)
  }
}

for (const major of MAJORS)
  test(`sessions on ${major} have their own settings whatever the role and the database say`, () =>
    withCluster({ major }, async (cluster) => {
      const { primary } = cluster
      await primary.query('CREATE ROLE accomplice')
      await primary.query('CREATE DATABASE app')
      await primary.query('GRANT accomplice TO pgdeck')
      await primary.query('ALTER ROLE pgdeck REPLICATION')
      const connection = parseDsn(primary.dsn('pgdeck', 'app'), {})
      for (const whose of ['ROLE pgdeck', 'DATABASE app', 'ROLE pgdeck IN DATABASE app']) {
        await writeHostile(primary, whose)
        const link = linkTo(primary.dsn('pgdeck', 'app'), { timeoutMs: LIMIT_MS })
        const [watching] = await link.query<Mine>(MINE, NEVER)
        await link.close()
        assert.ok(watching)
        assertOurs(watching, expected('watch', { statementMs: 0.8 * LIMIT_MS, lockMs: 0.7 * LIMIT_MS }))

        for (const purpose of ['plan', 'act'] as const) {
          const admin = openAdmin({ purpose, connection, passwordCommand: null, connectMs: LIMIT_MS })
          const [acting] = await admin.query<Mine>(MINE.text, [], LIMIT_MS, NEVER)
          await admin.close()
          assert.ok(acting)
          const statementMs = purpose === 'act' ? 0 : 30_000
          assertOurs(acting, expected(purpose, { statementMs, lockMs: 5_000 }))
        }

        const sender = await openReplication({ connection, passwordCommand: null, connectMs: LIMIT_MS, signal: NEVER })
        const { timeline } = await sender.identify()
        await sender.close()
        assert.equal(timeline, 1)
      }
    }))
