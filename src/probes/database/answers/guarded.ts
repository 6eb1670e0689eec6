// SQL that calls functions which some roles may not execute.

import { qualifiedRoutine } from '../../../model/values/sql-names.ts'

/**
 * SQL: the JSON in the column `f` of the one row of `query` where `allowed` is true; else NULL. PostgreSQL checks
 * EXECUTE also in a branch that is not taken. So it would refuse the whole statement to a plain role. query_to_xml()
 * looks a function up only when it runs. (It needs no libxml, unlike xpath().) The values must hold no angle brackets,
 * because XML escapes them.
 */
export function guardedSql(allowed: string, query: string): string {
  return `CASE WHEN ${allowed} THEN pg_catalog.substring(
      pg_catalog.query_to_xml('${query.replaceAll("'", "''")}', false, true, '')::pg_catalog.text,
      '<f>([^<]*)</f>')::pg_catalog.json END`
}

/** SQL: whether the session may execute a function, such as `pg_ls_waldir()`. */
export function mayRunSql(routine: string): string {
  return `pg_catalog.has_function_privilege(current_user, '${qualifiedRoutine(routine)}', 'EXECUTE')`
}
