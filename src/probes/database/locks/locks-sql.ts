// The statement of the locks look, by version: who waits for what and for whom, as one row with one JSON document.

import { ageSql, HIDDEN_SESSIONS_TEXT, relationNameSql, SESSION_FIELDS_SQL } from '../activity/session-row.ts'
import { CAN_SEE_ALL_SQL, missingGrantsSql } from '../answers/answer.ts'

// A queue of a thousand sessions has half a million pairs. Of each session's blockers the first are enough: they come
// in the order in which they asked, so those that hold the lock are among them.
const BLOCKERS_KEPT = 50

// pg_locks is open to every role, and one look at it serves all: sessions that wait, prepared transactions (no pid)
// and the row a session queues for. On a standby, replay waits for queries, which pg_blocking_pids() does not tell:
// it waits for every other holder of its relation, because it only ever takes exclusive locks.
const locks = (waitStart: string) => `locks AS MATERIALIZED (
  SELECT pid, locktype, mode, granted, database, relation, page, tuple, virtualxid, transactionid, classid, objid,
         objsubid, virtualtransaction, ${waitStart} AS waitstart
    FROM pg_catalog.pg_locks
   WHERE NOT granted OR pid IS NULL OR locktype = 'tuple'
      OR (pg_catalog.pg_is_in_recovery() AND locktype = 'relation'))`

// pg_blocking_pids() stops the lock manager for a moment, so it is asked only for sessions that wait.
const WAITING = `waiting AS MATERIALIZED (
  SELECT w.pid, (CASE WHEN pg_catalog.pg_is_in_recovery() AND pg_catalog.pg_blocking_pids(w.pid) = '{}' THEN ARRAY(
           SELECT h.pid FROM locks h WHERE h.granted AND h.pid <> w.pid AND h.locktype = 'relation'
              AND w.locktype = 'relation' AND h.database = w.database AND h.relation = w.relation)
         ELSE pg_catalog.pg_blocking_pids(w.pid) END)[1:${BLOCKERS_KEPT}] AS blockers
    FROM locks w WHERE NOT w.granted)`

// Which prepared transactions hold what this session waits for. Their locks have no pid; what they hold together is
// told by the virtual transaction, and which one it is by the lock on their own transaction ID.
const PREPARED_BLOCKERS = `CASE WHEN 0 = ANY (w.blockers) THEN (SELECT pg_catalog.json_agg(DISTINCT p.gid)
        FROM locks h JOIN locks own ON own.pid IS NULL AND own.granted AND own.locktype = 'transactionid'
              AND own.virtualtransaction = h.virtualtransaction
             JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = own.transactionid
       WHERE h.pid IS NULL AND h.granted AND h.locktype = l.locktype
         AND (h.database, h.relation, h.page, h.tuple, h.virtualxid, h.transactionid, h.classid, h.objid, h.objsubid)
             IS NOT DISTINCT FROM
             (l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid, l.objsubid)) END`

// Names only of this database's relations and of shared ones. Who waits for a row waits for the transaction that
// changed it; the relation is that of the row's own lock.
const RELATION = `CASE WHEN coalesce(l.database, t.database)
               IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
             THEN ${relationNameSql('coalesce(l.relation, t.relation)')}
             ELSE coalesce(l.relation, t.relation)::pg_catalog.text END`

// Most of the time nobody waits, and the list of all sessions is only made where somebody does.
const SYNC_REP_WAITS = `CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_stat_get_backend_idset() backend
      WHERE pg_catalog.pg_stat_get_backend_wait_event(backend) = 'SyncRep')
    THEN (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(${SESSION_FIELDS_SQL}) ORDER BY a.query_start),
        '[]'::pg_catalog.json)
      FROM pg_catalog.pg_stat_activity a WHERE a.wait_event = 'SyncRep') ELSE '[]'::pg_catalog.json END`

/** The statement for a server of this version. Its shape is in locks.ts. */
export function locksSql(versionNumber: number): string {
  // Before 14 the age of the statement is the best bound there is; after it, the first moment has no waitstart either.
  const waitStart = versionNumber >= 140_000 ? 'waitstart' : 'NULL::pg_catalog.timestamptz'
  return `WITH ${locks(waitStart)},
${WAITING},
rows AS (
  SELECT DISTINCT ON (pid) pid, database, relation FROM locks WHERE granted AND pid IS NOT NULL AND locktype = 'tuple'),
involved AS (
  SELECT pid FROM waiting UNION SELECT pg_catalog.unnest(blockers) FROM waiting),
nodes AS (
  SELECT pg_catalog.json_build_object(${SESSION_FIELDS_SQL},
      'blockers', coalesce(pg_catalog.to_json(w.blockers), '[]'::pg_catalog.json),
      'preparedBlockers', coalesce(${PREPARED_BLOCKERS}, '[]'::pg_catalog.json),
      'waitsFor', CASE WHEN l.pid IS NOT NULL
        THEN pg_catalog.json_build_object('type', l.locktype, 'mode', l.mode, 'relation', ${RELATION}) END,
      'waitSeconds', CASE WHEN l.pid IS NOT NULL THEN ${ageSql('coalesce(l.waitstart, a.query_start)')} END
    ) AS node, a.pid
    FROM involved i JOIN pg_catalog.pg_stat_activity a USING (pid) LEFT JOIN waiting w USING (pid)
    LEFT JOIN locks l ON l.pid = i.pid AND NOT l.granted LEFT JOIN rows t ON t.pid = i.pid)
SELECT pg_catalog.json_build_object(
  'nodes', CASE WHEN EXISTS (SELECT FROM waiting) THEN (
    SELECT coalesce(pg_catalog.json_agg(node ORDER BY pid), '[]'::pg_catalog.json) FROM nodes) ELSE '[]'::pg_catalog.json END,
  'prepared', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('gid', gid, 'owner', owner, 'database', database,
      'preparedAt', extract(epoch FROM prepared) * 1000, 'ageSeconds', ${ageSql('prepared')}) ORDER BY prepared), '[]'::pg_catalog.json)
    FROM pg_catalog.pg_prepared_xacts),
  'syncRepWaits', ${SYNC_REP_WAITS},
  'synchronousStandbyNames', pg_catalog.current_setting('synchronous_standby_names'),
  'seesAll', ${CAN_SEE_ALL_SQL},
  'missing', ${missingGrantsSql([{ what: HIDDEN_SESSIONS_TEXT, unless: CAN_SEE_ALL_SQL }])}) AS answer`
}
