// Servers with the functions of Aurora, and without what a reader of Aurora does not offer. They are made by hand after its
// documentation: nothing here ran on the service itself.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { derivePicture } from '../../src/model/derive-picture.ts'
import { hostingProvider } from '../../src/model/managers/detection/provider.ts'
import { managerBlockFor } from '../../src/model/managers/manager-guard.ts'
import { pulseProbe } from '../../src/probes/database/pulse/pulse.ts'
import { aCluster, aDatabase, NOW } from '../builders/snapshot.ts'
import { openTripCounter } from '../fakes/trip-counter.ts'
import { patiently, until } from '../wait.ts'
import { END_MAJORS, withCluster } from './embedded.ts'
import { linkTo, NEVER } from './links.ts'

const STATUS = (rows: string) => `CREATE OR REPLACE FUNCTION pg_catalog.aurora_replica_status() RETURNS TABLE (
    server_id text, session_id text, durable_lsn bigint, cur_replay_latency_in_usec bigint, replica_lag_in_msec double precision,
    last_update_timestamp timestamptz) LANGUAGE sql AS $f$ ${rows} $f$`
const ROWS = `SELECT 'vault-1', 'MASTER_SESSION_ID', 90000, NULL::bigint, NULL::float8, now()
  UNION ALL SELECT 'vault-2', '8d5c', 90000, 21000, 15.5, NULL
  UNION ALL SELECT 'vault-3', '9f1a', 80000, 1, 3600000, now() - '1 hour'::interval`

function asAurora(node: PostgresNode) {
  return node.query(`SET allow_system_table_mods TO on;
    CREATE FUNCTION pg_catalog.aurora_version() RETURNS text LANGUAGE sql AS $f$ SELECT '17.5.1' $f$;
    CREATE FUNCTION pg_catalog.aurora_db_instance_identifier() RETURNS text LANGUAGE sql AS
      $f$ SELECT CASE WHEN pg_is_in_recovery() THEN 'vault-2' ELSE 'vault-1' END $f$;
    ${STATUS(ROWS)};
    ALTER FUNCTION pg_catalog.pg_stat_get_wal_receiver() RENAME TO gone_receiver;
    CREATE FUNCTION pg_catalog.pg_stat_get_wal_receiver() RETURNS TABLE (pid int) LANGUAGE plpgsql AS
      $f$ BEGIN RAISE EXCEPTION 'not supported on Aurora' USING ERRCODE = '0A000'; END $f$;
    REVOKE EXECUTE ON FUNCTION pg_catalog.pg_last_wal_replay_lsn(), pg_catalog.pg_last_wal_receive_lsn() FROM PUBLIC;
    CREATE ROLE rds_superuser`)
}

async function pulseOf(node: PostgresNode) {
  const session = linkTo(node.dsn('pgdeck'), { timeoutMs: patiently(5_000) })
  try {
    return await pulseProbe.read({ session }, NEVER)
  } finally {
    await session.close()
  }
}

async function pictureOf(primary: PostgresNode, standby: PostgresNode) {
  const databases = [
    aDatabase({ id: 'a', port: primary.port, pulse: await pulseOf(primary) }),
    aDatabase({ id: 'b', port: standby.port, pulse: await pulseOf(standby) }),
  ]
  return derivePicture(aCluster({ databases }), null, NOW)
}

