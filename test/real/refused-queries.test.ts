// What is read on demand from servers that refuse functions and views: each costs its own figure only, in one further
// round trip of each session.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { DatabaseSession } from '../../src/io/postgres/database-session.ts'
import type { RefusedFunction } from '../../src/model/values/refused-function.ts'
import { activityProbe } from '../../src/probes/database/activity/activity.ts'
import { readDoctorFacts } from '../../src/probes/database/doctor/doctor-facts.ts'
import { hbaProbe } from '../../src/probes/database/hba/hba-query.ts'
import { locksProbe } from '../../src/probes/database/locks/locks.ts'
import { readManagerTraces } from '../../src/probes/database/managers/manager-traces.ts'
import { pulseProbe } from '../../src/probes/database/pulse/pulse.ts'
import { readLoggingSettings } from '../../src/probes/database/server-logs.ts'
import { storageProbe } from '../../src/probes/database/storage/storage.ts'
import { readStandby } from '../../src/probes/diagnosis/standby.ts'
import { readUpstream } from '../../src/probes/diagnosis/upstream.ts'
import { openTripCounter } from '../fakes/trip-counter.ts'
import { patiently } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { linkTo, NEVER } from './links.ts'

const ENDS = new Set([Math.min(...MAJORS), Math.max(...MAJORS)])

/** Everything that a view, `doctor`, `diagnose` or `logs` asks a database. */
async function everything(session: DatabaseSession) {
  return {
    pulse: await pulseProbe.read({ session }, NEVER),
    activity: await activityProbe.read({ session }, NEVER),
    locks: await locksProbe.read({ session }, NEVER),
    storage: await storageProbe.read({ session }, NEVER),
    hba: await hbaProbe.read({ session }, NEVER),
    doctor: await readDoctorFacts(session, NEVER),
    standby: await readStandby(session, NEVER),
    upstream: await readUpstream(session, 'pgdeck', NEVER),
    logging: await readLoggingSettings(session, NEVER),
    traces: await readManagerTraces(session, NEVER),
  }
}

async function read(node: PostgresNode) {
  const session = linkTo(node.dsn('pgdeck'), { timeoutMs: patiently(5_000) })
  try {
    return await everything(session)
  } finally {
    await session.close()
  }
}

const told = (refused: readonly RefusedFunction[] | undefined) =>
  (refused ?? []).map(({ name, why }) => `${name} ${why}`)

