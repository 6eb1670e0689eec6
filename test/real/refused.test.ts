// Servers that refuse functions and views to the role of pgdeck, lack them, or answer too slowly: each costs its own
// figure only.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { DatabaseSession } from '../../src/io/postgres/database-session.ts'
import type { DatabasePulse } from '../../src/model/measured/pulse.ts'
import { pulseProbe, pulseSql } from '../../src/probes/database/pulse/pulse.ts'
import { storageProbe } from '../../src/probes/database/storage/storage.ts'
import { storageSql } from '../../src/probes/database/storage/storage-sql.ts'
import { patiently, until } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { linkTo, NEVER } from './links.ts'

const ENDS = new Set([Math.min(...MAJORS), Math.max(...MAJORS)])

async function withLink<Value>(node: PostgresNode, body: (session: DatabaseSession) => Promise<Value>): Promise<Value> {
  const session = linkTo(node.dsn('pgdeck'), { timeoutMs: patiently(5_000) })
  try {
    return await body(session)
  } finally {
    await session.close()
  }
}

const pulseOf = (node: PostgresNode) => withLink(node, (session) => pulseProbe.read({ session }, NEVER))

const storageOf = (node: PostgresNode) => withLink(node, (session) => storageProbe.read({ session }, NEVER))

/** They hold a value or not as the seconds pass. */
const FLEETING =
  /LagSeconds|replyAgeSeconds|latestEnd|lastMessageAge|refused|missing|applyLag|lastReplayedCommitAt|longest|resetAt/

/** The paths of the figures that have a value. */
function figures(value: unknown, path = ''): readonly string[] {
  if (value === null || value === undefined || FLEETING.test(path)) return []
  if (typeof value !== 'object') return [path]
  return Object.entries(value).flatMap(([name, each]) => figures(each, path === '' ? name : `${path}.${name}`))
}

/** The topmost names of what is lost. */
function lost(before: object, after: object): readonly string[] {
  const left = new Set(figures(after))
  const paths = figures(before).filter((path) => !left.has(path))
  return [...new Set(paths.map((path) => path.split('.').slice(0, 2).join('.')))].sort()
}

// Every client of a server needs these: they convert and build values, and read settings.
const NEEDED = new Set(
  (
    'name text json oid bool interval timestamptz array_to_string unnest rtrim substr substring lpad upper mod trunc to_hex ' +
    'current_setting json_build_object to_jsonb pg_size_bytes pg_backend_pid int8 format regexp_replace regclass ' +
    'current_database statement_timestamp'
  ).split(' '),
)

const COUNTERS = ['transactionCounters.committed', 'transactionCounters.databases', 'transactionCounters.rolledBack']
/** What a refusal costs a primary, where it costs anything. */
const COSTS: Readonly<Record<string, readonly string[]>> = {
  'age(xid)': ['oldestTransactionAge', 'transactions.ages'],
  pg_get_multixact_stats: ['transactions.multixactMembers'],
  mxid_age: ['transactions.ages'],
  host: ['senders.0', 'serverAddress'],
  inet_server_addr: ['serverAddress'],
  inet_server_port: ['serverPort'],
  pg_get_userbyid: ['senders.0'],
  pg_conf_load_time: ['configLoadedAt'],
  pg_postmaster_start_time: ['defaultReadOnly', 'postmasterStart', 'startedAt'],
  pg_walfile_name: ['timeline'],
  // The session that asks for the default names the same server.
  pg_control_system: ['defaultReadOnly', 'systemIdentifier'],
  pg_get_replication_slots: ['senders.0', 'slots.0', 'slots.1'],
  pg_stat_get_wal_senders: ['senders.0'],
  pg_stat_get_activity: ['senders.0'],
  pg_prepared_xact: ['transactions.prepared'],
  pg_stat_archiver: [
    'archiver.commandless',
    'archiver.failedCount',
    'archiver.failing',
    'archiver.keepsNothing',
    'archiver.mode',
  ],
  pg_stat_get_db_xact_commit: ['transactionCounters.committed'],
  pg_stat_get_db_xact_rollback: ['transactionCounters.rolledBack'],
  pg_stat_get_db_stat_reset_time: COUNTERS,
  pg_database: ['oldestTransactionAge', ...COUNTERS, 'transactions.ages'],
  pg_db_role_setting: ['synchronousCommit'],
  pg_roles: ['mayReplicate'],
  // The session that asks for the default reads it there.
  pg_settings: ['defaultReadOnly', 'pendingRestart.isComplete'],
  'pg_has_role(name,name,text)': [
    'commitWaits.count',
    'lockWaits.count',
    'managerSigns.libraries',
    'sessions.active',
    'sessions.idleInTransaction',
    'sessions.waiting',
  ],
}