for (const major of END_MAJORS) {
  describe(`PostgreSQL ${major}`, () => {
    test('a reader of Aurora has the lag that its service tells, and loses nothing', () =>
      withCluster({ major, standbys: 1 }, async ({ primary, standbys: [standby], caughtUp }) => {
        assert.ok(standby)
        await asAurora(primary)
        await caughtUp()
        await standby.query(`ALTER SYSTEM SET primary_conninfo TO ''`)
        await standby.query('SELECT pg_reload_conf()')
        await until('it receives no more', 20_000, async () => {
          const [row] = await standby.query(`SELECT 1 FROM pg_stat_activity WHERE backend_type = 'walreceiver'`)
          return row === undefined
        })
        const picture = await pictureOf(primary, standby)
        const [, reader] = picture.databases
        assert.deepEqual([reader?.role, reader?.status, reader?.upstreamId], ['replica', 'shared-storage', 'a'])
        assert.deepEqual([reader?.lag?.bytes, reader?.lag?.seconds], [null, 0.0155])
        assert.equal(reader?.pulse?.aurora?.instances?.length, 2, 'a reader that is gone no longer reports')
        assert.deepEqual([picture.failover.candidate, picture.failover.lossBound], ['b', 'shared-storage'])
        assert.deepEqual(picture.failover.blockers, [])
        // The slot of the standby that it was made of.
        assert.deepEqual(
          picture.alerts.map(({ rule }) => rule),
          ['slot-inactive'],
        )
        assert.equal(reader?.pulse && hostingProvider(reader.pulse.managerSigns), 'Amazon Aurora')
        const block = managerBlockFor(picture, 'promote', 'b')
        assert.deepEqual([block?.kind, block?.result, block?.mayOverride], ['aurora', 'fail', false])
        assert.match(block?.command ?? '', /aws rds failover-db-cluster .*--target-db-instance-identifier vault-2/)
      }))

    test('what its functions lack, refuse or return in another form costs the lag only', () =>
      withCluster({ major }, async ({ primary }) => {
        const counter = await openTripCounter(primary.port)
        const session = linkTo(primary.dsn('pgdeck').replace(`:${primary.port}`, `:${counter.port}`), {
          timeoutMs: patiently(20_000),
        })
        const poll = () => pulseProbe.read({ session }, NEVER)
        try {
          assert.equal((await poll()).aurora, null)
          await asAurora(primary)
          await poll()
          counter.take()
          const whole = await poll()
          assert.equal(counter.take(), 1, 'a poll is one round trip')
          assert.deepEqual([whole.aurora?.self, whole.aurora?.instances?.[0]?.isWriter], ['vault-1', true])

          await primary.query(`SET allow_system_table_mods TO on; DROP FUNCTION pg_catalog.aurora_replica_status();
            CREATE FUNCTION pg_catalog.aurora_replica_status() RETURNS TABLE (server_id text, session_id int, replica_lag_in_msec text)
            LANGUAGE sql AS $f$ SELECT '<a & "b">', 1, 'soon' $f$`)
          const other = await poll()
          assert.deepEqual(
            other.aurora?.instances?.map(({ isWriter, lagMs }) => [isWriter, lagMs]),
            [[false, null]],
          )

          await primary.query(`SET allow_system_table_mods TO on; DROP FUNCTION pg_catalog.aurora_replica_status();
            CREATE FUNCTION pg_catalog.aurora_replica_status() RETURNS TABLE (server_id text) LANGUAGE plpgsql AS
            $f$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '0A000'; END $f$`)
          session.discard()
          const refusing = await poll()
          assert.ok(refusing.refused?.some(({ name }) => name === 'aurora_replica_status()'))
          assert.deepEqual(refusing.aurora, { self: 'vault-1', instances: null })

          await primary.query('REVOKE EXECUTE ON FUNCTION pg_catalog.aurora_replica_status() FROM PUBLIC')
          session.discard()
          assert.equal((await poll()).aurora?.instances, null)
        } finally {
          await session.close()
          await counter.close()
        }
      }))

    test('whatever its functions return or raise, the rest of the poll is read', () =>
      withCluster({ major }, async ({ primary }) => {
        const wide = ['server_id', 'session_id', 'durable_lsn', 'replica_lag_in_msec', 'last_update_timestamp']
        const columns = wide.map((name) => `${name} text`).join(', ')
        const bodies: readonly (readonly [string, number | null])[] = [
          [`TABLE (${columns}) LANGUAGE sql AS $f$ SELECT ${wide.map(() => `repeat('😀', 200)`).join(', ')} $f$`, 1],
          [`TABLE (server_id text, more int) LANGUAGE sql AS $f$ SELECT NULL::text, 1 UNION ALL SELECT 'v', 2 $f$`, 1],
          [
            `TABLE (server_id text, more int) LANGUAGE sql AS $f$ SELECT 'v' || i, i FROM generate_series(1, 5000) i $f$`,
            100,
          ],
          [`TABLE (server_id text, more json) LANGUAGE sql AS $f$ SELECT 'v', '"\\u0000"'::json $f$`, null],
          [`TABLE (server_id text, more int) STABLE LANGUAGE sql AS $f$ SELECT 'v', 1 / (random()::int * 0) $f$`, null],
          [`TABLE (server_id text) LANGUAGE plpgsql AS $f$ BEGIN CREATE TABLE public.log (a int); END $f$`, null],
        ]
        await primary.query(`SET allow_system_table_mods TO on; CREATE FUNCTION pg_catalog.aurora_db_instance_identifier()
          RETURNS SETOF text LANGUAGE sql AS $f$ SELECT 'vault-1' UNION ALL SELECT 'vault-2' $f$`)
        for (const [body, count] of bodies) {
          const [first] = await primary.query(`SELECT 1 FROM pg_proc WHERE proname = 'aurora_replica_status'`)
          const drop = first === undefined ? '' : 'DROP FUNCTION pg_catalog.aurora_replica_status();'
          await primary.query(
            `SET allow_system_table_mods TO on; ${drop} CREATE FUNCTION pg_catalog.aurora_replica_status() RETURNS ${body}`,
          )
          const { aurora, refused } = await pulseOf(primary)
          assert.deepEqual([aurora?.self, aurora?.instances?.length ?? null], ['vault-1', count], body)
          assert.equal(refused?.length ?? 0, count === null ? 1 : 0, body)
        }
      }))

    test('a function of an ordinary user is no sign of Aurora', () =>
      withCluster({ major }, async ({ primary }) => {
        await primary.query(`CREATE SCHEMA other; CREATE FUNCTION other.aurora_version() RETURNS text LANGUAGE sql AS $f$ SELECT 'x' $f$;
          CREATE FUNCTION public.aurora_replica_status() RETURNS text LANGUAGE sql AS $f$ SELECT 'x' $f$`)
        const { managerSigns, aurora } = await pulseOf(primary)
        assert.deepEqual([managerSigns.functions, aurora, hostingProvider(managerSigns)], [[], null, null])
      }))
  })
}
