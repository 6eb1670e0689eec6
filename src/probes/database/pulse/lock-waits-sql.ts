// The waits for locks in the pulse: how many sessions wait, how long the longest has, and behind whom. Without an old
// wait it costs nothing beyond the sessions that the pulse reads anyway.

import { instantSql } from '../answers/answer.ts'

// Applications queue for advisory locks on purpose, for hours. CREATE INDEX CONCURRENTLY waits for a virtualxid, and holds
// up nobody.
const ON_PURPOSE = `('advisory', 'virtualxid')`
const WAITS = `wait_event_type = 'Lock' AND wait_event NOT IN ${ON_PURPOSE} AND (is_client OR leader_pid IS NOT NULL)`

// A statement that began just now has not waited for long. Without its start, the table of locks decides.
const SOME_ARE_OLD = `EXISTS (SELECT FROM activity WHERE ${WAITS}
      AND coalesce(state_change < pg_catalog.clock_timestamp() - '2 s'::pg_catalog.interval, true))`

/** How far the chain of blockers is followed from the longest waiter. Each step is one call. */
const STEPS = 5

// pg_stat_activity does not tell when a wait began. pg_blocking_pids() stops the lock manager for a moment. So it is
// called for the longest waiter alone, and for its blocker only if that waits too. The longest waiter is the first in
// its queue: of the others behind it there is no need to ask. Of several blockers, the one is named whose transaction is the oldest.
const LONGEST = `(
    WITH RECURSIVE longest AS MATERIALIZED (
      SELECT pid, waitstart FROM pg_catalog.pg_lock_status()
       WHERE NOT granted AND waitstart IS NOT NULL AND locktype NOT IN ${ON_PURPOSE}
         AND pid IN (SELECT pid FROM activity WHERE ${WAITS}) ORDER BY waitstart LIMIT 1),
    chain AS (
      SELECT 0 AS step, pid, 0::bigint AS blockers FROM longest
      UNION ALL
      SELECT chain.step + 1, next.pid, next.blockers FROM chain, LATERAL (
        SELECT b.pid, pg_catalog.count(*) OVER () AS blockers
          FROM (SELECT DISTINCT u.pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(chain.pid)) u (pid)) b
               LEFT JOIN activity a ON a.pid = b.pid
         ORDER BY a.xact_start NULLS LAST LIMIT 1) next
       WHERE chain.step < ${STEPS}
         AND (chain.step = 0 OR chain.pid IN (SELECT pid FROM activity WHERE wait_event_type = 'Lock')))
    SELECT pg_catalog.json_build_object('seconds', extract(epoch FROM pg_catalog.clock_timestamp() - l.waitstart),
      'behind', (SELECT pg_catalog.json_build_object('pid', c.pid, 'others', c.blockers - 1,
          'application', a.application_name, 'role', pg_catalog.pg_get_userbyid(a.usesysid),
          'database', (SELECT d.datname FROM pg_catalog.pg_database d WHERE d.oid = a.datid),
          'kind', a.backend_type, 'state', a.state, 'waits', coalesce(a.wait_event_type = 'Lock', false),
          'startedAt', ${instantSql('a.backend_start')})
        FROM chain c LEFT JOIN activity a ON a.pid = c.pid WHERE c.step > 0 ORDER BY c.step DESC LIMIT 1))
    FROM longest l)`

/** SQL: the waits for locks of sessions, of `activity`. Its schema is in transactions-document.ts. */
export const LOCK_WAITS_SQL = `(SELECT pg_catalog.json_build_object(
    'count', pg_catalog.count(DISTINCT coalesce(leader_pid, pid)),
    'longest', CASE WHEN ${SOME_ARE_OLD} THEN ${LONGEST} END) FROM activity WHERE ${WAITS})`
