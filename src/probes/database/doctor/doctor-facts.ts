// Reads what `pgdeck doctor` asks a database once: privileges, settings, extensions, and the versions of its
// collations.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { DoctorFacts } from '../../../model/doctor/doctor.ts'
import { cleanText, parseAnswer } from '../answers/answer.ts'
import { grantsSql } from './grants-sql.ts'

const versions = z.record(cleanText, cleanText)
const document = z.object({
  role: cleanText,
  superuser: z.boolean(),
  database: cleanText,
  privileges: z.array(
    z.object({
      what: cleanText,
      use: z.enum(['watch', 'diagnose', 'logs', 'act']),
      required: z.boolean(),
      granted: z.boolean(),
      grant: cleanText,
    }),
  ),
  settings: z.record(
    z.string(),
    z.object({ value: cleanText, unit: cleanText.nullable(), type: cleanText, pendingRestart: z.boolean() }),
  ),
  seesAllSettings: z.boolean(),
  installed: versions,
  available: versions,
  collation: cleanText.nullable(),
}) satisfies z.ZodType<DoctorFacts>

// Values that this session set itself are not settings of the server.
function checkupSql(versionNumber: number): string {
  return `SELECT pg_catalog.json_build_object(
  'role', current_user, 'superuser', pg_catalog.current_setting('is_superuser') = 'on',
  'database', pg_catalog.current_database(),
  'privileges', ${grantsSql(versionNumber)},
  'settings', (SELECT pg_catalog.json_object_agg(name, pg_catalog.json_build_object('value', setting, 'unit', unit,
      'type', vartype, 'pendingRestart', pending_restart)) FROM pg_catalog.pg_settings
     WHERE source NOT IN ('client', 'session')),
  'seesAllSettings', pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE'),
  'installed', (SELECT coalesce(pg_catalog.json_object_agg(extname, extversion), '{}'::pg_catalog.json)
                 FROM pg_catalog.pg_extension),
  'available', (SELECT coalesce(pg_catalog.json_object_agg(name, default_version), '{}'::pg_catalog.json)
                 FROM pg_catalog.pg_available_extensions WHERE default_version IS NOT NULL),
  'collation', ${collation(versionNumber)}) AS answer`
}

function collation(versionNumber: number): string {
  if (versionNumber < 150_000) return 'NULL::pg_catalog.text'
  return `(SELECT pg_catalog.pg_database_collation_actual_version(oid) FROM pg_catalog.pg_database
    WHERE datname = pg_catalog.current_database())`
}

/** One round trip. Throws FaultError. */
export async function readDoctorFacts(link: DatabaseSession, signal: AbortSignal): Promise<DoctorFacts> {
  const [row] = await link.query<{ answer: unknown }>({ name: 'pgdeck_checkup', text: checkupSql }, signal)
  return parseAnswer(document, row?.answer, 'privileges, settings and extensions')
}
