// Asks the upstream of a standby what decides whether that may stream: its role, and the WAL that exists.

import * as z from 'zod'
import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import type { UpstreamFacts } from '../../model/diagnosis/wal-and-timeline.ts'
import { clean } from '../../model/values/text.ts'
import { parseAnswer } from '../database/answers/answer.ts'
import { type Figures, withoutRefusedFigures } from '../database/answers/refused-figures.ts'
import { STATEMENT_PARTS } from '../database/answers/statement-parts.ts'

const SQL = `SELECT pg_catalog.json_build_object(
  'lists', pg_catalog.has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE'),
  'segmentBytes', pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size')),
  'used', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_get_wal_senders()),
  'max', pg_catalog.current_setting('max_wal_senders')::int,
  'role', (SELECT pg_catalog.json_build_object('canLogin', rolcanlogin, 'replication', rolreplication OR rolsuper,
       'validUntil', CASE WHEN pg_catalog.isfinite(rolvaliduntil) THEN extract(epoch FROM rolvaliduntil) * 1000 END)
     FROM pg_catalog.pg_roles WHERE rolname = $1)) AS told`

const TOLD = z.object({
  lists: z.boolean(),
  segmentBytes: z.number(),
  used: z.number().nullable(),
  max: z.number(),
  role: z.object({ canLogin: z.boolean(), replication: z.boolean(), validUntil: z.number().nullable() }).nullable(),
})

const FIGURES: Figures = { 'pg_stat_get_wal_senders()': { what: 'the WAL senders', unknown: ['used'] } }

// Only the oldest file of each timeline is read.
const SEGMENTS = `SELECT DISTINCT ON (pg_catalog.substr(name, 1, 8)) name FROM pg_catalog.pg_ls_waldir()
  WHERE name ~ '^[0-9A-F]{24}$' ORDER BY pg_catalog.substr(name, 1, 8), name`

/**
 * `user` is the standby's role on the upstream; null if unknown. Reads pg_roles, pg_ls_waldir() and settings. Throws
 * FaultError.
 */
export async function readUpstream(
  link: DatabaseSession,
  user: string | null,
  signal: AbortSignal,
): Promise<UpstreamFacts> {
  const statement = { name: 'pgdeck_diagnose_source', text: SQL, values: [user], parts: STATEMENT_PARTS }
  const [row] = await link.query<{ told: unknown }>(statement, signal)
  const refused = new Set(link.refused().map(({ name }) => name))
  const told = parseAnswer(TOLD, withoutRefusedFigures(row?.told, link.refused(), FIGURES), 'its roles and its log')
  const role = told.role ?? { canLogin: false, replication: false, validUntil: null }
  return {
    at: Date.now(),
    role: user === null || refused.has('pg_roles') ? null : { name: clean(user), exists: told.role !== null, ...role },
    segments: told.lists ? await readSegments(link, signal) : null,
    segmentBytes: told.segmentBytes,
    senders: told.used === null ? null : { used: told.used, max: told.max },
  }
}

async function readSegments(link: DatabaseSession, signal: AbortSignal): Promise<readonly string[]> {
  const rows = await link.query<{ name: string }>({ name: 'pgdeck_diagnose_wal', text: SEGMENTS }, signal)
  return rows.map(({ name }) => name)
}
