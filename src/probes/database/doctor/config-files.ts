// Reads what is wrong with the files of a server that runs: lines that it refuses, and files that make its next start another one.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { DoctorFacts, ServerFileFacts } from '../../../model/doctor/doctor.ts'
import { cleanText, parseAnswer } from '../answers/answer.ts'

// A setting that waits for a restart has an error too, and nothing is wrong with it.
const ERRORS = `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('file', f.sourcefile, 'line', f.sourceline,
      'name', f.name, 'error', f.error) ORDER BY f.seqno, f.sourceline), '[]'::pg_catalog.json)
   FROM pg_catalog.pg_file_settings f
  WHERE f.error IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_settings s
    WHERE pg_catalog.lower(s.name) = pg_catalog.lower(f.name) AND s.pending_restart))`

const NAMES = ['recovery.conf', 'recovery.signal', 'standby.signal'] as const

// Relative paths are those of the data directory.
const FOUND = `(SELECT coalesce(pg_catalog.json_agg(name), '[]'::pg_catalog.json)
   FROM pg_catalog.unnest(ARRAY['${NAMES.join("', '")}']) given(name)
  WHERE (pg_catalog.pg_stat_file(name, true)).size IS NOT NULL)`

const document = z.object({
  errors: z
    .array(
      z.object({
        file: cleanText.nullable(),
        line: z.number().nullable(),
        name: cleanText.nullable(),
        error: cleanText,
      }),
    )
    .nullable(),
  names: z.array(z.enum(NAMES)).nullable(),
}) satisfies z.ZodType<ServerFileFacts>

/** What this role may see of it. Throws FaultError. */
export async function readServerFileFacts(
  session: DatabaseSession,
  { superuser, privileges }: DoctorFacts,
  signal: AbortSignal,
): Promise<ServerFileFacts> {
  const needed = privileges.filter(({ grant }) => /pg_file_settings|pg_show_all_file_settings/.test(grant))
  const maySeeErrors = superuser || (needed.length > 0 && needed.every(({ granted }) => granted))
  if (!maySeeErrors && !superuser) return { errors: null, names: null }
  const text = `SELECT pg_catalog.json_build_object('errors', ${maySeeErrors ? ERRORS : 'NULL'},
    'names', ${superuser ? FOUND : 'NULL'}) AS answer`
  const name = superuser ? 'pgdeck_server_files' : 'pgdeck_file_errors'
  const [row] = await session.query<{ answer: unknown }>({ name, text }, signal)
  return parseAnswer(document, row?.answer, 'errors in the files of the server')
}
