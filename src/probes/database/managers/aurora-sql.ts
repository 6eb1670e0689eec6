// The part of the pulse's statement that asks Aurora for the instances of its cluster. Other servers look two names up.

import { lateRowsSql, lateSql } from '../answers/guarded.ts'

// A function that is not there has no privileges: NULL.
function mayRun(routine: string): string {
  return `pg_catalog.has_function_privilege(current_user, pg_catalog.to_regprocedure('pg_catalog.${routine}'), 'EXECUTE')`
}

function shortened(column: string): string {
  return `pg_catalog.substr(j->>'${column}', 1, 100)`
}

// Columns are read by name from the row as JSON: none that a version lacks makes the statement fail.
const INSTANCE = `SELECT pg_catalog.json_build_object('name', ${shortened('server_id')}, 'session', ${shortened('session_id')},
    'lagMs', ${shortened('replica_lag_in_msec')}, 'replayMicroseconds', ${shortened('cur_replay_latency_in_usec')},
    'durableLsn', ${shortened('durable_lsn')}, 'updatedAt', ${shortened('last_update_timestamp')}) AS f
  FROM pg_catalog.aurora_replica_status() s, LATERAL pg_catalog.to_jsonb(s) j`
const SELF = `SELECT nullif(pg_catalog.substr(pg_catalog.aurora_db_instance_identifier()::pg_catalog.text, 1, 100), '') AS f`

/** SQL: a JSON object. */
export const AURORA_SQL = `pg_catalog.json_build_object(
    'self', CASE WHEN ${mayRun('aurora_db_instance_identifier()')} THEN ${lateSql(SELF)} END,
    'instances', CASE WHEN ${mayRun('aurora_replica_status()')} THEN ${lateRowsSql(INSTANCE)} END)`
