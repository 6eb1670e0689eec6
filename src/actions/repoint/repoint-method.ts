// How a standby can be pointed at another upstream: by SQL, by its files on the host, or by hand.

import type { ActionToolbox } from '../definition/action.ts'
import { databaseServiceOf } from '../hosts/service.ts'

export interface RepointMethod {
  readonly method: 'sql' | 'file' | 'manual'
  readonly host: string | null
  readonly dataDirectory: string | null
  /** The command that reloads it, if its files are edited and the role may not reload by SQL. */
  readonly reload: readonly string[]
  /** What is missing for SQL; null: nothing. */
  readonly lacks: string | null
  /** Name of the slot that it uses; null: none, or unknown. */
  readonly slot: string | null
}

interface Rights {
  readonly reads: boolean
  readonly alters: boolean
  readonly reloads: boolean
  /** The server logs statements, and this role can't keep its own out of the log. */
  readonly logged: boolean
  readonly slot: string | null
  readonly grant: string
}

/** Only reads. A standby that does not answer is re-pointed by its files, if pgdeck has access to its host. */
export async function repointMethodFor(standby: string, version: number, tools: ActionToolbox): Promise<RepointMethod> {
  const [service, rights] = await Promise.all([databaseServiceOf(standby, tools), rightsOn(standby, version, tools)])
  const { host, dataDirectory, binDirectory, asOwner } = service
  const slot = rights?.slot ?? null
  const lacks = lackOf(rights)
  const method = lacks === null ? 'sql' : service.control !== 'manual' && dataDirectory !== null ? 'file' : 'manual'
  const reload =
    binDirectory === null || dataDirectory === null
      ? []
      : [...asOwner, `${binDirectory}/pg_ctl`, 'reload', '-D', dataDirectory]
  return { method, host, dataDirectory, reload, lacks, slot }
}

function lackOf(rights: Rights | null): string | null {
  if (!rights) return 'it does not answer'
  if (!rights.reads) return 'this role may not read primary_conninfo (GRANT pg_read_all_settings)'
  if (!rights.alters) return `this role may not change primary_conninfo (${rights.grant})`
  if (!rights.reloads) return 'this role may not execute pg_reload_conf()'
  return rights.logged ? 'statements are logged there, and the password would be in the server log' : null
}

async function rightsOn(standby: string, version: number, tools: ActionToolbox): Promise<Rights | null> {
  try {
    const [row] = await tools.sql<Rights>(standby, { text: rightsSql(version) })
    return row ?? null
  } catch {
    return null
  }
}

const SUPER = `(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)`

function rightsSql(version: number): string {
  const alters = version >= 150_000 ? ` OR pg_catalog.has_parameter_privilege('primary_conninfo', 'ALTER SYSTEM')` : ''
  return `SELECT ${SUPER} OR pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') AS reads,
    ${SUPER}${alters} AS alters,
    pg_catalog.has_function_privilege('pg_catalog.pg_reload_conf()', 'execute') AS reloads,
    NOT ${SUPER} AND (pg_catalog.current_setting('log_statement') <> 'none'
      OR pg_catalog.current_setting('log_min_duration_statement') <> '-1') AS logged,
    nullif(pg_catalog.current_setting('primary_slot_name', true), '') AS slot,
    pg_catalog.format('GRANT ALTER SYSTEM ON PARAMETER primary_conninfo TO %I, from 15 on; else a superuser',
      current_user) AS grant`
}
