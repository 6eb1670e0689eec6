// Routines of PostgreSQL by name, where a name is text and not SQL: what has_function_privilege() and its like are asked.

/**
 * The signature with its schema and those of its types: `pg_read_file(text)` → `pg_catalog.pg_read_file(pg_catalog.text)`.
 * Without them the server would look along the search path, where others may have put a routine or a type of that name.
 * `boolean`, `integer` and `bigint` are words of the grammar, and mean the same in every path.
 */
export function qualifiedRoutine(signature: string): string {
  return `pg_catalog.${signature.replaceAll(/\btext\b/g, 'pg_catalog.text')}`
}
