// Connection strings of standbys: the server takes the passwords out, what is left is read as everywhere else.

import { DsnError, type DsnParameters, parseDsnText } from '../../../config/dsn/dsn-text.ts'

/** The connection string of an SQL expression with its passwords emptied by the server, so that they never come here. */
export function conninfoSql(expression: string): string {
  const withoutPairs = `pg_catalog.regexp_replace(${expression},
    '((?:^|\\s)(?:ssl)?password\\s*=\\s*)(?:''(?:[^''\\\\]|\\\\.)*''|(?:[^\\s\\\\]|\\\\.)*)', '\\1''''', 'g')`
  const withoutParameters = `pg_catalog.regexp_replace(${withoutPairs}, '([?&](?:ssl)?password=)[^&]*', '\\1', 'g')`
  return `pg_catalog.regexp_replace(${withoutParameters}, '^(postgres(?:ql)?://[^:@/]*):[^@]*@', '\\1@')`
}

/** Its parameters, by libpq's names; none where it is not one that libpq takes. */
export function conninfoParameters(text: string): DsnParameters {
  try {
    return parseDsnText(text)
  } catch (error) {
    if (error instanceof DsnError) return new Map()
    throw error
  }
}