const STORAGE_COSTS: Readonly<Record<string, readonly string[]>> = {
  'age(xid)': ['databases.0', 'databases.1', 'databases.2'],
  'pg_database_size(oid)': ['databases.0', 'databases.1', 'databases.2'],
  'has_database_privilege(oid,text)': ['databases.0', 'databases.1', 'databases.2'],
  pg_database: ['databases.0', 'databases.1', 'databases.2'],
  'has_function_privilege(name,text,text)': ['archiveReady', 'walDirectoryBytes', 'walFiles'],
  'ts_stat(text)': ['archiveReady', 'walDirectoryBytes', 'walFiles'],
  'array_to_tsvector(text[])': ['archiveReady', 'walDirectoryBytes', 'walFiles'],
  'pg_ls_waldir()': ['walDirectoryBytes', 'walFiles'],
  'pg_ls_archive_statusdir()': ['archiveReady'],
  'pg_control_checkpoint()': ['checkpoints.bytesSince', 'checkpoints.lastAt', 'checkpoints.redoLsn'],
  pg_stat_archiver: ['archiver.archivedCount', 'archiver.failedCount', 'archiver.mode'],
  pg_stat_bgwriter: ['checkpoints.requested', 'checkpoints.syncMs', 'checkpoints.timed', 'checkpoints.writeMs'],
  pg_stat_checkpointer: ['checkpoints.requested', 'checkpoints.syncMs', 'checkpoints.timed', 'checkpoints.writeMs'],
}

interface Refusable {
  readonly name: string
  readonly spec: string
  /** `EXECUTE ON FUNCTION pg_catalog.age(xid)`. */
  readonly right: string
}

/** Functions, views and tables that the statement names, without those that every client needs. */
async function refusable(node: PostgresNode, text: string): Promise<readonly Refusable[]> {
  const names = [...text.matchAll(/pg_catalog\.(\w+)/g)].flatMap(([, name]) =>
    name === undefined || NEEDED.has(name) ? [] : [name],
  )
  return node.query<Refusable & Record<string, unknown>>(
    `SELECT proname AS name, oid::regprocedure::text AS spec, 'EXECUTE ON FUNCTION pg_catalog.' || oid::regprocedure AS right
       FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ($1) AND prokind = 'f'
     UNION ALL SELECT relname, relname, 'SELECT ON pg_catalog.' || relname FROM pg_class
      WHERE relnamespace = 'pg_catalog'::regnamespace AND relname = ANY ($1) AND relkind IN ('r', 'v')`,
    [[...new Set(names)]],
  )
}

/** The server calls its own function by its number, so another one takes its name. */
async function replaced(node: PostgresNode, name: string, body: string): Promise<void> {
  await node.query(`ALTER FUNCTION pg_catalog.${name}() RENAME TO gone_too`)
  await node.query(
    `CREATE FUNCTION pg_catalog.${name}() RETURNS timestamptz LANGUAGE plpgsql AS $f$ BEGIN ${body}; RETURN NULL; END $f$`,
  )
}

const STANDBY_COSTS: Readonly<Record<string, readonly string[]>> = {
  'pg_stat_get_wal_receiver()': ['position.receiver'],
  'pg_last_wal_receive_lsn()': [],
  'pg_last_wal_replay_lsn()': ['position.replayedLsn'],
  'pg_get_wal_replay_pause_state()': ['position.pause'],
  'pg_control_checkpoint()': [],
  'pg_control_system()': ['systemIdentifier'],
  'pg_is_in_recovery()': [],
}

