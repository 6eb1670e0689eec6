// What whoever owns a role or a database sets for it changes nothing in a session of pgdeck.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openWalSenderSession } from '../../../src/io/base-backup/walsender-session.ts'
import { openAdminSession } from '../../../src/io/postgres/admin-session.ts'
import { type SessionPurpose, startupSettings } from '../../../src/io/postgres/session/session-settings.ts'
import { ON_DEMAND_QUERIES } from '../../../src/model/measured/on-demand.ts'
import { readDoctorFacts } from '../../../src/probes/database/doctor/doctor-facts.ts'
import { ON_DEMAND_PROBES, pulseProbe } from '../../../src/probes/database/index.ts'
import { openMeddler } from '../../fakes/meddler.ts'
import { patiently } from '../../wait.ts'
import { majorsToTry, withCluster } from '../embedded.ts'
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

function expected(purpose: SessionPurpose, limits: Parameters<typeof startupSettings>[1]): Record<string, string> {
  const { role: _, ...rest } = startupSettings(purpose, limits)
  return { ...rest, application_name: purpose === 'watch' ? 'pgdeck' : `pgdeck ${purpose}` }
}

function assertOurs({ settings, who, role }: Mine, wanted: Readonly<Record<string, string>>): void {
  // 0 is the default of the server's system, as which it is shown.
  const isDefault = ([name, value]: readonly [string, string]) => name === 'tcp_keepalives_count' && value === '0'
  const plain = (value: string | undefined) => value?.replaceAll(' ', '')
  for (const [name, value] of Object.entries(wanted).filter((each) => !isDefault(each)))
    assert.equal(plain(settings[name]), plain(value), name)
  for (const [name, value] of Object.entries(HOSTILE))
    if (plain(wanted[name]) !== plain(value)) assert.notEqual(plain(settings[name]), plain(value), name)
  assert.deepEqual([who, role], ['pgdeck', 'none'])
}

async function writeHostile(node: PostgresNode, whose: string): Promise<void> {
  for (const [name, value] of Object.entries(HOSTILE)) {
    const list = name === 'search_path' ? value : `'${value}'`
    await node.query(`ALTER ${whose} SET ${name} = ${list}`)
  }
}

for (const major of majorsToTry())
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
          const admin = openAdminSession({ purpose, connection, passwordCommand: null, connectMs: LIMIT_MS })
          const [acting] = await admin.query<Mine>(MINE.text, [], LIMIT_MS, NEVER)
          await admin.close()
          assert.ok(acting)
          const statementMs = purpose === 'act' ? 0 : 30_000
          assertOurs(acting, expected(purpose, { statementMs, lockMs: 5_000 }))
        }

        const sender = await openWalSenderSession({
          connection,
          passwordCommand: null,
          connectMs: LIMIT_MS,
          signal: NEVER,
        })
        const { timeline } = await sender.identify()
        await sender.close()
        assert.equal(timeline, 1)
      }
    }))

test('an older server, which lacks a setting, gets the others', () =>
  withCluster({}, async ({ primary }) => {
    const meddler = await openMeddler(primary.port, 'older-server')
    const link = linkTo(primary.dsn('pgdeck').replace(`:${primary.port}/`, `:${meddler.port}/`), {
      timeoutMs: LIMIT_MS,
    })
    const [mine] = await link.query<Mine>(MINE, NEVER)
    assert.ok(mine)
    assertOurs(mine, expected('watch', { statementMs: 0.8 * LIMIT_MS, lockMs: 0.7 * LIMIT_MS }))
    assert.equal(link.pooler(), null)
    await link.close()
    await meddler.close()
  }))

test('a quiet session leaves out what its role may not set', () =>
  withCluster({ settings: { log_statement: 'all' } }, async ({ primary }) => {
    const logs = async (role: string) => {
      const options = { purpose: 'act', isQuiet: true, passwordCommand: null, connectMs: LIMIT_MS } as const
      const admin = openAdminSession({ ...options, connection: parseDsn(primary.dsn(role), {}) })
      const text = `SELECT current_setting('log_statement') AS logs`
      const [row] = await admin.query<{ logs: string }>(text, [], LIMIT_MS, NEVER)
      await admin.close()
      return row?.logs
    }
    assert.equal(await logs('pgdeck'), 'all')
    assert.equal(await logs('postgres'), 'none')
    await primary.query('GRANT SET ON PARAMETER log_statement TO pgdeck')
    assert.equal(await logs('pgdeck'), 'none')
  }))

