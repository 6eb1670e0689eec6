// Reads the audit of an application by a query of the configuration: the newest rows, each as a JSON document.

import { createHash } from 'node:crypto'
import type { AuditSource } from '../../config/config.ts'
import { quoted } from '../../io/postgres/connection/sql-names.ts'
import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import type { ApplicationAuditReading, AuditPosition } from '../../model/application-audit/entry.ts'
import { LONGEST_LINE, parseRecords } from '../../model/application-audit/parse-records.ts'
import { FaultError } from '../../model/values/fault.ts'
import { requireEntries } from './audit-fault.ts'

const MOST_ROWS = 1_000
/** Transactions may have committed an earlier time later. */
const OVERLAP_MS = 60_000
/** The start of the first reading, for a query that asks. */
const FIRST_MS = 7 * 86_400_000

interface Row {
  readonly record: string
  readonly now: string
}

/**
 * Runs the query as a part of a statement that sorts and limits it. `$1`, if the query has it, is the time from which on
 * entries are needed. Throws FaultError.
 */
export async function readSqlAudit(
  { sql, searchPath, form }: Extract<AuditSource, { readonly kind: 'sql' }>,
  { session, position: before }: { readonly session: DatabaseSession; readonly position: AuditPosition | null },
  signal: AbortSignal,
): Promise<ApplicationAuditReading> {
  const time = form.format.kind === 'json' ? form.format.fields.time : 'time'
  const text = `SELECT pg_catalog.left(pg_catalog.row_to_json(q)::pg_catalog.text, ${LONGEST_LINE + 1}) AS record,
  pg_catalog.to_json(pg_catalog.statement_timestamp())::pg_catalog.text AS now
FROM (
${sql.replace(/[;\s]+$/, '')}
) AS q ORDER BY q.${quoted(time)} DESC NULLS LAST LIMIT ${MOST_ROWS}`
  const name = `pgdeck_audit_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  const since = before?.kind === 'time' ? before.at - OVERLAP_MS : Date.now() - FIRST_MS
  const values = /\$1(?!\d)/.test(sql) ? [new Date(since).toISOString()] : []
  const asked = Date.now()
  const rows = await session.query<Row>({ name, text, values, searchPath }, signal).catch(withHint)
  const middle = (asked + Date.now()) / 2
  // A column of type json keeps its line breaks, which stand only between its tokens.
  const lines = rows.toReversed().map(({ record }) => record.replace(/[\r\n]+/g, ' '))
  const { entries, unreadable } = requireEntries(parseRecords(lines.join('\n'), form), 'the result of the query')
  const now = rows[0] ? Date.parse(JSON.parse(rows[0].now)) : null
  // One entry with a time to come must not hide those that are written until then.
  const written = entries.filter(({ at }) => now !== null && at <= now)
  const newest = written.reduce((most, { at }) => Math.max(most, at), before?.kind === 'time' ? before.at : 0)
  return {
    entries,
    isWhole: true,
    clockAheadMs: now === null ? null : Math.round(now - middle),
    unreadable,
    leftOut: rows.length === MOST_ROWS,
    position: newest > 0 ? { kind: 'time', at: newest } : before,
  }
}

function withHint(error: unknown): never {
  if (!(error instanceof FaultError) || error.fault.hint !== null) throw error
  const hint = 'Check `audit.sql` of the server in the config: it needs the columns time and what, or `audit.fields`.'
  throw new FaultError({ ...error.fault, hint })
}
