// What a role may not see, as the looks tell it: the expression that decides, and the statement that would grant it.

import * as z from 'zod'
import { text } from './json-answer.ts'

/** True for a role that sees what other users' sessions do (pg_monitor includes it). */
export const SEES_ALL = `pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')`

/** The answer of `missingSql`. */
export const missing = z.array(z.object({ what: text, grant: text }))

/** A JSON array of what is hidden where its condition does not hold; each with the GRANT for the role that asks. */
export function missingSql(parts: readonly { readonly what: string; readonly unless: string }[]): string {
  const rows = parts.map(({ what, unless }) => `('${what.replaceAll("'", "''")}', ${unless})`)
  return `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('what', what,
      'grant', pg_catalog.format('GRANT pg_monitor TO %I', current_user))), '[]'::pg_catalog.json)
    FROM (VALUES ${rows.join(', ')}) part(what, granted) WHERE NOT granted)`
}
