// Counts the rows of a product's tables, and compares two counts: sizes differ after a restore, rows should not.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { clean, listText } from '../../../model/values/text.ts'

type RowCounts = Readonly<Record<string, number>>

/** For all tables together. */
const LIMIT_MS = 20_000
/** Larger databases are not counted: that would take too long while nobody may write. */
const MOST_BYTES = 4 * 1024 * 1024 * 1024
/** One statement over thousands of tables would lock all of them and their indexes at once: more than a server may have room for. */
const TABLES_PER_STATEMENT = 40

// The server itself quotes the names into the statements that count. A policy would hide rows, and run what its owner wrote.
// The size is in a subquery: so it is measured once, not for each table, which takes minutes where there are thousands.
const STATEMENTS = `SELECT pg_catalog.string_agg(one, ' UNION ALL ') AS text
  FROM (SELECT pg_catalog.format(
      'SELECT %L::pg_catalog.text AS name, pg_catalog.count(*)::pg_catalog.text AS rows FROM ONLY %I.%I',
      n.nspname || '.' || c.relname, n.nspname, c.relname) AS one, pg_catalog.row_number() OVER (ORDER BY c.oid) AS place
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname !~ '^pg_t' AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
      AND NOT pg_catalog.row_security_active(c.oid)
      AND (SELECT pg_catalog.pg_database_size(pg_catalog.current_database())) < $1::pg_catalog.int8) counting
  GROUP BY place / ${TABLES_PER_STATEMENT} ORDER BY place / ${TABLES_PER_STATEMENT}`

/** Returns the rows of each table of which this role may read all; null for a large database, or if counting takes too long. */
export async function countRows(database: string, tools: Pick<ActionToolbox, 'sql'>): Promise<RowCounts | null> {
  const until = performance.now() + LIMIT_MS
  try {
    const statements = await tools.sql<{ text: string }>(database, { text: STATEMENTS, values: [MOST_BYTES] })
    if (statements.length === 0) return null
    const counted: [string, number][] = []
    for (const { text } of statements) {
      const limitMs = Math.floor(until - performance.now())
      if (limitMs <= 0) return null
      const rows = await tools.sql<{ name: string; rows: string }>(database, { text, limitMs })
      for (const { name, rows: count } of rows) counted.push([name, Number(count)])
    }
    return Object.fromEntries(counted)
  } catch {
    return null
  }
}

/** A table with that many rows is not emptied in the minutes before a backup. */
const MANY_ROWS = 100
const NAMED_TABLES = 5

/** What a comparison says: `isLost` where tables are missing or empty that had many rows. */
export interface RowComparison {
  readonly isLost: boolean
  readonly text: string
}

/** Compares the rows now with those before; null if one of them was not counted. */
export function compareRows(now: RowCounts | undefined, before: RowCounts | undefined): RowComparison | null {
  if (!now || !before) return null
  const fewer = Object.entries(before).filter(([name, count]) => (now[name] ?? 0) < count)
  const isLost = fewer.some(([name, count]) => count >= MANY_ROWS && (now[name] ?? 0) === 0)
  const sum = (counts: RowCounts) => Object.values(counts).reduce((total, count) => total + count, 0)
  const all = `${sum(now)} rows, before the backup ${sum(before)}`
  if (fewer.length === 0) return { isLost, text: `${all}; no table has fewer` }
  const named = fewer
    .toSorted(([a, had], [b, had2]) => had2 - (now[b] ?? 0) - (had - (now[a] ?? 0)))
    .slice(0, NAMED_TABLES)
    .map(([name, count]) => `${clean(name)} (${now[name] ?? 0} of ${count})`)
  const more = fewer.length > NAMED_TABLES ? ` and ${fewer.length - NAMED_TABLES} more` : ''
  return { isLost, text: `${all}; fewer in ${listText(named)}${more}` }
}