for (const major of ENDS) {
  describe(`PostgreSQL ${major}`, () => {
    test('each refused function or view costs its own figure only', () =>
      withCluster({ major, standbys: 1 }, async ({ primary, standbys: [standby], caughtUp }) => {
        assert.ok(standby)
        await primary.query(`SELECT pg_create_physical_replication_slot('spare', true)`)
        await caughtUp()
        const [whole, wholeStandby] = [await pulseOf(primary), await pulseOf(standby)]
        assert.equal(whole.refused, undefined)
        const all = await refusable(primary, pulseSql(major * 10_000))
        for (const { name, spec, right } of all) {
          const isOnly = all.filter((each) => each.name === name).length === 1
          const costs = COSTS[spec] ?? (isOnly ? COSTS[name] : null) ?? []
          await primary.query(`REVOKE ${right} FROM PUBLIC, pg_monitor`)
          const pulse = await pulseOf(primary)
          assert.deepEqual(lost(whole, pulse), [...costs].sort(), spec)
          const wanted = STANDBY_COSTS[spec]
          if (wanted) {
            let found = wholeStandby
            await until(`${spec} is refused by the standby`, 10_000, async () => {
              const session = linkTo(standby.dsn('pgdeck'), { timeoutMs: patiently(5_000) })
              found = await pulseProbe.read({ session }, NEVER)
              const isRefused = session.refused().some((part) => part.name === spec)
              await session.close()
              return isRefused
            })
            assert.deepEqual(lost(wholeStandby, found), wanted, spec)
          }
          await primary.query(`GRANT ${right} TO PUBLIC`)
        }
      }))

    test('so does each of the storage, and what is lost is named with its grant', () =>
      withCluster({ major }, async ({ primary }) => {
        const whole = await storageOf(primary)
        assert.deepEqual(whole.missing, [])
        const all = await refusable(primary, storageSql(major * 10_000))
        for (const { name, spec, right } of all) {
          const costs = STORAGE_COSTS[spec] ?? []
          await primary.query(`REVOKE ${right} FROM PUBLIC, pg_monitor`)
          const found = await storageOf(primary)
          assert.deepEqual(lost(whole, found), [...costs].sort(), spec)
          if (costs.length > 0)
            assert.ok(found.refused?.some((one) => one.name.startsWith(name)) || name.startsWith('pg_ls_'), spec)
          await primary.query(`GRANT ${right} TO PUBLIC`)
        }
      }))

    test('what the server lacks, does not offer, or answers too slowly is known once, and named', () =>
      withCluster({ major }, async ({ primary }) => {
        const whole = await pulseOf(primary)
        await primary.query('ALTER FUNCTION pg_catalog.pg_conf_load_time() RENAME TO gone')
        await replaced(primary, 'pg_postmaster_start_time', `RAISE EXCEPTION 'no' USING ERRCODE = '0A000'`)
        await primary.query('REVOKE SELECT ON pg_catalog.pg_stat_archiver FROM PUBLIC')
        await withLink(primary, async (session) => {
          const pulse = await pulseProbe.read({ session }, NEVER)
          assert.deepEqual(
            pulse.refused?.map(({ name, why, grant }) => [name, why, grant]),
            [
              ['pg_conf_load_time()', 'missing', null],
              ['pg_postmaster_start_time()', 'not offered by this server', null],
              ['pg_stat_archiver', 'not permitted', 'GRANT SELECT ON pg_catalog.pg_stat_archiver TO "pgdeck"'],
            ],
          )
          assert.equal(pulse.archiver, null)
          assert.equal(pulse.systemIdentifier, whole.systemIdentifier)
          // Nothing is tried again on this session.
          assert.deepEqual((await pulseProbe.read({ session }, NEVER)).refused, pulse.refused)
        })
      }))

    test('what is granted meanwhile is read at the next poll but one, also with the next session', () =>
      withCluster({ major }, async ({ primary }) => {
        await primary.query('REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC, pg_monitor')
        await withLink(primary, async (session) => {
          await pulseProbe.read({ session }, NEVER)
          session.discard()
          const pulse = await pulseProbe.read({ session }, NEVER)
          assert.deepEqual(
            pulse.refused?.map(({ name }) => name),
            ['pg_control_system()'],
          )
          await primary.query('GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO PUBLIC')
          assert.equal((await pulseProbe.read({ session }, NEVER)).systemIdentifier, null, 'not asked again')
          const granted = await pulseProbe.read({ session }, NEVER)
          assert.equal(granted.refused, undefined)
          assert.notEqual(granted.systemIdentifier, null)
          await primary.query('REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC, pg_monitor')
          session.discard()
          assert.equal((await pulseProbe.read({ session }, NEVER)).systemIdentifier, null)
          await primary.query('GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO PUBLIC')
          session.discard()
          assert.equal((await pulseProbe.read({ session }, NEVER)).refused, undefined)
        })
      }))

    test('a row of nulls is no slot', () =>
      withCluster({ major }, async ({ primary }) => {
        await primary.query(`SELECT pg_create_physical_replication_slot('spare', true)`)
        const [{ columns } = { columns: '' }] = await primary.query<{ columns: string }>(
          `SELECT string_agg(format('%I %s', name, pg_catalog.format_type(type, NULL)), ', ' ORDER BY at) AS columns
             FROM pg_proc, unnest(proargnames, proallargtypes) WITH ORDINALITY each(name, type, at)
            WHERE proname = 'pg_get_replication_slots'`,
        )
        await primary.query('ALTER FUNCTION pg_catalog.pg_get_replication_slots() RENAME TO all_slots')
        const row = columns.split(', ').map((column) => `NULL::${column.slice(column.indexOf(' ') + 1)}`)
        await primary.query(
          `CREATE FUNCTION pg_catalog.pg_get_replication_slots() RETURNS TABLE (${columns}) LANGUAGE sql
             AS 'SELECT * FROM pg_catalog.all_slots() UNION ALL SELECT ${row.join(', ')}'`,
        )
        assert.deepEqual(
          (await pulseOf(primary)).slots.map(({ name }) => name),
          ['spare'],
        )
      }))

    test('a slow function costs one poll, then its own figure', () =>
      withCluster({ major }, async ({ primary }) => {
        await replaced(primary, 'pg_conf_load_time', 'PERFORM pg_catalog.pg_sleep(3600)')
        const session = linkTo(primary.dsn('pgdeck'), { timeoutMs: patiently(500) })
        try {
          let found: DatabasePulse | null = null
          await until('it is read without the slow function', 30_000, async () => {
            found = await pulseProbe.read({ session }, NEVER).catch(() => null)
            return found !== null
          })
          assert.deepEqual(
            (found as DatabasePulse | null)?.refused?.map(({ name, why }) => [name, why]),
            [['pg_conf_load_time()', 'too slow']],
          )
        } finally {
          await session.close()
        }
      }))
  })
}
