// Reads a server log through SQL: its settings, its files, and their bytes in parts.

import * as z from 'zod'
import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import type { DatabaseLogging } from '../../model/logs/locations.ts'
import { FaultError } from '../../model/values/fault.ts'
import { qualifiedRoutine } from '../../model/values/sql-names.ts'
import { clean } from '../../model/values/text.ts'
import { cleanText, parseAnswer } from './answers/answer.ts'
import { STATEMENT_PARTS } from './answers/statement-parts.ts'

/** One file of log_directory. */
export interface ServerLogFile {
  readonly name: string
  readonly path: string
  readonly bytes: number
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
  /** The server writes to it now. False where this role may not know. */
  readonly isCurrent: boolean
}

const logging = z.object({
  collector: z.boolean(),
  directory: z.string().nullable(),
  dataDirectory: z.string().nullable(),
  filename: z.string().nullable(),
  destination: cleanText,
  settings: z.object({ timeZone: z.string(), linePrefix: z.string(), messages: z.string() }),
}) satisfies z.ZodType<DatabaseLogging>

// pg_settings leaves out what this role may not see. current_setting() would fail.
const LOGGING = `SELECT pg_catalog.json_build_object(
  'collector', pg_catalog.current_setting('logging_collector')::boolean,
  'directory', (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'log_directory'),
  'dataDirectory', (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory'),
  'filename', (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'log_filename'),
  'destination', pg_catalog.current_setting('log_destination'),
  'settings', pg_catalog.json_build_object('timeZone', pg_catalog.current_setting('log_timezone'),
    'linePrefix', pg_catalog.current_setting('log_line_prefix'), 'messages', pg_catalog.current_setting('lc_messages'))) AS answer`

/** Returns where the server writes its log. Throws FaultError. */
export async function readLoggingSettings(link: DatabaseSession, signal: AbortSignal): Promise<DatabaseLogging> {
  const [row] = await link.query<{ answer: unknown }>(
    { name: 'pgdeck_logging', text: LOGGING, parts: STATEMENT_PARTS },
    signal,
  )
  return parseAnswer(logging, row?.answer, 'the place of the log')
}

const READER = 'pg_read_binary_file(text,bigint,bigint,boolean)'

const CURRENT = 'pg_current_logfile(text)'

const rights = z.object({ grants: z.array(cleanText), tellsCurrent: z.boolean(), isBefore15: z.boolean() })

const RIGHTS = `SELECT pg_catalog.json_build_object(
  'tellsCurrent', pg_catalog.has_function_privilege('${qualifiedRoutine(CURRENT)}', 'EXECUTE'),
  'isBefore15', pg_catalog.current_setting('server_version_num')::int < 150000,
  'grants', (SELECT coalesce(pg_catalog.json_agg(g), '[]'::pg_catalog.json) FROM (
     SELECT pg_catalog.format('GRANT pg_monitor TO %I', current_user) AS g
      WHERE NOT pg_catalog.has_function_privilege('pg_catalog.pg_ls_logdir()', 'EXECUTE')
         OR NOT pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
     UNION ALL SELECT pg_catalog.format('GRANT EXECUTE ON FUNCTION ${qualifiedRoutine(READER)} TO %I', current_user)
      WHERE NOT pg_catalog.has_function_privilege('${qualifiedRoutine(READER)}', 'EXECUTE')) needed)) AS answer`

/** Before 15 the server knows no jsonlog, and refuses to be asked about it. A function is refused to a role wherever it is named. */
function listSql({ tellsCurrent, isBefore15 }: z.infer<typeof rights>): string {
  const formats = isBefore15 ? ['stderr', 'csvlog'] : ['stderr', 'csvlog', 'jsonlog']
  const current = formats.map((format) => `'/' || pg_catalog.pg_current_logfile('${format}')`)
  // Each once, and not for each file.
  const names = tellsCurrent
    ? `ARRAY(SELECT pg_catalog.regexp_replace(path, '^.*/', '') FROM pg_catalog.unnest(ARRAY[${current.join(', ')}]) path)`
    : "'{}'::pg_catalog.text[]"
  return `SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', name, 'bytes', size,
    'modifiedAt', extract(epoch FROM modification) * 1000, 'isCurrent', coalesce(name = ANY (current.names), false),
    'path', pg_catalog.current_setting('log_directory') || '/' || name)), '[]'::pg_catalog.json) AS answer
  FROM pg_catalog.pg_ls_logdir(), (SELECT ${names} AS names) current`
}

const listed = z.array(
  z.object({ name: z.string(), path: z.string(), bytes: z.number(), modifiedAt: z.number(), isCurrent: z.boolean() }),
)

export type ServerLogs =
  | { readonly files: readonly ServerLogFile[] }
  /** The GRANT statements that are missing, for the database that pgdeck connects to. */
  | { readonly files: null; readonly grants: readonly string[] }

/** Returns the files of log_directory, or the grants that this role lacks to read them. Throws FaultError. */
export async function listServerLogs(link: DatabaseSession, signal: AbortSignal): Promise<ServerLogs> {
  const [row] = await link.query<{ answer: unknown }>(
    { name: 'pgdeck_log_rights', text: RIGHTS, parts: STATEMENT_PARTS },
    signal,
  )
  const rightsHere = parseAnswer(rights, row?.answer, 'the rights to the log')
  if (rightsHere.grants.length > 0) return { files: null, grants: rightsHere.grants }
  const [list] = await link.query<{ answer: unknown }>({ name: 'pgdeck_log_list', text: listSql(rightsHere) }, signal)
  return { files: parseAnswer(listed, list?.answer, 'the files of the log') }
}

const PART_BYTES = 512 * 1024

/** Yields the bytes of one file from `offset` to `end`. It ends early if the file is shorter. Throws FaultError. */
export async function* readServerLog(
  link: DatabaseSession,
  path: string,
  range: { readonly offset: number; readonly end: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let at = range.offset; at < range.end; ) {
    const values = [path, at, Math.min(PART_BYTES, range.end - at)]
    const text = 'SELECT pg_catalog.pg_read_binary_file($1, $2, $3, true) AS part'
    const statement = { name: 'pgdeck_log_part', text, values }
    const [row] = await link.query<{ part: Uint8Array | null }>(statement, signal)
    if (!row?.part) {
      throw new FaultError({
        code: 'protocol',
        message: `${clean(path)} no longer exists`,
        hint: 'The server has rotated or removed it: collect again.',
      })
    }
    if (row.part.length === 0) return
    yield row.part
    at += row.part.length
  }
}