for (const major of ENDS) {
  describe(`PostgreSQL ${major}`, () => {
    test('a function of an ordinary user with the name of a refused one makes nothing be tried again', () =>
      withCluster({ major }, async ({ primary }) => {
        await primary.query('REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC, pg_monitor')
        const counter = await openTripCounter(primary.port)
        const dsn = primary.dsn('pgdeck').replace(`:${primary.port}`, `:${counter.port}`)
        const session = linkTo(dsn, { timeoutMs: patiently(20_000) })
        try {
          for (let polls = 0; polls < 2; polls++) await pulseProbe.read({ session }, NEVER)
          counter.take()
          await primary.query(`CREATE FUNCTION public.pg_control_system() RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE TABLE public.pg_control_system (a int)`)
          for (let polls = 0; polls < 3; polls++) await pulseProbe.read({ session }, NEVER)
          assert.equal(counter.take(), 3, 'one round trip for each poll')
        } finally {
          await session.close()
          await counter.close()
        }
      }))

    test('how the own session is encrypted is unknown where the server does not tell it', () =>
      withCluster({ major }, async ({ primary }) => {
        for (const [right, isKnown] of [
          ['SELECT ON pg_catalog.pg_stat_activity', true],
          ['SELECT ON pg_catalog.pg_stat_ssl', false],
          ['SELECT ON pg_catalog.pg_stat_gssapi', false],
          ['EXECUTE ON FUNCTION pg_catalog.pg_stat_get_activity(integer)', false],
        ] as const) {
          await primary.query(`REVOKE ${right} FROM PUBLIC, pg_monitor`)
          const session = linkTo(primary.dsn('pgdeck'), { timeoutMs: patiently(5_000) })
          try {
            const { clients } = await hbaProbe.read({ session }, NEVER)
            assert.equal(clients.ownSession.isEncryptionKnown, isKnown, right)
          } finally {
            await session.close()
          }
          await primary.query(`GRANT ${right} TO PUBLIC`)
        }
      }))

    test('what a query on demand lacks is named, and the rest is read', () =>
      withCluster({ major }, async ({ primary }) => {
        const refusing = async (rights: readonly string[]) => {
          for (const right of rights) await primary.query(`REVOKE ${right} FROM PUBLIC, pg_monitor`)
          const found = await read(primary)
          for (const right of rights) await primary.query(`GRANT ${right} TO PUBLIC`)
          return found
        }
        const whole = await read(primary)
        for (const name of ['activity', 'locks', 'storage', 'hba', 'doctor'] as const)
          assert.equal(whole[name].refused, undefined, name)

        const one = await refusing([
          'EXECUTE ON FUNCTION pg_catalog.pg_blocking_pids(integer)',
          'SELECT ON pg_catalog.pg_prepared_xacts',
          'SELECT ON pg_catalog.pg_stat_ssl',
          'SELECT ON pg_catalog.pg_available_extensions',
        ])
        assert.deepEqual(told(one.locks.refused), [
          'pg_blocking_pids() not permitted',
          'pg_prepared_xacts not permitted',
        ])
        assert.deepEqual(told(one.hba.refused), ['pg_stat_ssl not permitted'])
        assert.equal(one.hba.clients.sessions, null, 'by which line they came is unknown')
        assert.deepEqual(told(one.doctor.refused), ['pg_available_extensions not permitted'])
        assert.deepEqual(told(one.activity.refused), ['pg_blocking_pids() not permitted'])
        assert.ok(one.activity.sessions.length > 0)
        assert.deepEqual(one.doctor.settings.max_connections, whole.doctor.settings.max_connections)

        const two = await refusing([
          'SELECT ON pg_catalog.pg_stat_activity',
          'SELECT ON pg_catalog.pg_locks',
          'SELECT ON pg_catalog.pg_settings',
          'SELECT ON pg_catalog.pg_roles',
          'EXECUTE ON FUNCTION pg_catalog.pg_stat_get_wal_senders()',
          'EXECUTE ON FUNCTION pg_catalog.pg_control_system()',
        ])
        assert.deepEqual(told(two.activity.refused), ['pg_stat_activity not permitted'])
        assert.deepEqual(told(two.locks.refused), ['pg_stat_activity not permitted', 'pg_locks not permitted'])
        assert.deepEqual([two.hba.clients.rolesComplete, two.hba.clients.sessions], [false, null])
        assert.equal(two.hba.reading.server.systemIdentifier, null)
        assert.deepEqual([two.upstream.role, two.upstream.senders], [null, null])
        assert.deepEqual(told(two.doctor.refused), ['pg_settings not permitted'])
        assert.equal(two.logging.directory, null)
        assert.equal(two.storage.walDirectoryBytes, whole.storage.walDirectoryBytes)
      }))

    test('functions that raise any error, or return rows of another type, cost their own figure', () =>
      withCluster({ major }, async ({ primary }) => {
        const raises = (name: string, returns: string, state: string) =>
          primary.query(`ALTER FUNCTION pg_catalog.${name}() RENAME TO gone_${name};
            CREATE FUNCTION pg_catalog.${name}() RETURNS ${returns} LANGUAGE plpgsql AS $f$
            BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${state}'; END $f$`)
        await raises('pg_control_system', 'TABLE (system_identifier bigint)', 'XX000')
        await raises('pg_conf_load_time', 'timestamptz', '55000')
        await raises('pg_last_wal_receive_lsn', 'pg_lsn', '22023')
        await primary.query(`ALTER FUNCTION pg_catalog.pg_stat_get_wal_senders() RENAME TO gone_senders;
          CREATE FUNCTION pg_catalog.pg_stat_get_wal_senders() RETURNS TABLE (pid text, state text)
          LANGUAGE sql AS $f$ SELECT 'a', 'b' $f$`)
        // A function of a hardened server may also tell nothing.
        await primary.query(`ALTER FUNCTION pg_catalog.pg_is_in_recovery() RENAME TO gone_recovery;
          CREATE FUNCTION pg_catalog.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT NULL::boolean';
          ALTER FUNCTION pg_catalog.pg_current_wal_lsn() RENAME TO gone_lsn;
          CREATE FUNCTION pg_catalog.pg_current_wal_lsn() RETURNS pg_lsn LANGUAGE sql AS
          'SELECT NULL::pg_lsn'`)
        const { pulse, hba } = await read(primary)
        assert.deepEqual(told(pulse.refused), [
          'pg_conf_load_time() not offered by this server',
          'pg_control_system() not offered by this server',
          'pg_stat_get_wal_senders() not offered by this server',
        ])
        assert.equal(pulse.systemIdentifier, null)
        assert.equal(pulse.position.kind, 'primary')
        assert.equal(hba.reading.server.systemIdentifier, null)
      }))

    test('a poll is one round trip; a session that is refused something needs one more as it begins', () =>
      withCluster({ major }, async ({ primary }) => {
        const counter = await openTripCounter(primary.port)
        const session = linkTo(primary.dsn('pgdeck').replace(`:${primary.port}`, `:${counter.port}`), {
          timeoutMs: patiently(20_000),
        })
        const trips = async (body: () => Promise<unknown>) => {
          counter.take()
          await body()
          return counter.take()
        }
        try {
          // As a standby: a primary asks for its default with another session.
          const poll = () => storageProbe.read({ session }, NEVER)
          const all = async () => {
            await activityProbe.read({ session }, NEVER)
            await locksProbe.read({ session }, NEVER)
            await storageProbe.read({ session }, NEVER)
          }
          const start = await trips(poll)
          assert.deepEqual([await trips(poll), await trips(all)], [1, 3])

          await primary.query(
            `REVOKE SELECT ON pg_catalog.pg_stat_archiver, pg_catalog.pg_locks FROM PUBLIC, pg_monitor`,
          )
          assert.equal(await trips(poll), 3, 'the refused one, the trials, the statement without it')
          assert.deepEqual([await trips(poll), await trips(all)], [1, 3])
          session.discard()
          const again = await trips(poll)
          assert.ok(again <= start + 2, `${again} after ${start}: the proof alone, and the trials`)
          assert.deepEqual([await trips(poll), await trips(all)], [1, 3])

          await primary.query(`GRANT SELECT ON pg_catalog.pg_stat_archiver, pg_catalog.pg_locks TO PUBLIC`)
          assert.equal(await trips(poll), 1, 'it sees that something is granted')
          assert.equal(await trips(poll), 2, 'the trials, and the whole statement')
          assert.deepEqual([await trips(poll), await trips(all)], [1, 3])
        } finally {
          await session.close()
          await counter.close()
        }
      }))
  })
}
