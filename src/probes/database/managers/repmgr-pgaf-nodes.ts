// Reads the members that repmgr and pg_auto_failover list in their own tables, if the connected database has them.

import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { ManagerMember, ManagerReport } from '../../../model/measured/managers/manager-report.ts'
import { clean } from '../../../model/values/text.ts'

interface NodeRow {
  readonly scope: string | null
  readonly name: string
  readonly host: string | null
  readonly port: number | null
  readonly leads: boolean
  readonly state: string | null
  readonly system: string | null
}

// Only host and port of a conninfo leave the server: a password may be beside them.
const REPMGR = `SELECT NULL AS scope, node_name AS name,
    substring(conninfo FROM '(?:^|\\s)host\\s*=\\s*''?([^''\\s]+)') AS host,
    coalesce(substring(conninfo FROM '(?:^|\\s)port\\s*=\\s*''?([0-9]+)')::int, 5432) AS port,
    type = 'primary' AND active AS leads, CASE WHEN active THEN type ELSE type || ', not active' END AS state,
    NULL AS system
  FROM repmgr.nodes ORDER BY node_id`

const PGAF = `SELECT formationid AS scope, nodename AS name, nodehost AS host, nodeport AS port,
    reportedstate::pg_catalog.text IN ('single', 'primary', 'wait_primary', 'join_primary', 'apply_settings',
      'prepare_maintenance')
      AS leads,
    reportedstate::pg_catalog.text AS state, nullif(pg_catalog.to_jsonb(n)->>'sysidentifier', '0') AS system
  FROM pgautofailover.node n ORDER BY nodeid`

const SOURCES = {
  'repmgr.nodes': { kind: 'repmgr', text: REPMGR, schema: 'repmgr' },
  'pgautofailover.node': { kind: 'pg_auto_failover', text: PGAF, schema: 'pgautofailover' },
} as const

type Table = keyof typeof SOURCES

/**
 * Returns one report for each cluster in the table; none if this role may not read it, or if it is not a plain table of
 * a superuser. A view or a table with policies would run functions of its owner with the rights of the monitoring role.
 * Throws FaultError.
 */
export async function readRegisteredNodes(link: DatabaseSession, table: string, signal: AbortSignal) {
  if (!isKnown(table)) return []
  const { kind, text, schema } = SOURCES[table]
  const allowed = {
    name: 'pgdeck_manager_table',
    text: `SELECT pg_catalog.has_schema_privilege($1, 'USAGE') AND EXISTS (
      SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
      WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r' AND r.rolsuper
        AND pg_catalog.has_table_privilege(c.oid, 'SELECT')) AS yes`,
    values: [schema, table.slice(schema.length + 1)],
  }
  const [answer] = await link.query<{ yes: boolean }>(allowed, signal)
  if (!answer?.yes) return []
  const paused = kind === 'repmgr' ? await isPaused(link, signal) : null
  const rows = await link.query<NodeRow>({ name: `pgdeck_${schema}_nodes`, text, values: [] }, signal)
  const groups = Map.groupBy(rows, ({ scope, system }) => `${scope}/${system}`)
  return [...groups.values()].map((group): ManagerReport => {
    const [first] = group
    return {
      kind,
      source: table,
      scope: first?.scope == null ? null : clean(first.scope),
      systemIdentifier: first?.system ?? null,
      paused,
      members: group.map(memberOf),
    }
  })
}

/**
 * Returns whether repmgrd of this server is paused; null if the functions are missing or may not be called. It calls
 * only functions of a superuser: a role that may create a schema could put its own there, and they would run with the
 * rights of the monitoring role.
 */
async function isPaused(link: DatabaseSession, signal: AbortSignal): Promise<boolean | null> {
  const there = `SELECT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      JOIN pg_catalog.pg_roles r ON r.oid = p.proowner AND r.rolsuper
    WHERE n.nspname = 'repmgr' AND p.proname = 'repmgrd_is_paused' AND p.pronargs = 0
      AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')) AS yes`
  const [found] = await link.query<{ yes: boolean }>({ name: 'pgdeck_repmgrd', text: there, values: [] }, signal)
  if (!found?.yes) return null
  const text = 'SELECT repmgr.repmgrd_is_paused() AS paused'
  const [row] = await link.query<{ paused: boolean | null }>(
    { name: 'pgdeck_repmgrd_paused', text, values: [] },
    signal,
  )
  return row?.paused ?? null
}

function isKnown(table: string): table is Table {
  return Object.hasOwn(SOURCES, table)
}

function memberOf({ name, host, port, leads, state }: NodeRow): ManagerMember {
  return {
    name: clean(name),
    host: host === null ? null : clean(host),
    port,
    isLeader: leads,
    state: state === null ? null : clean(state),
  }
}
