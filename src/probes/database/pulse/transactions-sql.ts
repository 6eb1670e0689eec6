// SQL of the pulse for transactions and CONNECTION LIMITs. It uses the sessions that the pulse reads, and shared catalogs.

import { firstBytesSql } from '../activity/session-row.ts'
import { instantSql } from '../answers/answer.ts'

const NAMED = `'pid', a.pid, 'application', a.application_name, 'role', pg_catalog.pg_get_userbyid(a.usesysid), 'database',
      (SELECT d.datname FROM pg_catalog.pg_database d WHERE d.oid = a.datid), 'state', a.state`

// Other sessions and VACUUM itself pass over what a running VACUUM has open, however long it takes.
const NO_VACUUM = `a.pid NOT IN (SELECT v.pid FROM pg_catalog.pg_stat_get_progress_info('VACUUM') v)`

const OLDEST = `(SELECT pg_catalog.json_build_object(${NAMED},
      'seconds', extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)) FROM activity a
    WHERE a.is_client AND a.xact_start IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid() AND ${NO_VACUUM}
    ORDER BY a.xact_start LIMIT 1)`

// The one that was prepared first need not be the one that began first and holds back the xmin horizon. Nothing is read
// if max_prepared_transactions is 0. A standby shows none: they belong to the primary.
const PREPARED = `CASE WHEN pg_catalog.current_setting('max_prepared_transactions') = '0'
      THEN '{"count":0,"oldest":null,"oldestAge":null,"oldestByAge":null}'::pg_catalog.json
    ELSE (
      SELECT pg_catalog.json_build_object('count', pg_catalog.count(*), 'oldestAge', pg_catalog.max(pg_catalog.age(transaction)),
        'oldest', (pg_catalog.array_agg(one ORDER BY prepared))[1],
        'oldestByAge', (pg_catalog.array_agg(one ORDER BY pg_catalog.age(transaction) DESC, prepared))[1])
      FROM pg_catalog.pg_prepared_xact(), LATERAL (SELECT pg_catalog.json_build_object('gid', gid,
            'owner', pg_catalog.pg_get_userbyid(ownerid),
            'database', (SELECT d.datname FROM pg_catalog.pg_database d WHERE d.oid = dbid),
            'seconds', extract(epoch FROM pg_catalog.clock_timestamp() - prepared)) AS one) named) END`

// The xmin of a walsender is that of its standby, and is read with the walsenders. Parallel workers have that of their
// leader, who is named.
const XMIN_SESSION = `(SELECT pg_catalog.json_build_object(${NAMED}, 'kind', a.backend_type,
      'age', greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid))) FROM activity a
    WHERE (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL) AND a.backend_type <> 'walsender'
      AND a.pid <> pg_catalog.pg_backend_pid()
      AND ${NO_VACUUM}
    ORDER BY greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) DESC, a.leader_pid IS NOT NULL LIMIT 1)`

function oldestAge(age: string, setting: string): string {
  return `(SELECT pg_catalog.json_build_object('database', datname, 'age', ${age},
        'freezeAt', pg_catalog.current_setting('${setting}')::bigint)
      FROM pg_catalog.pg_database ORDER BY ${age} DESC LIMIT 1)`
}

const AGES = `pg_catalog.json_build_object(
    'transactions', ${oldestAge('pg_catalog.age(datfrozenxid)', 'autovacuum_freeze_max_age')},
    'multixacts', ${oldestAge('pg_catalog.mxid_age(datminmxid)', 'autovacuum_multixact_freeze_max_age')})`

function members(versionNumber: number): string {
  return versionNumber >= 190_000 ? '(SELECT num_members FROM pg_catalog.pg_get_multixact_stats())' : 'NULL'
}

/** Returns SQL for a JSON object for a server of this version. Its schema is in transactions-document.ts. */
export function transactionsSql(versionNumber: number): string {
  return `pg_catalog.json_build_object(
    'oldest', ${OLDEST}, 'prepared', ${PREPARED}, 'xminSession', ${XMIN_SESSION}, 'ages', ${AGES},
    'multixactMembers', ${members(versionNumber)})`
}

/**
 * SQL: the transactions of all databases since their statistics were reset. The functions of the view pg_stat_database,
 * because the view calls thirty for each database. Its schema is in transactions-document.ts.
 */
export const TRANSACTION_COUNTERS_SQL = `(SELECT pg_catalog.json_build_object(
    'committed', pg_catalog.sum(pg_catalog.pg_stat_get_db_xact_commit(oid)),
    'rolledBack', pg_catalog.sum(pg_catalog.pg_stat_get_db_xact_rollback(oid)),
    'resetAt', ${instantSql('pg_catalog.max(pg_catalog.pg_stat_get_db_stat_reset_time(oid))')},
    'databases', pg_catalog.format('%s %s', pg_catalog.count(*), pg_catalog.sum(oid::bigint)))
  FROM pg_catalog.pg_database)`

/** So many bytes of a statement fill a line of a wide terminal. */
const STATEMENT_BYTES = 300

/** SQL: the client session whose statement has run longest, of `activity`; NULL: none. Its schema is in transactions-document.ts. */
export const LONGEST_STATEMENT_SQL = `(SELECT pg_catalog.json_build_object(${NAMED},
      'seconds', greatest(0, extract(epoch FROM pg_catalog.clock_timestamp() - a.state_change)),
      'bytes', (SELECT ${firstBytesSql(STATEMENT_BYTES)} FROM pg_catalog.pg_stat_get_activity(a.pid) q))
    FROM activity a WHERE a.is_client AND a.state = 'active' AND a.state_change IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
    ORDER BY a.state_change LIMIT 1)`

/** At most this many limits are returned, the fullest first. */
const LIMITS_TOLD = 20

/**
 * SQL: a JSON array of the CONNECTION LIMITs of roles and databases that have sessions. Walsenders do not count against
 * them. Superusers are exempt from the limit of their role. A limit of 0 keeps everybody out on purpose.
 */
export const CONNECTION_LIMITS_SQL = `(SELECT coalesce(pg_catalog.json_agg(l), '[]'::pg_catalog.json) FROM (SELECT * FROM (
    SELECT 'role' AS kind, r.rolname AS name, r.rolconnlimit AS "limit", c.used
      FROM (SELECT usesysid, pg_catalog.count(*) AS used FROM activity WHERE is_client GROUP BY 1) c
           JOIN pg_catalog.pg_roles r ON r.oid = c.usesysid
     WHERE r.rolconnlimit > 0 AND NOT r.rolsuper
    UNION ALL
    SELECT 'database', d.datname, d.datconnlimit, c.used
      FROM (SELECT datid, pg_catalog.count(*) AS used FROM activity WHERE is_client GROUP BY 1) c
           JOIN pg_catalog.pg_database d ON d.oid = c.datid
     WHERE d.datconnlimit > 0) limited ORDER BY used * 100 / "limit" DESC, name LIMIT ${LIMITS_TOLD}) l)`
