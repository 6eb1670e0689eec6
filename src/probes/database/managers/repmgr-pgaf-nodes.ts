// Reads the members that repmgr and pg_auto_failover list in their own tables, if the connected database has them.

import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { ManagerEvent, ManagerReport } from '../../../model/measured/managers/manager-report.ts'
import { clean } from '../../../model/values/text.ts'
import { type NodeRow, registeredMember } from './registered-member.ts'

// Names and texts are cut on the server, and rows are limited: whoever fills the table does not fill pgdeck's memory.
const cut = (expression: string) => `pg_catalog.left(${expression}, 200)`
const MOST_ROWS = 200

// Only these words of a conninfo leave the server: a password may be beside them.
const word = (name: string) => cut(`substring(conninfo FROM '(?:^|\\s)${name}\\s*=\\s*''?([^''\\s]+)')`)
const REPMGR = `SELECT NULL AS scope, ${cut('node_name')} AS name,
    ${word('host')} AS host,
    coalesce(substring(conninfo FROM '(?:^|\\s)port\\s*=\\s*''?([0-9]{1,5})')::int, 5432) AS port,
    type = 'primary' AND active AS leads, CASE WHEN active THEN type ELSE type || ', not active' END AS state,
    NULL AS system,
    pg_catalog.json_build_object('role', type, 'priority', priority, 'isHealthy', active,
      'id', node_id, 'configFile', ${cut('config_file')}, 'user', ${word('user')}, 'database', ${word('dbname')},
      'upstream', (SELECT ${cut('u.node_name')} FROM repmgr.nodes u WHERE u.node_id = n.upstream_node_id)) AS facts
  FROM repmgr.nodes n ORDER BY node_id LIMIT ${MOST_ROWS}`

const PGAF = `SELECT ${cut('formationid')} AS scope, ${cut('nodename')} AS name, ${cut('nodehost')} AS host, nodeport AS port,
    reportedstate::pg_catalog.text IN ('single', 'primary', 'wait_primary', 'join_primary', 'apply_settings',
      'prepare_maintenance')
      AS leads,
    reportedstate::pg_catalog.text AS state, nullif(j->>'sysidentifier', '0') AS system,
    pg_catalog.json_build_object('id', nodeid, 'assigned', j->>'goalstate', 'priority', (j->>'candidatepriority')::int,
      'isInQuorum', (j->>'replicationquorum')::boolean, 'health', (j->>'health')::int,
      'lsn', j->>'reportedlsn', 'timeline', (j->>'reportedtli')::int,
      'ago', extract(epoch FROM pg_catalog.clock_timestamp() - (j->>'reporttime')::pg_catalog.timestamptz)) AS facts
  FROM pgautofailover.node n, LATERAL pg_catalog.to_jsonb(n) j ORDER BY nodeid LIMIT ${MOST_ROWS}`

const REPMGR_EVENT = `SELECT extract(epoch FROM event_timestamp) * 1000 AS at,
    ${cut(`event || CASE WHEN successful THEN '' ELSE ', failed' END || coalesce(': ' || nullif(details, ''), '')`)} AS text
  FROM repmgr.events ORDER BY event_timestamp DESC LIMIT 1`

const PGAF_EVENT = `SELECT extract(epoch FROM eventtime) * 1000 AS at, ${cut('description')} AS text
  FROM pgautofailover.event ORDER BY eventid DESC LIMIT 1`

/** Of each formation. */
const PGAF_SYNC = `SELECT ${cut('formationid')} AS scope, number_sync_standbys AS sync
  FROM pgautofailover.formation LIMIT ${MOST_ROWS}`

const SOURCES = {
  'repmgr.nodes': {
    kind: 'repmgr',
    text: REPMGR,
    schema: 'repmgr',
    events: 'events',
    event: REPMGR_EVENT,
    formations: '',
  },
  'pgautofailover.node': {
    kind: 'pg_auto_failover',
    text: PGAF,
    schema: 'pgautofailover',
    events: 'event',
    event: PGAF_EVENT,
    formations: 'formation',
  },
} as const

type Table = keyof typeof SOURCES

/**
 * Returns one report for each cluster in the table; none if this role may not read it, or if it is not a plain table of
 * a superuser. A view or a table with policies would run functions of its owner with the rights of the monitoring role.
 * Throws FaultError.
 */
