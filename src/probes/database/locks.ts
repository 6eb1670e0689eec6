// Who waits for whom: every session that blocks or is blocked, prepared transactions, waits for a synchronous standby.

import { z } from 'zod'
import type { Locks } from '../../model/looks.ts'
import type { Probe } from '../probe.ts'
import { parsed } from './answer.ts'
import { SESSION_FIELDS, sessionRow, text } from './session-row.ts'

const node = sessionRow.extend({
  blockers: z.array(z.number()),
  waitsFor: z.object({ type: text, mode: text, relation: text.nullable() }).nullable(),
  waitSeconds: z.number().nullable(),
})
const document = z.object({
  nodes: z.array(node),
  prepared: z.array(
    z.object({ gid: text, owner: text, database: text, preparedAt: z.number(), ageSeconds: z.number() }),
  ),
  syncRepWaits: z.array(sessionRow),
  synchronousStandbyNames: text,
})

/** pg_blocking_pids takes the lock manager's locks for a moment, so it is asked only for sessions that wait. */
function sql(versionNumber: number): string {
  // waitstart came with 14; before, the age of the statement is the best bound there is.
  const waitStart = versionNumber >= 140_000 ? 'coalesce(l.waitstart, a.query_start)' : 'a.query_start'
  return `WITH waiting AS MATERIALIZED (
  SELECT pid, pg_blocking_pids(pid) AS blockers FROM pg_stat_activity WHERE wait_event_type = 'Lock'),
involved AS (
  SELECT pid FROM waiting WHERE blockers <> '{}' UNION SELECT unnest(blockers) FROM waiting),
nodes AS (
  SELECT json_build_object(${SESSION_FIELDS},
      'blockers', coalesce(to_json(w.blockers), '[]'::json),
      'waitsFor', CASE WHEN l.pid IS NOT NULL THEN json_build_object('type', l.locktype, 'mode', l.mode, 'relation',
        CASE WHEN l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
             THEN l.relation::regclass::text ELSE l.relation::text END) END,
      'waitSeconds', CASE WHEN l.pid IS NOT NULL THEN greatest(0, extract(epoch FROM clock_timestamp() - ${waitStart})) END
    ) AS node
    FROM involved i JOIN pg_stat_activity a USING (pid) LEFT JOIN waiting w USING (pid)
    LEFT JOIN LATERAL (SELECT * FROM pg_locks WHERE pid = i.pid AND NOT granted LIMIT 1) l ON true)
SELECT json_build_object(
  'nodes', (SELECT coalesce(json_agg(node), '[]'::json) FROM nodes),
  'prepared', (SELECT coalesce(json_agg(json_build_object('gid', gid, 'owner', owner, 'database', database,
      'preparedAt', extract(epoch FROM prepared) * 1000,
      'ageSeconds', greatest(0, extract(epoch FROM clock_timestamp() - prepared))) ORDER BY prepared), '[]'::json)
    FROM pg_prepared_xacts),
  'syncRepWaits', (SELECT coalesce(json_agg(json_build_object(${SESSION_FIELDS}) ORDER BY a.query_start), '[]'::json)
    FROM pg_stat_activity a WHERE a.wait_event = 'SyncRep'),
  'synchronousStandbyNames', current_setting('synchronous_standby_names')) AS answer`
}

export const locks: Probe<'database', Locks> = {
  id: 'locks',
  at: 'database',
  title: 'who waits for whom',
  source: 'pg_stat_activity, pg_locks, pg_blocking_pids(), pg_prepared_xacts',
  runs: 'when-viewed',
  every: 'interval',
  needs: ['pg_monitor'],
  async read({ link }, signal) {
    const [row] = await link.query<{ answer: unknown }>({ name: 'pgdeck_locks', text: sql }, signal)
    return parsed(document, row?.answer, 'the locks')
  },
}
