// What a role may not see, as the looks tell it: the expression that decides, and the statement that would grant it.

import * as z from 'zod'
import { cleanText } from './json-answer.ts'

/** True for a role that sees what other users' sessions do (pg_monitor includes it). */
export const CAN_SEE_ALL_SQL = `pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')`

/** The answer of `missingGrantsSql`. */
export const missingGrants = z.array(z.object({ what: cleanText, grant: cleanText }))

/** A JSON array of what is hidden where its condition does not hold; each with the GRANT for the role that asks. */
export function missingGrantsSql(parts: readonly { readonly what: string; readonly unless: string }[]): string {
  const rows = parts.map(({ what, unless }) => `('${what.replaceAll("'", "''")}', ${unless})`)
  return `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('what', what,
      'grant', pg_catalog.format('GRANT pg_monitor TO %I', current_user))), '[]'::pg_catalog.json)
    FROM (VALUES ${rows.join(', ')}) part(what, granted) WHERE NOT granted)`
}