export async function readRegisteredNodes(link: DatabaseSession, table: string, signal: AbortSignal) {
  if (!isKnown(table)) return []
  const { kind, text, schema, events, event, formations } = SOURCES[table]
  const allowed = {
    name: 'pgdeck_manager_table',
    text: `SELECT ${plainTable('$2')} AS nodes, ${plainTable('$3')} AS events, ${plainTable('$4')} AS formations`,
    values: [schema, table.slice(schema.length + 1), events, formations],
  }
  const [answer] = await link.query<{ nodes: boolean; events: boolean; formations: boolean }>(allowed, signal)
  if (!answer?.nodes) return []
  const daemon = kind === 'repmgr' ? await daemonOf(link, signal) : NO_DAEMON
  const rows = await link.query<NodeRow>({ name: `pgdeck_${schema}_nodes`, text, values: [] }, signal)
  const lastEvent = answer.events ? await eventOf(link, { name: `pgdeck_${schema}_event`, text: event }, signal) : null
  const sync = answer.formations ? await syncStandbys(link, signal) : []
  const groups = Map.groupBy(rows, ({ scope, system }) => `${scope}/${system}`)
  return [...groups.values()].map((group): ManagerReport => {
    const [first] = group
    return {
      kind,
      source: table,
      scope: first?.scope == null ? null : clean(first.scope),
      systemIdentifier: first?.system ?? null,
      paused: daemon.paused,
      members: group.map(registeredMember),
      lastEvent,
      syncStandbys: sync.find(({ scope }) => scope === first?.scope)?.sync ?? null,
      isDaemonRunning: daemon.running,
    }
  })
}

/** SQL: whether this role may read the table of schema $1, and a superuser owns it. */
function plainTable(parameter: string): string {
  return `(pg_catalog.has_schema_privilege($1, 'USAGE') AND EXISTS (
      SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
      WHERE n.nspname = $1 AND c.relname = ${parameter} AND c.relkind = 'r' AND r.rolsuper
        AND pg_catalog.has_table_privilege(c.oid, 'SELECT')))`
}

interface DaemonState {
  readonly paused: boolean | null
  readonly running: boolean | null
}

const NO_DAEMON: DaemonState = { paused: null, running: null }
const DAEMON_FUNCTIONS = ['repmgrd_is_paused', 'repmgrd_is_running'] as const

/**
 * Returns whether repmgrd of this server runs and is paused; null if the functions are missing or may not be called. It
 * calls only functions of a superuser: a role that may create a schema could put its own there, and they would run with
 * the rights of the monitoring role.
 */
async function daemonOf(link: DatabaseSession, signal: AbortSignal): Promise<DaemonState> {
  const there = `SELECT pg_catalog.count(*)::int AS found FROM pg_catalog.pg_proc p
      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      JOIN pg_catalog.pg_roles r ON r.oid = p.proowner AND r.rolsuper
    WHERE n.nspname = 'repmgr' AND p.proname = ANY ($1) AND p.pronargs = 0
      AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')`
  const question = { name: 'pgdeck_repmgrd', text: there, values: [[...DAEMON_FUNCTIONS]] }
  const [found] = await link.query<{ found: number }>(question, signal)
  if (found?.found !== DAEMON_FUNCTIONS.length) return NO_DAEMON
  const text = 'SELECT repmgr.repmgrd_is_paused() AS paused, repmgr.repmgrd_is_running() AS running'
  const [row] = await link.query<DaemonState>({ name: 'pgdeck_repmgrd_state', text, values: [] }, signal)
  return row ?? NO_DAEMON
}

function syncStandbys(
  link: DatabaseSession,
  signal: AbortSignal,
): Promise<readonly { readonly scope: string; readonly sync: number }[]> {
  return link.query({ name: 'pgdeck_pgautofailover_formation', text: PGAF_SYNC, values: [] }, signal)
}

async function eventOf(
  link: DatabaseSession,
  { name, text }: { readonly name: string; readonly text: string },
  signal: AbortSignal,
): Promise<ManagerEvent | null> {
  const [row] = await link.query<{ at: number | string; text: string }>({ name, text, values: [] }, signal)
  return row ? { at: Number(row.at), text: clean(row.text) } : null
}

function isKnown(table: string): table is Table {
  return Object.hasOwn(SOURCES, table)
}
