// Traces of managers that are too costly for a poll: the sources of settings, extensions, and the program that writes
// the files.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import { FOREIGN_EXTENSIONS, FOREIGN_SETTINGS } from '../../../model/managers/detection/foreign-signs.ts'
import { type ManagerTraces, PATRONI_COMMAND_LINE_SETTINGS } from '../../../model/measured/managers/manager-signs.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { lateSql } from '../answers/guarded.ts'
import { STATEMENT_PARTS } from '../answers/statement-parts.ts'

const EXTENSIONS = ['repmgr', 'pgautofailover', ...FOREIGN_EXTENSIONS]
/** Set in files, but defined by no loaded library: pg_settings does not have these. */
const CUSTOM_SETTINGS = ['cnpg.config_sha256', 'pgpool.pg_ctl']

const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ')

// The text is exactly what Patroni writes in the first lines, so that a comment which only mentions Patroni does not
// match. Bytes, because the file may have any encoding.
const WORDS = '# It will be overwritten by Patroni!'
const MAY_READ_FILES = `pg_catalog.has_function_privilege('pg_catalog.pg_read_binary_file(pg_catalog.text,bigint,bigint,boolean)', 'EXECUTE')
  AND pg_catalog.pg_has_role(current_user, 'pg_read_server_files', 'USAGE')
  AND pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')`
const readHead = (setting: string) =>
  `pg_catalog.position(pg_catalog.pg_read_binary_file(pg_catalog.current_setting('${setting}'), 0, 200, true),
    pg_catalog.convert_to('${WORDS}', 'UTF8'))`
const HEADS = `SELECT coalesce(${readHead('hba_file')}, 0) + coalesce(${readHead('config_file')}, 0) > 0 AS f`
const WRITTEN_BY_PATRONI = `CASE WHEN ${MAY_READ_FILES} THEN
  ${lateSql(HEADS)}::boolean END`

// The owner of a role or database can set its settings, but not those in the server's files.
const TRACES = `WITH s AS MATERIALIZED (SELECT name, source, sourcefile FROM pg_catalog.pg_settings)
SELECT pg_catalog.json_build_object(
  'commandLineSettings', (SELECT pg_catalog.count(*) FROM s
    WHERE source = 'command line' AND name IN (${quoted(PATRONI_COMMAND_LINE_SETTINGS)})),
  'settings', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', name, 'isPrivileged', privileged)), '[]')
    FROM (SELECT name, source NOT IN ('database', 'user', 'database user', 'client', 'session') AS privileged FROM s
        WHERE pg_catalog.split_part(name, '.', 2) <> '' AND pg_catalog.split_part(name, '.', 1) IN (${quoted(FOREIGN_SETTINGS)})
      UNION ALL
      SELECT name, NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting
          WHERE pg_catalog.array_to_string(setconfig, ',') LIKE '%' || name || '=%') AS privileged
        FROM pg_catalog.unnest('{${CUSTOM_SETTINGS.join(',')}}'::pg_catalog.text[]) name
        WHERE nullif(pg_catalog.current_setting(name, true), '') IS NOT NULL) found),
  'files', CASE WHEN pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') THEN
    (SELECT coalesce(pg_catalog.json_agg(DISTINCT sourcefile), '[]') FROM s WHERE sourcefile IS NOT NULL) END,
  'extensions', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', extname,
      'isPrivileged', coalesce(rolsuper, false))), '[]')
    FROM pg_catalog.pg_extension LEFT JOIN pg_catalog.pg_roles r ON r.oid = extowner WHERE extname IN (${quoted(EXTENSIONS)})),
  'writtenByPatroni', ${WRITTEN_BY_PATRONI}) AS traces`

const text = z.string().transform(clean)
const sign = z.object({ name: text, isPrivileged: z.boolean() })
const document = z.object({
  commandLineSettings: z.number(),
  settings: z.array(sign),
  files: z.array(text).nullable(),
  extensions: z.array(sign),
  writtenByPatroni: z.boolean().nullable(),
}) satisfies z.ZodType<ManagerTraces>

/** Returns what the server shows beyond the pulse. Throws FaultError. */
export async function readManagerTraces(link: DatabaseSession, signal: AbortSignal): Promise<ManagerTraces> {
  const [row] = await link.query<{ traces: unknown }>(
    { name: 'pgdeck_manager_traces', text: TRACES, values: [], parts: STATEMENT_PARTS },
    signal,
  )
  const parsed = document.safeParse(row?.traces)
  if (parsed.success) return parsed.data
  const message = `pgdeck can’t read the answer to the query for traces of managers: ${clean(z.prettifyError(parsed.error)).slice(0, 200)}`
  throw new FaultError({ code: 'protocol', message, hint: null })
}
