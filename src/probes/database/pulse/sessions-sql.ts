// The sessions of the pulse: one scan of all sessions, at a cost that does not grow with the length of their
// statements.

// pg_stat_get_activity() copies, cuts and stores the statement of every session, whichever columns are selected. With
// hundreds of statements of a megabyte that takes seconds. So where there may be much text, sessions are read one by
// one, the most important first, until a deadline. Of the rest, only functions are called that do not touch the
// statement, and the wait event shows the state: a session that waits for its client without a transaction is idle. The
// order of execution matters, and the statement enforces it. OFFSET 0 keeps the planner from moving expressions. The
// deadline is computed when the first session is about to be read. The clock is read for each process id, because the
// planner might cache the first result. The expected number of rows is low, because the executor would else allocate
// room for millions. All calls share one copy of the server's table of sessions, which the first call makes.

import { KEPT_BYTES_SQL } from '../answers/answer.ts'

/** Up to this much text, in bytes, sessions are read without a deadline. That takes some milliseconds. */
const FEW_BYTES = 8 * 1024 * 1024
/** If copying the table took less than this, it holds no more text than FEW_BYTES, whatever the settings allow. */
const SOON = `'2 ms'::pg_catalog.interval`
/** How long sessions are read one by one. */
const PATIENCE = `'20 ms'::pg_catalog.interval`

// Without pg_read_all_stats, backend_type of other users' sessions is hidden too. A process with a database and a user
// is a client session, or rarely a parallel or background worker. With it, a process without a client port is a worker.
const COLUMNS = `pid, datid, usesysid, application_name, client_addr, client_port, backend_start, xact_start, state, state_change,
         wait_event_type, wait_event, backend_type, backend_xid, backend_xmin, leader_pid, coalesce(backend_type = 'client backend', datid IS NOT NULL AND usesysid IS NOT NULL) AS is_client`

// A session that is not tracked has no start of a statement, like a session that has not run one yet.
const MAY_BE_UNTRACKED = `(pg_catalog.current_setting('track_activities') = 'off' OR EXISTS (
           SELECT FROM pg_catalog.pg_db_role_setting
            WHERE pg_catalog.array_to_string(setconfig, ',') LIKE '%track_activities=%'))`

/**
 * SQL: common table expressions that end in `activity`, with a row per session. `is_read` is false if only its wait
 * event shows what it does; its application name and address are then unknown. Needs `me` of the pulse's statement.
 */
