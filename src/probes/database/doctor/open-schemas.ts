// Finds schemas of a database in which untrusted roles can create objects, for `pgdeck doctor`.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import { openSchemasSql } from '../../../io/postgres/open-schemas.ts'
import type { SchemaRisk, SearchPath } from '../../../model/values/sql-names.ts'
import { cleanText, parseAnswer } from '../answers/answer.ts'

const trouble = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missing'), schema: cleanText }),
  z.object({ kind: z.literal('create'), schema: cleanText, who: cleanText.nullable(), fix: cleanText }),
  z.object({ kind: z.literal('owner'), schema: cleanText, who: cleanText, fix: cleanText }),
  z.object({ kind: z.literal('object'), schema: cleanText, who: cleanText, what: cleanText, fix: cleanText }),
]) satisfies z.ZodType<SchemaRisk>

const SQL = `SELECT ${openSchemasSql('$1::pg_catalog.name[]', '$2::boolean')} AS answer`

/**
 * Returns why names must not be looked up in these schemas; no entry if they are safe. One round trip. Throws
 * FaultError.
 */
export async function readOpenSchemas(
  link: DatabaseSession,
  { schemas, isExplicit }: SearchPath,
  signal: AbortSignal,
): Promise<readonly SchemaRisk[]> {
  const statement = { name: 'pgdeck_open_schemas', text: SQL, values: [schemas, isExplicit] }
  const [row] = await link.query<{ answer: unknown }>(statement, signal)
  return parseAnswer(z.array(trouble), row?.answer, 'who may create in its schemas')
}
