// Reads all sessions of one server from pg_stat_activity, as far as this role may see them. pgdeck's own sessions are
// left out.

import * as z from 'zod'
import type { SessionActivity } from '../../../model/measured/on-demand.ts'
import type { Probe } from '../../probe.ts'
import { CAN_SEE_ALL_SQL, missingGrants, missingGrantsSql, parseAnswer } from '../answers/answer.ts'
import { type Figures, refusedOf, SESSION_OF_SQL, sessionOf } from '../answers/refused-figures.ts'
import { STATEMENT_PARTS } from '../answers/statement-parts.ts'
import { HIDDEN_SESSIONS_TEXT, SESSION_FIELDS_SQL, SESSION_FIGURES, sessionObject, withQuery } from './session-row.ts'

const sessionWithBlockers = sessionObject.extend({ blockers: z.array(z.number()).nullable() }).transform(withQuery)

const document = z.object({
  seesAll: z.boolean(),
  sessions: z.array(sessionWithBlockers),
  missing: missingGrants,
  ...sessionOf,
}) satisfies z.ZodType<SessionActivity>

// pg_blocking_pids() stops the lock manager for a moment: it is called only for sessions that wait for a lock, and only for
// those that have waited longest. Where nobody waits it is not called.
const ASKED = 50
const BLOCKERS_KEPT = 20
const BLOCKERS = `CASE WHEN a.wait_event_type = 'Lock' AND a.place <= ${ASKED}
      THEN (pg_catalog.pg_blocking_pids(a.pid))[1:${BLOCKERS_KEPT}] END`

// A process of which this role sees only the pid gives no row. A session is pgdeck's own if it has our role and our
// application name. So a session of another role that takes our name still shows.
const SQL = `SELECT pg_catalog.json_build_object(
  'seesAll', ${CAN_SEE_ALL_SQL},
  'sessions', coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(${SESSION_FIELDS_SQL}, 'blockers', ${BLOCKERS})
    ORDER BY a.xact_start NULLS LAST, a.pid), '[]'::pg_catalog.json),
  ${SESSION_OF_SQL},
  'missing', ${missingGrantsSql([{ what: HIDDEN_SESSIONS_TEXT, unless: CAN_SEE_ALL_SQL }])}
) AS answer
  FROM (SELECT w.*, pg_catalog.row_number() OVER (PARTITION BY w.wait_event_type ORDER BY w.query_start) AS place
          FROM pg_catalog.pg_stat_activity w) a
 WHERE a.pid <> pg_catalog.pg_backend_pid()
   AND (a.application_name = '' OR a.usename IS DISTINCT FROM current_user
        OR a.application_name IS DISTINCT FROM pg_catalog.current_setting('application_name'))
   AND (a.backend_start IS NOT NULL OR a.usesysid IS NOT NULL OR a.datid IS NOT NULL)`

export const activityProbe: Probe<'database', SessionActivity> = {
  id: 'activity',
  scope: 'database',
  title: 'sessions, what each does and waits for',
  source: 'pg_stat_activity, pg_blocking_pids() of sessions that wait for a lock',
  runs: 'when-viewed',
  every: 'interval',
  needs: ['pg_monitor'],
  async read({ session, wholeStatementOf = 0 }, signal) {
    const statement = { name: 'pgdeck_activity', text: SQL, values: [wholeStatementOf], parts: STATEMENT_PARTS }
    const [row] = await session.query<{ answer: unknown }>(statement, signal)
    const { role, isStandby, ...facts } = parseAnswer(document, row?.answer, 'the sessions')
    return { ...facts, ...refusedOf(session, ACTIVITY_FIGURES, { role, isStandby }) }
  },
}

const ACTIVITY_FIGURES: Figures = {
  pg_stat_activity: { what: 'the sessions' },
  'pg_blocking_pids()': { what: 'who holds up the sessions that wait' },
  ...SESSION_FIGURES,
}