export const ACTIVITY_CTE_SQL = `
crowd AS MATERIALIZED (
  SELECT (sessions * ${KEPT_BYTES_SQL} <= ${FEW_BYTES}
           OR pg_catalog.clock_timestamp() - began < ${SOON}) AS is_small
    FROM (SELECT began, (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_get_backend_idset()
            WHERE began IS NOT NULL) AS sessions
            FROM (SELECT pg_catalog.clock_timestamp() AS began OFFSET 0) at_first OFFSET 0) counted),
deadline AS MATERIALIZED (SELECT pg_catalog.clock_timestamp() + ${PATIENCE} AS ends_at),
session AS (
  SELECT pg_catalog.pg_stat_get_backend_pid(id) AS pid,
         nullif(pg_catalog.pg_stat_get_backend_dbid(id), 0) AS datid,
         nullif(pg_catalog.pg_stat_get_backend_userid(id), 0) AS usesysid,
         pg_catalog.pg_stat_get_backend_dbid(id) <> 0 AND pg_catalog.pg_stat_get_backend_userid(id) <> 0
           AND (pg_catalog.pg_stat_get_backend_client_port(id) IS NOT NULL OR NOT me.sees_all) AS is_client,
         pg_catalog.pg_stat_get_backend_wait_event_type(id) AS wait_event_type,
         pg_catalog.pg_stat_get_backend_wait_event(id) AS wait_event,
         coalesce(pg_catalog.pg_stat_get_backend_wait_event(id) = 'ClientRead', false) AS waits_for_client,
         pg_catalog.pg_stat_get_backend_xact_start(id) AS xact_start,
         pg_catalog.pg_stat_get_backend_activity_start(id) AS began, ${MAY_BE_UNTRACKED} AS may_be_untracked
    FROM me, crowd, pg_catalog.pg_stat_get_backend_idset() id WHERE NOT is_small),
asked AS (
  SELECT NULL::integer AS pid, NULL::pg_catalog.oid AS datid, NULL::pg_catalog.oid AS usesysid, false AS is_client,
         NULL AS wait_event_type, NULL AS wait_event, NULL AS state, NULL::pg_catalog.timestamptz AS xact_start, true AS anyway
    FROM crowd WHERE is_small
  UNION ALL
  (SELECT s.pid, s.datid, s.usesysid, s.is_client AND w.pid IS NULL, s.wait_event_type, s.wait_event,
          CASE WHEN s.began IS NULL AND may_be_untracked THEN 'disabled'
               WHEN NOT waits_for_client THEN 'active' WHEN s.xact_start IS NOT NULL THEN 'idle in transaction'
               ELSE 'idle' END, s.xact_start,
          w.pid IS NOT NULL OR s.usesysid IS NULL
     FROM session s LEFT JOIN pg_catalog.pg_stat_get_wal_senders() w ON w.pid = s.pid
          LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.usesysid
    ORDER BY w.pid IS NULL, NOT (s.waits_for_client AND s.xact_start IS NOT NULL),
             coalesce(r.rolsuper OR r.rolreplication, false) DESC, s.began)),
activity AS MATERIALIZED (
  SELECT coalesce(a.pid, asked.pid) AS pid, coalesce(a.datid, asked.datid) AS datid,
         coalesce(a.usesysid, asked.usesysid) AS usesysid, application_name, client_addr, client_port, backend_start,
         CASE WHEN a.pid IS NULL THEN asked.xact_start ELSE a.xact_start END AS xact_start, CASE WHEN a.pid IS NULL THEN asked.state ELSE a.state END AS state, state_change,
         CASE WHEN a.pid IS NULL THEN asked.wait_event_type ELSE a.wait_event_type END AS wait_event_type,
         CASE WHEN a.pid IS NULL THEN asked.wait_event ELSE a.wait_event END AS wait_event, a.backend_type, a.backend_xid,
         a.backend_xmin, a.leader_pid, coalesce(a.is_client, asked.is_client) AS is_client, a.pid IS NOT NULL AS is_read
    FROM asked LEFT JOIN LATERAL (
         SELECT found.* FROM (SELECT asked.pid WHERE asked.anyway
             OR asked.pid > 0 AND pg_catalog.clock_timestamp() < (SELECT ends_at FROM deadline) OFFSET 0) still,
           LATERAL (SELECT ${COLUMNS} FROM pg_catalog.pg_stat_get_activity(still.pid)) found) a ON true)`

/**
 * SQL: the startup process with what it waits for, of `activity`. Only the server log says which session replay waits for,
 * unless it waits for a lock. The session with the oldest snapshot is the most likely one. pg_blocking_pids() does not
 * know the startup process.
 */
export const STARTUP_PROCESS_SQL = `(SELECT pg_catalog.json_build_object('pid', s.pid, 'waitType', s.wait_event_type, 'wait', s.wait_event,
    'heldBy', CASE WHEN s.wait_event LIKE 'RecoveryConflict%' THEN (
      SELECT pg_catalog.json_build_object('pid', a.pid, 'application', a.application_name) FROM activity a
       WHERE a.is_client AND a.backend_xmin IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
       ORDER BY pg_catalog.age(a.backend_xmin) DESC LIMIT 1)
      WHEN s.wait_event_type = 'Lock' THEN (
      SELECT pg_catalog.json_build_object('pid', a.pid, 'application', a.application_name)
        FROM pg_catalog.pg_lock_status() w JOIN pg_catalog.pg_lock_status() h ON h.granted AND h.pid <> w.pid
               AND h.locktype = w.locktype AND h.database = w.database AND h.relation = w.relation
             JOIN activity a ON a.pid = h.pid
       WHERE w.pid = s.pid AND NOT w.granted ORDER BY a.xact_start LIMIT 1) END)
    FROM activity s WHERE s.backend_type = 'startup' LIMIT 1)`
