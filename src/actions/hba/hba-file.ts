// Reads and writes a database's pg_hba.conf: through its host, or through SQL if the role may.

import { createHash } from 'node:crypto'
import { sqlLiteral } from '../../io/postgres/connection/literal.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { StepMethod } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { firstRuleError, readFileRules } from './file-rules.ts'

export interface HbaFile {
  readonly path: string
  readonly text: string
  readonly sha256: string
}

export interface HbaFileAccess {
  readonly method: Extract<StepMethod, 'file' | 'sql' | 'manual'>
  /** Why it can't be written from here; empty if it can. */
  readonly why: string
}

/** Returns how the file can be written. The host is preferred, because it replaces the file atomically. */
export async function hbaFileAccess(database: string, tools: ActionToolbox): Promise<HbaFileAccess> {
  if (tools.host(hostId(database, tools))) return { method: 'file', why: '' }
  const [row] = await tools.sql<{ may: boolean }>(database, { text: MAY_WRITE })
  if (row?.may) return { method: 'sql', why: '' }
  const why =
    'pgdeck has no access to its host ("ssh" or "local" in the config), and this role may not write server files (pg_write_server_files)'
  return { method: 'manual', why }
}

const MAY_WRITE = `SELECT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
  OR (pg_catalog.pg_has_role('pg_write_server_files', 'usage')
    AND pg_catalog.has_function_privilege('pg_catalog.pg_read_file(pg_catalog.text)', 'execute')) AS may`

/** Returns the current text of the file. Throws ActionError if it can't be read. */
export async function readHbaFile(database: string, path: string, tools: ActionToolbox): Promise<HbaFile> {
  const connection = tools.host(hostId(database, tools))
  if (connection) {
    const file = await connection.readFile(path, { signal: tools.signal })
    if (!file) throw new ActionError(`${path} does not exist`)
    return { path, text: file.text, sha256: file.sha256 }
  }
  const [row] = await tools.sql<{ text: string }>(database, {
    text: 'SELECT pg_catalog.pg_read_file($1) AS text',
    values: [path],
  })
  const text = row?.text ?? ''
  return { path, text, sha256: sha256OfText(text) }
}

/** Why a file with a zero byte is not edited: PostgreSQL joins its line with the next one. */
export function zeroByteReason(path: string): string {
  return `${path} contains a zero byte, which joins two lines for PostgreSQL: remove it with an editor first`
}

export function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Replaces the file and keeps the old one at `backup`. Throws ActionError if another program changed it meanwhile. */
export async function writeHbaFile(
  database: string,
  path: string,
  text: string,
  { expected, backup }: { readonly expected: string; readonly backup: string },
  tools: ActionToolbox,
): Promise<void> {
  const connection = tools.host(hostId(database, tools))
  if (connection) return connection.replaceFile(path, text, { signal: tools.signal, expected, backup })
  const before = await readHbaFile(database, path, tools)
  if (before.sha256 !== expected)
    throw new ActionError(`${path} has changed since`, 'Plan again from its present content.')
  await copyTo(database, backup, before.text, tools)
  await copyTo(database, path, text, tools)
}

/**
 * The server writes the file itself. Path and text are passed as settings of one transaction, and the server quotes
 * them into the statement. A line of such a file never contains these three control characters.
 */
async function copyTo(database: string, path: string, text: string, tools: ActionToolbox): Promise<void> {
  const lines = text.replace(/\n$/, '')
  const [where, what] = [sqlLiteral(path), sqlLiteral(lines)]
  const set = `SELECT pg_catalog.set_config('pgdeck.path', ${where}, true), pg_catalog.set_config('pgdeck.text', ${what}, true)`
  await tools.callFunction(database, { text: set, afterwards: COPY })
}

// If nothing was set, another server answered than the one that is meant.
const COPY = `DO $do$ BEGIN IF nullif(pg_catalog.current_setting('pgdeck.path', true), '') IS NOT NULL THEN EXECUTE pg_catalog.format(
  'COPY (SELECT nullif(line, '''') FROM pg_catalog.unnest(
     pg_catalog.string_to_array(pg_catalog.current_setting(''pgdeck.text''), E''\\n'')) WITH ORDINALITY AS t(line, n) ORDER BY n)
   TO %L WITH (FORMAT csv, DELIMITER E''\\x01'', QUOTE E''\\x02'', ESCAPE E''\\x02'', NULL '''')',
  pg_catalog.current_setting('pgdeck.path')); END IF; END $do$`

function hostId(database: string, { config }: Pick<ActionToolbox, 'config'>): string | null {
  return config.databases.find(({ spec }) => spec.id === database)?.spec.hostId ?? null
}

/**
 * Returns what PostgreSQL would refuse in its files as they are now; null: nothing, or it can't be asked. `path`: the
 * main file.
 */
export async function hbaFileError(database: string, path: string, tools: ActionToolbox): Promise<string | null> {
  const rows = await readFileRules(database, tools)
  return rows === null ? null : firstRuleError(rows, path)
}
