// All sessions of one server, as pg_stat_activity shows them to this role. Our own are left out.

import { z } from 'zod'
import type { Activity } from '../../model/looks.ts'
import type { Probe } from '../probe.ts'
import { parsed } from './answer.ts'
import { SESSION_FIELDS, sessionRow } from './session-row.ts'

const document = z.object({ seesAll: z.boolean(), sessions: z.array(sessionRow) })

const SQL = `SELECT json_build_object(
  'seesAll', pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
  'sessions', coalesce(json_agg(json_build_object(${SESSION_FIELDS}) ORDER BY a.xact_start NULLS LAST, a.pid), '[]'::json)
) AS answer
  FROM pg_stat_activity a
 WHERE a.pid <> pg_backend_pid() AND a.application_name IS DISTINCT FROM current_setting('application_name')`

export const activity: Probe<'database', Activity> = {
  id: 'activity',
  at: 'database',
  title: 'sessions, what each does and waits for',
  source: 'pg_stat_activity',
  runs: 'when-viewed',
  every: 'interval',
  needs: ['pg_monitor'],
  async read({ link }, signal) {
    const [row] = await link.query<{ answer: unknown }>({ name: 'pgdeck_activity', text: SQL }, signal)
    return parsed(document, row?.answer, 'the sessions')
  },
}
