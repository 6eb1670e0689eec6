// One session as activity and locks read it: the fields of the document, and the schema that checks them.

import * as z from 'zod'
import type { SessionRow } from '../../../model/measured/on-demand.ts'
import { clean } from '../../../model/values/text.ts'
import { cleanText, KEPT_BYTES_SQL } from '../answers/answer.ts'
import type { Figures } from '../answers/refused-figures.ts'

const state = z
  .string()
  .nullable()
  .transform((printed): SessionRow['state'] => {
    switch (printed) {
      case 'active':
      case 'idle':
      case 'idle in transaction':
      case 'idle in transaction (aborted)':
      case 'disabled':
        return printed
      case 'fastpath function call':
        return 'fastpath'
      default:
        // 'starting' (18), or a state of a later version.
        return null
    }
  })

/** A row as the statement returns it. `withQuery` makes a SessionRow of it. */
export const sessionObject = z.object({
  pid: z.number(),
  startedAt: z.number().nullable(),
  database: cleanText.nullable(),
  user: cleanText.nullable(),
  application: cleanText.nullable().transform((name) => name ?? ''),
  client: cleanText.nullable(),
  kind: cleanText.nullable(),
  state,
  waitType: cleanText.nullable(),
  wait: cleanText.nullable(),
  transactionSeconds: z.number().nullable(),
  querySeconds: z.number().nullable(),
  stateSeconds: z.number().nullable(),
  query: cleanText.nullable(),
  longQuery: z.string().nullable(),
  queryBytes: z.number().nullable(),
  keptBytes: z.number(),
  leader: z.number().nullable(),
})

/** Returns the row with its query as text. A long query comes cut, as bytes in base64. */
export function withQuery<Row extends QueryColumns>(row: Row) {
  const { longQuery, queryBytes, keptBytes, ...session } = row
  // It keeps whole characters of up to four bytes, and one byte for the end.
  const byServer = queryBytes !== null && queryBytes >= keptBytes - 4
  if (longQuery === null) {
    return byServer
      ? { ...session, queryCut: { by: 'server', readBytes: queryBytes, bytes: queryBytes } as const }
      : session
  }
  const readBytes = Buffer.from(longQuery, 'base64').length
  const queryCut = { by: 'reading', readBytes, bytes: queryBytes ?? readBytes } as const
  return { ...session, query: `${textOfBytes(longQuery)}…`, queryCut }
}

/** The clean text of bytes in base64, which the server may have cut inside a character. */
export function textOfBytes(base64: string): string {
  return clean(
    Buffer.from(base64, 'base64')
      .toString('utf8')
      .replace(/\ufffd$/, ''),
  )
}

interface QueryColumns {
  readonly query: string | null
  readonly longQuery: string | null
  readonly queryBytes: number | null
  readonly keptBytes: number
}

export const sessionRow = sessionObject.transform(withQuery) satisfies z.ZodType<SessionRow>

/** SQL: seconds since that instant; NULL for NULL. GREATEST alone would make 0 of NULL. */
export function ageSql(instant: string): string {
  return `CASE WHEN ${instant} IS NOT NULL THEN greatest(0, extract(epoch FROM pg_catalog.clock_timestamp() - ${instant})) END`
}

/**
 * SQL: the name of a relation by its oid, with its schema unless that is `public`. The search path of the session has
 * no effect on it.
 */
export function relationNameSql(oid: string): string {
  return `pg_catalog.regexp_replace((${oid})::pg_catalog.regclass::pg_catalog.text, '^public[.]', '')`
}

// Bytes of query text per session. That is enough to read. It also bounds the answer where thousands of sessions each
// run a statement of a megabyte.
const LONGEST_QUERY = 10_000
const ALL_QUERIES = 2_000_000
/** The longest that a server keeps. */
const WHOLE_QUERY = 1_048_576
const SHARE = `(SELECT least(${LONGEST_QUERY}, ${ALL_QUERIES} / greatest(1, pg_catalog.count(*)))::int
      FROM pg_catalog.pg_stat_get_backend_idset())`
const LIMIT = `(CASE WHEN a.pid = $1::pg_catalog.int4 THEN ${WHOLE_QUERY} ELSE ${SHARE} END)`

// In a database of another encoding, a statement may be bytes that are no valid text. Functions that count characters,
// such as left(), then fail when the text ends in the middle of one. UTF-8 and LATIN1 servers send any bytes to us. A
// server of another encoding would have to convert them, which may fail too: from there only ASCII is sent.
const readable = (query: string) => `(CASE WHEN pg_catalog.getdatabaseencoding() IN ('UTF8', 'LATIN1') THEN ${query}
      ELSE pg_catalog.regexp_replace(${query}, '[^\\x01-\\x7f]+', '?', 'g') END)`
const READABLE = readable('a.query')
const QUERY = `
    'query', CASE WHEN a.backend_start IS NOT NULL AND pg_catalog.octet_length(${READABLE}) <= ${LIMIT}
      THEN nullif(${READABLE}, '') END,
    'longQuery', CASE WHEN a.backend_start IS NOT NULL AND pg_catalog.octet_length(${READABLE}) > ${LIMIT}
      THEN pg_catalog.encode(substring(pg_catalog.textsend(${READABLE}) FROM 1 FOR ${LIMIT}), 'base64') END,
    'queryBytes', CASE WHEN a.backend_start IS NOT NULL THEN pg_catalog.octet_length(a.query) END,
    'keptBytes', ${KEPT_BYTES_SQL}`

/** SQL: the first bytes of the statement of `q`, in base64, for `textOfBytes`. */
export function firstBytesSql(bytes: number): string {
  return `pg_catalog.encode(substring(pg_catalog.textsend(${readable("nullif(q.query, '')")}) FROM 1 FOR ${bytes}), 'base64')`
}

/**
 * Arguments for json_build_object over `pg_stat_activity a`. `$1` is the pid of the session whose whole statement is
 * needed, or 0. backend_start is null for a session that this role may not see.
 */
export const SESSION_FIELDS_SQL = `
    'pid', a.pid, 'startedAt', extract(epoch FROM a.backend_start) * 1000, 'database', a.datname, 'user', a.usename,
    'application', a.application_name, 'client', pg_catalog.host(a.client_addr),
    'kind', coalesce(a.backend_type, CASE WHEN a.datid IS NOT NULL AND a.usesysid IS NOT NULL THEN 'client backend' END),
    'state', a.state, 'waitType', a.wait_event_type, 'wait', a.wait_event,
    'transactionSeconds', ${ageSql('a.xact_start')},
    'querySeconds', CASE WHEN a.state IN ('active', 'fastpath function call') THEN ${ageSql('a.query_start')} END,
    'stateSeconds', ${ageSql('a.state_change')},
    'leader', a.leader_pid,${QUERY}`

/** The entry of `missing` for a role that does not see the sessions of others. */
export const HIDDEN_SESSIONS_TEXT = 'what sessions of other users do: state, wait, ages, client and query'

/** What a session's row lacks where functions are refused. */
export const SESSION_FIGURES: Figures = {
  'pg_has_role()': { what: 'whether this role may see other sessions' },
  'host()': { what: 'the addresses of clients' },
  'octet_length()': { what: 'the statements of sessions' },
  'encode()': { what: 'long statements' },
  'textsend()': { what: 'long statements' },
}