/** What only costs time, memory or lines of a log. */
const COSTS =
  /^(Query Tuning|Resource Usage|Reporting and Logging|Developer Options|Vacuuming|Write-Ahead Log|Statistics|Replication)\b/

/** Decided one by one: what each is for is nothing that a statement of pgdeck does, or rests on. */
const OF_NO_CONSEQUENCE = [
  // How literals with a backslash are read and warned of: pgdeck writes them as E'…' with quotes doubled.
  ['backslash_quote', 'escape_string_warning'],
  // What is created, stored and sorted: pgdeck makes a temporary table, in a transaction that is rolled back.
  ['check_function_bodies', 'createrole_self_grant', 'default_table_access_method', 'default_tablespace'],
  ['default_toast_compression', 'gin_fuzzy_search_limit', 'gin_pending_list_limit', 'temp_tablespaces'],
  ['synchronize_seqscans'],
  // Vacuum and analyze, which pgdeck doesn't call.
  ['vacuum_failsafe_age', 'vacuum_freeze_min_age', 'vacuum_freeze_table_age', 'vacuum_multixact_failsafe_age'],
  ['vacuum_multixact_freeze_min_age', 'vacuum_multixact_freeze_table_age'],
  // Texts of months, money and words, XML, passwords: none is asked for.
  ['default_text_search_config', 'icu_validation_level', 'lc_monetary', 'lc_numeric', 'lc_time'],
  ['md5_password_warnings', 'password_encryption', 'scram_iterations', 'xmlbinary', 'xmloption'],
  ['timezone_abbreviations'],
  // It costs a look at the socket; not every system takes another value than 0.
  ['client_connection_check_interval'],
  // Kinds of relations that are no tables of the system: of those pgdeck reads only a manager's.
  ['restrict_nonsystem_relation_kind'],
  // Only 17 and newer know it, so that it is sent when they have told that it is set.
  ['transaction_timeout'],
  // They begin anew with each transaction.
  ['transaction_deferrable', 'transaction_isolation', 'transaction_read_only'],
].flat()

interface Setting {
  readonly name: string
  readonly category: string
  readonly vartype: string
  readonly enumvals: readonly string[] | null
  readonly setting: string
  readonly min: string | null
  readonly max: string | null
}

const SETTINGS = `SELECT name, category, vartype, enumvals, setting, min_val AS min, max_val AS max
  FROM pg_settings WHERE context = 'user'`

/** Another value of it; null where a text has to be one that the server knows. */
function another({ vartype, enumvals, setting, min, max }: Setting): string | null {
  if (vartype === 'bool') return setting === 'on' ? 'off' : 'on'
  if (vartype === 'enum') return enumvals?.find((value) => value !== setting && value !== '') ?? null
  if (vartype === 'string' || min === null) return null
  return setting === min ? String(Math.min(Number(max), Number(min) + 1)) : min
}

for (const major of majorsToTry())
  test(`on ${major} every setting that an owner may set has been decided, and all together change no look`, () =>
    withCluster({ major }, async ({ primary }) => {
      const all = await primary.query<Setting>(SETTINGS)
      const pinned = new Set([
        ...Object.keys(startupSettings('watch', { statementMs: 0, lockMs: 0 })),
        'application_name',
      ])
      const undecided = all.filter(
        ({ name, category }) => !pinned.has(name) && !COSTS.test(category) && !OF_NO_CONSEQUENCE.includes(name),
      )
      assert.deepEqual(
        undecided.map(({ name }) => name),
        [],
      )

      await primary.query('CREATE DATABASE app')
      for (const setting of all) {
        const value = HOSTILE[setting.name] ?? another(setting)
        // These two belong to one transaction, and refuse.
        if (value === null || /^transaction_(de|is|re)/.test(setting.name)) continue
        const written = setting.name === 'search_path' ? value : `'${value}'`
        await primary.query(`ALTER DATABASE app SET "${setting.name}" = ${written}`)
      }
      const link = linkTo(primary.dsn('pgdeck', 'app'), { timeoutMs: 3 * LIMIT_MS })
      const { version, pooler, position } = await pulseProbe.read({ session: link }, NEVER)
      assert.deepEqual([version.split('.')[0], pooler, position.kind], [String(major), undefined, 'primary'])
      for (const id of ON_DEMAND_QUERIES) await ON_DEMAND_PROBES[id].read({ session: link, host: null }, NEVER)
      assert.equal((await readDoctorFacts(link, NEVER)).database, 'app')
      await link.close()
    }))
