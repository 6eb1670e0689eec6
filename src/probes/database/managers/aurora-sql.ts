// The part of the pulse's statement that asks Aurora for the instances of its cluster. Other servers look two names up.

import { lateRowsSql, lateSql } from '../answers/guarded.ts'

// A function that is not there has no privileges: NULL.
function mayRun(routine: string): string {
  return `pg_catalog.has_function_privilege(current_user, pg_catalog.to_regprocedure('pg_catalog.${routine}'), 'EXECUTE')`
}

/** The name of an instance has 63 characters at most. All columns together fit in the text of a row, whatever they hold. */
const LONGEST_NAME = 63
const LONGEST = 40
/** A cluster has 16 instances at most. */
const MOST_INSTANCES = 100

function shortened(column: string, longest = LONGEST): string {
  return `pg_catalog.substr(j->>'${column}', 1, ${longest})`
}

// Columns are read by name from the row as JSON: none that a version lacks makes the statement fail.
const INSTANCE = `SELECT pg_catalog.json_build_object('name', ${shortened('server_id', LONGEST_NAME)}, 'session', ${shortened('session_id')},
    'lagMs', ${shortened('replica_lag_in_msec')}, 'replayMicroseconds', ${shortened('cur_replay_latency_in_usec')},
    'durableLsn', ${shortened('durable_lsn')}, 'updatedAt', ${shortened('last_update_timestamp')}) AS f
  FROM pg_catalog.aurora_replica_status() s, LATERAL pg_catalog.to_jsonb(s) j LIMIT ${MOST_INSTANCES}`
const SELF = `SELECT nullif(pg_catalog.substr(pg_catalog.aurora_db_instance_identifier()::pg_catalog.text, 1, ${LONGEST_NAME}), '') AS f LIMIT 1`

/** SQL: a JSON object. */
export const AURORA_SQL = `pg_catalog.json_build_object(
    'self', CASE WHEN ${mayRun('aurora_db_instance_identifier()')} THEN ${lateSql(SELF)} END,
    'instances', CASE WHEN ${mayRun('aurora_replica_status()')} THEN ${lateRowsSql(INSTANCE)} END)`
