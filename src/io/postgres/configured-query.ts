// Runs statements of the user's configuration, each in a read-only transaction of its own, with the schemas that it
// names.

import { type Fault, FaultError } from '../../model/values/fault.ts'
import {
  isSchemaName,
  type SchemaRisk,
  type SearchPath,
  schemaRiskRemedy,
  schemaRiskText,
} from '../../model/values/sql-names.ts'
import { clean } from '../../model/values/text.ts'
import { openSchemasSql } from './open-schemas.ts'
import type { ServerSession } from './session/server-session.ts'
import { beginReadOnlySql, type SessionTimeouts } from './session/session-settings.ts'

export interface ConfiguredQuery {
  readonly text: string
  readonly values: readonly unknown[]
  readonly searchPath: SearchPath
}

/**
 * Runs the query if no untrusted user can have put an object in its search path. Two round trips. Throws the driver's
 * error, or a FaultError (`protocol`) with the first reason and its fix.
 */
export async function runConfiguredQuery<Row extends object>(
  session: ServerSession,
  { text, values, searchPath }: ConfiguredQuery,
  limits: SessionTimeouts,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const bare = session.bare()
  const begin = bare.run<{ database: string; troubles: readonly SchemaRisk[] }>(
    { text: beginning(searchPath, beginReadOnlySql(limits, session.versionNumber)) },
    signal,
  )
  const [begun] = await begin.catch((error) => rolledBack(bare, Promise.reject(error), signal))
  const [first] = begun?.troubles ?? []
  if (begun && first) return rolledBack(bare, Promise.reject(new FaultError(notSafe(first, begun.database))), signal)
  // `single`: otherwise its text could end this transaction and continue in another.
  const asked = bare.run<Row & Record<string, unknown>>({ text, values, single: true }, signal)
  return rolledBack(bare, asked, signal)
}

/**
 * Returns the outcome after the transaction has ended. It is always rolled back, with everything that a function has
 * set for the session.
 */
async function rolledBack<T>(session: ServerSession, outcome: Promise<T>, signal: AbortSignal): Promise<T> {
  const end = session.pooler === null ? `ROLLBACK; ${PLANTED}` : 'ROLLBACK'
  const [found, ended] = await Promise.allSettled([outcome, session.run<{ planted: boolean }>({ text: end }, signal)])
  if (ended.status === 'fulfilled' && ended.value[0]?.planted) {
    session.destroy()
    throw new FaultError(PLANTED_FAULT)
  }
  if (found.status === 'rejected') throw found.reason
  if (ended.status === 'rejected') throw ended.reason
  return found.value
}

// Prepared statements outlive their transaction. pgdeck's own are not made by SQL's PREPARE: one that is replaces
// another, or will conflict with one. Through a pooler pgdeck has none, and those of applications are theirs. Advisory
// locks outlive it too. A watching session has none of its own, and one left here would block an application.
const PLANTED = `SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements WHERE from_sql) AS planted,
  pg_catalog.pg_advisory_unlock_all() AS freed`

const PLANTED_FAULT: Fault = {
  code: 'protocol',
  message: 'the configured query runs something that prepared a statement in the session of pgdeck, so that was closed',
  hint: 'Check the views, policies and functions that the query uses, and their owners.',
}

/**
 * One message: everything is set for this transaction only, so that it also works behind a pooler. Only existing
 * schemas are put into the path: a schema created a moment later would not have been checked.
 */
function beginning({ schemas, isExplicit }: SearchPath, begin: string): string {
  if (!schemas.every(isSchemaName)) throw new Error('the names of schemas are checked with the configuration')
  const names = `ARRAY[${schemas.map((schema) => `'${schema}'`).join(', ')}]::pg_catalog.name[]`
  return `${begin};
SELECT ${openSchemasSql(names, isExplicit ? 'true' : 'false')} AS troubles, pg_catalog.current_database() AS database,
  pg_catalog.set_config('search_path',
  pg_catalog.concat_ws(', ', 'pg_catalog', (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(n.nspname), ', ' ORDER BY g.place)
    FROM pg_catalog.unnest(${names}) WITH ORDINALITY g(name, place)
    JOIN pg_catalog.pg_namespace n ON n.nspname = g.name), 'pg_temp'), true) AS path`
}

function notSafe(trouble: SchemaRisk, database: string): Fault {
  const why = trouble.kind === 'missing' ? '' : ', so other roles decide what the names in the query mean'
  return {
    code: 'protocol',
    message: clean(`the configured query was not run: in database ${database} ${schemaRiskText(trouble)}${why}`),
    hint: clean(`${schemaRiskRemedy(trouble)}${trouble.kind === 'missing' ? '' : WITHOUT_PATH}`),
  }
}

const WITHOUT_PATH = ' Or set "searchPath" to [] and write the names of the query with their schemas.'
