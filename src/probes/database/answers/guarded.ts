// SQL that calls functions which some roles may not execute.

import { qualifiedRoutine } from '../../../model/values/sql-names.ts'

/**
 * SQL: the text of the column `f` of the one row of `query`; NULL if it is null. It must be neither empty nor longer
 * than 2,000 bytes: a lexeme holds no more. PostgreSQL checks EXECUTE also in a branch that is not taken. So it would
 * refuse the whole statement to a plain role. ts_stat() looks functions up only when it runs. (query_to_xml() does too,
 * but a server that was built without libxml refuses it.) It uses no text search configuration.
 */
export function lateSql(query: string): string {
  return `(SELECT word FROM ${lexemesOf(query)})`
}

/** SQL: a JSON array of the JSON in the column `f` of each row of `query`, in the order of their texts, without repetition. Each is as above. */
export function lateRowsSql(query: string): string {
  return `(SELECT coalesce(pg_catalog.json_agg(word::pg_catalog.json ORDER BY word), '[]'::pg_catalog.json) FROM ${lexemesOf(query)})`
}

function lexemesOf(query: string): string {
  // A CASE, because a WHERE may be tested after the function ran.
  const lexeme = `SELECT CASE WHEN f IS NOT NULL THEN pg_catalog.array_to_tsvector(ARRAY[f::pg_catalog.text]) END FROM (${query}) late`
  return `pg_catalog.ts_stat('${lexeme.replaceAll("'", "''")}')`
}

/** SQL: the JSON in the column `f` of the one row of `query` where `allowed` is true; else NULL. */
export function guardedSql(allowed: string, query: string): string {
  return `CASE WHEN ${allowed} THEN ${lateSql(query)}::pg_catalog.json END`
}

/** SQL: whether the session may execute a function, such as `pg_ls_waldir()`. */
export function mayRunSql(routine: string): string {
  return `pg_catalog.has_function_privilege(current_user, '${qualifiedRoutine(routine)}', 'EXECUTE')`
}
