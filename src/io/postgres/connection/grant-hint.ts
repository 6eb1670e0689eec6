// What a role lacks, by the error of a server that denied it something.

import type { ServerError } from './server-error.ts'

/** The GRANT that helps. Only English tells what kind of object it is; the name stands in the message in every language. */
export function grantHint({ message, routine }: ServerError, role: string): string {
  const [, kind, name] =
    /^permission denied for (table|view|relation|function|schema|database) (.+)$/.exec(message) ?? []
  // A name is PostgreSQL's own, and told without its schema; or one of the user's own query, in whatever schema that found it.
  const own = name?.startsWith('pg_') ? `pg_catalog.${name}` : name
  switch (kind) {
    case 'function':
      return `GRANT EXECUTE ON FUNCTION ${own} TO ${role}`
    case 'schema':
      return `GRANT USAGE ON SCHEMA ${name} TO ${role}`
    case 'database':
      return `GRANT CONNECT ON DATABASE ${name} TO ${role}`
    case undefined:
      break
    default:
      return `GRANT SELECT ON ${own} TO ${role}`
  }
  // This one checks rights on an object, which pg_monitor may have been given and lost.
  return routine === 'aclcheck_error' && !/^permission denied/.test(message)
    ? `Give ${role} the right to what the message names: GRANT EXECUTE for a function, SELECT for a table or view, USAGE for a schema.`
    : `GRANT pg_monitor TO ${role}`
}
