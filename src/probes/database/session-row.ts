// One session as activity and locks read it: the fields of the document and their checks.

import { z } from 'zod'
import type { SessionRow } from '../../model/looks.ts'
import { clean } from '../../model/text.ts'

export const text = z.string().transform(clean)

export const sessionRow = z.object({
  pid: z.number(),
  startedAt: z.number().nullable(),
  database: text.nullable(),
  user: text.nullable(),
  application: text.nullable().transform((name) => name ?? ''),
  client: text.nullable(),
  kind: text.nullable().transform((kind) => kind ?? 'client backend'),
  state: z
    .enum(['active', 'idle', 'idle in transaction', 'idle in transaction (aborted)', 'fastpath'])
    .nullable()
    .catch(null),
  waitType: text.nullable(),
  wait: text.nullable(),
  transactionSeconds: z.number().nullable(),
  querySeconds: z.number().nullable(),
  stateSeconds: z.number().nullable(),
  query: text.nullable(),
  leader: z.number().nullable(),
}) satisfies z.ZodType<SessionRow>

const age = (column: string) => `greatest(0, extract(epoch FROM clock_timestamp() - a.${column}))`

/** For json_build_object over `pg_stat_activity a`. */
export const SESSION_FIELDS = `
    'pid', a.pid, 'startedAt', extract(epoch FROM a.backend_start) * 1000, 'database', a.datname, 'user', a.usename,
    'application', a.application_name, 'client', host(a.client_addr), 'kind', a.backend_type, 'state', a.state,
    'waitType', a.wait_event_type, 'wait', a.wait_event, 'transactionSeconds', ${age('xact_start')},
    'querySeconds', CASE WHEN a.state = 'active' THEN ${age('query_start')} END,
    'stateSeconds', ${age('state_change')}, 'query', nullif(a.query, ''), 'leader', a.leader_pid`
