// Connection strings of standbys. The server removes the passwords; what is left is parsed like any other connection
// string.

import { DsnError, type DsnParameters, parseDsnText } from '../../../config/dsn/dsn-text.ts'

/**
 * SQL: the connection string of an expression without its passwords. The server empties them, so they never reach
 * pgdeck.
 */
export function conninfoSql(expression: string): string {
  const withoutPairs = `pg_catalog.regexp_replace(${expression},
    '((?:^|\\s)(?:ssl)?password\\s*=\\s*)(?:''(?:[^''\\\\]|\\\\.)*''|(?:[^\\s\\\\]|\\\\.)*)', '\\1''''', 'g')`
  const withoutParameters = `pg_catalog.regexp_replace(${withoutPairs}, '([?&](?:ssl)?password=)[^&]*', '\\1', 'g')`
  return `pg_catalog.regexp_replace(${withoutParameters}, '^(postgres(?:ql)?://[^:@/]*):[^@]*@', '\\1@')`
}

/** Returns its parameters by libpq's names; no parameters if libpq would not accept the text. */
export function conninfoParameters(text: string): DsnParameters {
  try {
    return parseDsnText(text)
  } catch (error) {
    if (error instanceof DsnError) return new Map()
    throw error
  }
}
