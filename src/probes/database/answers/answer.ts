// The answer of a statement: a JSON document, checked against its schema, and the list of what the role may not see.

import * as z from 'zod'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'

/** Text from outside (names, queries), passed through `clean()`. */
export const cleanText = z.string().transform(clean)

/**
 * Returns the document as the schema types it. Throws a FaultError of code `protocol` that names the unexpected part.
 */
export function parseAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.infer<Schema> {
  const result = schema.safeParse(answer)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const why = clean(`${issue?.path.join('.') ?? '?'}: ${issue?.message ?? '?'}`).slice(0, 200)
  throw new FaultError(
    {
      code: 'protocol',
      message: `pgdeck can’t read the answer about ${what}: ${why}`,
      hint: 'pgdeck supports PostgreSQL 14 to 18; a pooler or a derived product may answer differently.',
    },
    { cause: result.error },
  )
}

/** SQL: milliseconds since the epoch. */
export function instantSql(expression: string): string {
  return `extract(epoch FROM ${expression}) * 1000`
}

/** How many bytes of a statement the server keeps; pg_size_bytes() of older versions does not know the unit `B`. */
export const KEPT_BYTES_SQL = `(SELECT CASE WHEN size LIKE '%kB' OR size LIKE '%MB' THEN pg_catalog.pg_size_bytes(size)
      ELSE pg_catalog.rtrim(size, 'B')::bigint END
    FROM pg_catalog.current_setting('track_activity_query_size') size)`

/** SQL: true for a role that sees the activity of other users' sessions (pg_monitor includes it). */
export const CAN_SEE_ALL_SQL = `pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')`
/** Schema of the answer of `missingGrantsSql`. */
export const missingGrants = z.array(z.object({ what: cleanText, grant: cleanText }))
/** SQL: a JSON array of the parts whose condition is false, each with the GRANT for this role. */
export function missingGrantsSql(parts: readonly { readonly what: string; readonly unless: string }[]): string {
  const rows = parts.map(({ what, unless }) => `('${what.replaceAll("'", "''")}', ${unless})`)
  return `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('what', what,
      'grant', pg_catalog.format('GRANT pg_monitor TO %I', current_user))), '[]'::pg_catalog.json)
    FROM (VALUES ${rows.join(', ')}) part(what, granted) WHERE NOT granted)`
}
