// Reads what `pgdeck doctor` asks a database once: privileges, settings, extensions, and the versions of its
// collations.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { DoctorFacts } from '../../../model/doctor/doctor.ts'
import { cleanText, parseAnswer } from '../answers/answer.ts'
import { type Figures, refusedOf } from '../answers/refused-figures.ts'
import { STATEMENT_PARTS } from '../answers/statement-parts.ts'
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
  isStandby: z.boolean(),
}) satisfies z.ZodType<DoctorFacts>

// Values that this session set itself are not settings of the server.
function checkupSql(versionNumber: number): string {
  return `SELECT pg_catalog.json_build_object(
  'role', current_user, 'superuser', pg_catalog.current_setting('is_superuser') = 'on',
  'database', pg_catalog.current_database(), 'isStandby', pg_catalog.current_setting('in_hot_standby') = 'on',
  'privileges', ${grantsSql(versionNumber)},
  'settings', (SELECT coalesce(pg_catalog.json_object_agg(name, pg_catalog.json_build_object('value', setting, 'unit', unit,
      'type', vartype, 'pendingRestart', pending_restart)), '{}'::pg_catalog.json) FROM pg_catalog.pg_settings
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
  const statement = { name: 'pgdeck_checkup', text: checkupSql, parts: STATEMENT_PARTS }
  const [row] = await link.query<{ answer: unknown }>(statement, signal)
  const { isStandby, ...facts } = parseAnswer(document, row?.answer, 'privileges, settings and extensions')
  return { ...facts, ...refusedOf(link, FACT_FIGURES, { role: facts.role, isStandby }) }
}

const FACT_FIGURES: Figures = {
  pg_settings: { what: 'the settings' },
  pg_extension: { what: 'the installed extensions' },
  pg_available_extensions: { what: 'the extensions that could be installed' },
  'pg_database_collation_actual_version()': { what: 'the version of the collation library' },
  'has_table_privilege_by_oid()': { what: 'the privileges of this role' },
  'has_function_privilege_by_oid()': { what: 'the privileges of this role' },
  'has_table_privilege()': { what: 'the privileges of this role' },
  'has_function_privilege()': { what: 'the privileges of this role' },
  'to_regclass()': { what: 'the privileges of this role' },
  'to_regprocedure()': { what: 'the privileges of this role' },
  'pg_has_role()': { what: 'the privileges of this role' },
}
