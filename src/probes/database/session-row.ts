// One session as activity and locks read it: the fields of the document and their checks.

import { z } from 'zod'
import type { SessionRow } from '../../model/looks.ts'
import { text } from './answer.ts'

const state = z
  .string()
  .nullable()
  .transform((printed): SessionRow['state'] => {
    switch (printed) {
      case 'active':
      case 'idle':
      case 'idle in transaction':
      case 'idle in transaction (aborted)':
        return printed
      case 'fastpath function call':
        return 'fastpath'
      default:
        // 'disabled' (track_activities is off), 'starting' (18), and what later versions may bring.
        return null
    }
  })

export const sessionRow = z.object({
  pid: z.number(),
  startedAt: z.number().nullable(),
  database: text.nullable(),
  user: text.nullable(),
  application: text.nullable().transform((name) => name ?? ''),
  client: text.nullable(),
  kind: text.nullable(),
  state,
  waitType: text.nullable(),
  wait: text.nullable(),
  transactionSeconds: z.number().nullable(),
  querySeconds: z.number().nullable(),
  stateSeconds: z.number().nullable(),
  query: text.nullable(),
  leader: z.number().nullable(),
}) satisfies z.ZodType<SessionRow>

/** Seconds since that instant, null without one. GREATEST alone would make 0 of NULL. */
export function ageSql(instant: string): string {
  return `CASE WHEN ${instant} IS NOT NULL THEN greatest(0, extract(epoch FROM clock_timestamp() - ${instant})) END`
}

// Characters of query text per session: enough to read, and together never more than a poll can carry, also where
// thousands of sessions each hold a statement of a megabyte.
const LONGEST_QUERY = 10_000
const ALL_QUERIES = 2_000_000
const CUT = `left(a.query, least(${LONGEST_QUERY}, ${ALL_QUERIES} / greatest(1,
      (SELECT count(*) FROM pg_stat_get_backend_idset())))::int)`

// Statements from databases of another encoding come as bytes that are not valid here. Most encodings pass them on or
// convert them; only SQL_ASCII refuses the whole answer, so there everything beyond ASCII is one question mark.
const QUERY = `CASE WHEN getdatabaseencoding() = 'SQL_ASCII'
      THEN regexp_replace(${CUT}, '[^\\x01-\\x7f]+', '?', 'g') ELSE ${CUT} END`

/** For json_build_object over `pg_stat_activity a`. Of a session that this role may not look into, backend_start is null. */
export const SESSION_FIELDS = `
    'pid', a.pid, 'startedAt', extract(epoch FROM a.backend_start) * 1000, 'database', a.datname, 'user', a.usename,
    'application', a.application_name, 'client', host(a.client_addr),
    'kind', coalesce(a.backend_type, CASE WHEN a.datid IS NOT NULL AND a.usesysid IS NOT NULL THEN 'client backend' END),
    'state', a.state, 'waitType', a.wait_event_type, 'wait', a.wait_event,
    'transactionSeconds', ${ageSql('a.xact_start')},
    'querySeconds', CASE WHEN a.state IN ('active', 'fastpath function call') THEN ${ageSql('a.query_start')} END,
    'stateSeconds', ${ageSql('a.state_change')},
    'query', CASE WHEN a.backend_start IS NOT NULL THEN nullif(${QUERY}, '') END, 'leader', a.leader_pid`

/** What `missing` says of sessions to a role that does not see all. */
export const OTHERS_HIDDEN = 'what sessions of other users do: state, wait, ages, client and query'
