// SQL that calls functions which not every role may call.

import { qualifiedRoutine } from '../../../model/values/sql-names.ts'

/**
 * The JSON in the column `f` of the one row of `query`, where `allowed` holds; else NULL. EXECUTE is checked even in a branch
 * not taken, so a plain role would be refused the whole statement. Called through query_to_xml() a function is only looked up
 * when it runs. (That needs no libxml, unlike xpath().) The values must hold no angle brackets: they would be escaped.
 */
export function guardedSql(allowed: string, query: string): string {
  return `CASE WHEN ${allowed} THEN pg_catalog.substring(
      pg_catalog.query_to_xml('${query.replaceAll("'", "''")}', false, true, '')::pg_catalog.text,
      '<f>([^<]*)</f>')::pg_catalog.json END`
}

/** Whether the session may call a function, as `pg_ls_waldir()`. */
export function mayRunSql(routine: string): string {
  return `pg_catalog.has_function_privilege(current_user, '${qualifiedRoutine(routine)}', 'EXECUTE')`
}
