// The statement of the locks query, by version: which session waits for what and for which session, as one JSON
// document.

import { ageSql, HIDDEN_SESSIONS_TEXT, relationNameSql, SESSION_FIELDS_SQL } from '../activity/session-row.ts'
import { CAN_SEE_ALL_SQL, missingGrantsSql } from '../answers/answer.ts'
import { SESSION_OF_SQL } from '../answers/refused-figures.ts'

// A queue of a thousand sessions has half a million pairs. The first blockers of each session are enough: they come in
// the order in which they asked, so the holders of the lock are among them.
const BLOCKERS_KEPT = 50

// pg_locks is open to every role. One scan of it serves all: waiting sessions, prepared transactions (without a pid),
// and the row that a session queues for. On a standby, replay waits for queries, and pg_blocking_pids() does not report
// that. Replay takes only exclusive locks, so it waits for every other holder of its relation.
const LOCKS = `locks AS MATERIALIZED (
  SELECT pid, locktype, mode, granted, database, relation, page, tuple, virtualxid, transactionid, classid, objid,
         objsubid, virtualtransaction, waitstart
    FROM pg_catalog.pg_locks
   WHERE NOT granted OR pid IS NULL OR locktype = 'tuple'
      OR (pg_catalog.pg_is_in_recovery() AND locktype = 'relation'))`

// pg_blocking_pids() stops the lock manager for a moment. So it is called only for sessions that wait.
const WAITING = `waiting AS MATERIALIZED (
  SELECT w.pid, (CASE WHEN pg_catalog.pg_is_in_recovery() AND pg_catalog.pg_blocking_pids(w.pid) = '{}' THEN ARRAY(
           SELECT h.pid FROM locks h WHERE h.granted AND h.pid <> w.pid AND h.locktype = 'relation'
              AND w.locktype = 'relation' AND h.database = w.database AND h.relation = w.relation)
         ELSE pg_catalog.pg_blocking_pids(w.pid) END)[1:${BLOCKERS_KEPT}] AS blockers
    FROM locks w WHERE NOT w.granted)`

// Which prepared transactions hold what this session waits for. Their locks have no pid. The virtual transaction says
// which locks belong together; the lock on their own transaction ID says which prepared transaction it is.
const PREPARED_BLOCKERS = `CASE WHEN 0 = ANY (w.blockers) THEN (SELECT pg_catalog.json_agg(DISTINCT p.gid)
        FROM locks h JOIN locks own ON own.pid IS NULL AND own.granted AND own.locktype = 'transactionid'
              AND own.virtualtransaction = h.virtualtransaction
             JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = own.transactionid
       WHERE h.pid IS NULL AND h.granted AND h.locktype = l.locktype
         AND (h.database, h.relation, h.page, h.tuple, h.virtualxid, h.transactionid, h.classid, h.objid, h.objsubid)
             IS NOT DISTINCT FROM
             (l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid, l.objsubid)) END`

// Only relations of this database and shared ones have names here; other databases are asked for theirs. A session that
// waits for a row waits for the transaction that changed it; the relation is that of the row's own lock.
const RELATION = `CASE WHEN coalesce(l.database, t.database)
               IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
             THEN ${relationNameSql('coalesce(l.relation, t.relation)')}
             END`
const ELSEWHERE = `(SELECT pg_catalog.json_build_object('database', d.datname,
                'oid', coalesce(l.relation, t.relation)::pg_catalog.int8) FROM pg_catalog.pg_database d
              WHERE d.oid = coalesce(l.database, t.database) AND d.datname <> pg_catalog.current_database()
                AND coalesce(l.relation, t.relation) IS NOT NULL)`

// As it was taken: one bigint (objsubid 1), of which pg_locks shows the halves, or two integers (2). All have a sign.
const signed = (
  half: string,
) => `CASE WHEN ${half}::pg_catalog.int8 > 2147483647 THEN ${half}::pg_catalog.int8 - 4294967296
                ELSE ${half}::pg_catalog.int8 END`
const ADVISORY = `CASE WHEN l.locktype = 'advisory' THEN (SELECT pg_catalog.json_build_object(
              'database', (SELECT d.datname FROM pg_catalog.pg_database d WHERE d.oid = l.database),
              'key', CASE WHEN l.objsubid = 2 THEN pg_catalog.format('(%s, %s)', ${signed('l.classid')}, ${signed('l.objid')})
                ELSE (l.classid::pg_catalog.int8 << 32 | l.objid::pg_catalog.int8)::pg_catalog.text END)) END`

// Usually no session waits for a standby. The list of all sessions is made only if one does.
const SYNC_REP_WAITS = `CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_stat_get_backend_idset() backend
      WHERE pg_catalog.pg_stat_get_backend_wait_event(backend) = 'SyncRep')
    THEN (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(${SESSION_FIELDS_SQL}) ORDER BY a.query_start),
        '[]'::pg_catalog.json)
      FROM pg_catalog.pg_stat_activity a WHERE a.wait_event = 'SyncRep') ELSE '[]'::pg_catalog.json END`

/** The statement; its shape is in locks.ts. At the first moment of a wait there is no waitstart yet. */
export function locksSql(): string {
  return `WITH ${LOCKS},
${WAITING},
rows AS (
  SELECT DISTINCT ON (pid) pid, database, relation FROM locks WHERE granted AND pid IS NOT NULL AND locktype = 'tuple'),
involved AS (
  SELECT pid FROM waiting UNION SELECT pg_catalog.unnest(blockers) FROM waiting
  UNION SELECT a.leader_pid FROM waiting JOIN pg_catalog.pg_stat_activity a USING (pid) WHERE a.leader_pid IS NOT NULL),
nodes AS (
  SELECT pg_catalog.json_build_object(${SESSION_FIELDS_SQL},
      'blockers', coalesce(pg_catalog.to_json(w.blockers), '[]'::pg_catalog.json),
      'preparedBlockers', coalesce(${PREPARED_BLOCKERS}, '[]'::pg_catalog.json),
      'waitsFor', CASE WHEN l.pid IS NOT NULL
        THEN pg_catalog.json_build_object('type', l.locktype, 'mode', l.mode,
            'relation', ${RELATION}, 'elsewhere', ${ELSEWHERE}, 'advisory', ${ADVISORY}) END,
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
  'seesAll', ${CAN_SEE_ALL_SQL}, ${SESSION_OF_SQL},
  'missing', ${missingGrantsSql([{ what: HIDDEN_SESSIONS_TEXT, unless: CAN_SEE_ALL_SQL }])}) AS answer`
}
