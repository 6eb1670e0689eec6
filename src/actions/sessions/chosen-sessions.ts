// Selects the sessions of a database for an action: one by pid and start, or all that match a request.

import { clean } from '../../model/values/text.ts'
import { formatSeconds, parseDuration } from '../../model/values/units.ts'
import { type ActionField, type ActionRequest, type ActionToolbox, PlanError } from '../definition/action.ts'

/** A session as of the plan. A pid alone may belong to another session by now. */
export interface ChosenSession {
  readonly pid: number
  /** The server's own text of it, to the microsecond. */
  readonly backendStart: string
  /** Start of the running or last statement; null if there was none. */
  readonly queryStart: string | null
  readonly what: string
}

export const SESSION_ACTION_FIELDS: readonly ActionField[] = [
  { name: 'pid', explains: 'process id of one session', kind: 'number', required: false },
  {
    name: 'backend-start',
    explains: 'when that session began (backend_start): another session may have the process id by now',
    kind: 'text',
    required: false,
    defaultText: 'the session with that process id now',
  },
  {
    name: 'sessions',
    explains: 'several sessions: PID@BACKEND_START, separated by commas',
    kind: 'text',
    required: false,
  },
  {
    name: 'idle-in-transaction',
    explains: 'all sessions idle in a transaction for longer',
    kind: 'duration',
    required: false,
  },
  { name: 'running', explains: 'all sessions whose statement runs longer', kind: 'duration', required: false },
  { name: 'idle', explains: 'all sessions idle for longer, in no transaction', kind: 'duration', required: false },
  {
    name: 'state',
    explains: 'all sessions in this state',
    kind: 'choice',
    choices: ['idle', 'idle in transaction', 'active', 'any'],
    required: false,
  },
  { name: 'application', explains: 'only of this application_name', kind: 'text', required: false },
  { name: 'user', explains: 'only of this role', kind: 'text', required: false },
  { name: 'client', explains: 'only from this client address', kind: 'text', required: false },
  { name: 'database', explains: 'only in this database of the server', kind: 'text', required: false },
]

const COLUMNS = `pid, backend_start::pg_catalog.text AS "backendStart",
  query_start::pg_catalog.text AS "queryStart", usename AS "user",
  datname AS database, application_name AS application, state,
  extract(epoch FROM pg_catalog.clock_timestamp()
    - coalesce(xact_start, query_start, backend_start))::pg_catalog.float8 AS seconds`

/** Compared to the millisecond: views show it so, and a pid is not reused that soon. */
const SAME_START = `pg_catalog.date_trunc('milliseconds', backend_start)
  = pg_catalog.date_trunc('milliseconds', ?::pg_catalog.timestamptz)`

interface Row {
  readonly pid: number
  readonly backendStart: string
  readonly queryStart: string | null
  readonly user: string | null
  readonly database: string | null
  readonly application: string | null
  readonly state: string | null
  readonly seconds: number | null
}

/** Returns the conditions of the request and their values. Throws PlanError if it names no sessions. */
function conditionsOf(
  action: string,
  input: ActionRequest['input'],
): { readonly conditions: readonly string[]; readonly values: readonly unknown[] } {
  const conditions: string[] = []
  const values: unknown[] = []
  const add = (condition: string, value: unknown) => {
    values.push(value)
    conditions.push(condition.replaceAll('?', `$${values.length}`))
  }
  if (input.pid !== undefined) add('pid = ?::int', input.pid)
  if (input['backend-start'] !== undefined) add(SAME_START, input['backend-start'])
  if (input.sessions !== undefined) {
    const named = namedSessions(input.sessions)
    values.push(named.map(({ pid }) => pid))
    values.push(named.map(({ start }) => start))
    conditions.push(
      `EXISTS (SELECT FROM ROWS FROM (pg_catalog.unnest($${values.length - 1}::int[]),
          pg_catalog.unnest($${values.length}::pg_catalog.timestamptz[])) AS named(pid, start)
        WHERE named.pid = s.pid AND (named.start IS NULL OR ${SAME_START.replace('?::pg_catalog.timestamptz', 'named.start')}))`,
    )
  }
  if (input['idle-in-transaction'] !== undefined) {
    add(
      `state LIKE 'idle in transaction%'
        AND pg_catalog.clock_timestamp() - state_change > pg_catalog.make_interval(secs => ?::pg_catalog.float8)`,
      secondsOf(input['idle-in-transaction']),
    )
  }
  if (input.running !== undefined) {
    add(
      `state = 'active'
        AND pg_catalog.clock_timestamp() - query_start > pg_catalog.make_interval(secs => ?::pg_catalog.float8)`,
      secondsOf(input.running),
    )
  }
  if (input.idle !== undefined) {
    add(
      `state = 'idle'
        AND pg_catalog.clock_timestamp() - state_change > pg_catalog.make_interval(secs => ?::pg_catalog.float8)`,
      secondsOf(input.idle),
    )
  }
  if (input.state === 'any') conditions.push('true')
  else if (input.state === 'idle in transaction') conditions.push("state LIKE 'idle in transaction%'")
  else if (input.state !== undefined) add('state = ?', input.state)
  if (conditions.length === 0) {
    throw new PlanError(`${action}: name the sessions: pid, sessions, idle-in-transaction, running, idle or state`)
  }
  if (input.application !== undefined) add('application_name = ?', input.application)
  if (input.user !== undefined) add('usename = ?', input.user)
  if (input.client !== undefined) add('client_addr = ?::pg_catalog.inet', input.client)
  if (input.database !== undefined) add('datname = ?', input.database)
  return { conditions, values }
}

/**
 * Returns the sessions that match the request: client sessions only, never pgdeck's own. Throws PlanError if there are
 * none.
 */
export async function chosenSessions(
  database: string,
  { action, input }: ActionRequest,
  tools: ActionToolbox,
): Promise<readonly ChosenSession[]> {
  const { conditions, values } = conditionsOf(action, input)
  const text = `SELECT ${COLUMNS} FROM pg_catalog.pg_stat_activity s
    WHERE pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client backend' AND application_name NOT IN ('pgdeck act', 'pgdeck plan')
      AND ${conditions.join(' AND ')} ORDER BY backend_start, pid`
  const rows = await tools.sql<Row>(database, { text, values })
  if (rows.length > 0) return rows.map(chosen)
  const given = input.pid === undefined ? 'no session matches' : `no client session ${input.pid} matches`
  throw new PlanError(`${action} ${database}: ${given} now; it may have ended already`)
}

function chosen({ pid, backendStart, queryStart, user, database, application, state, seconds }: Row): ChosenSession {
  const who = `${user ?? '?'} in ${database ?? '?'}${application ? ` (${application})` : ''}`
  const since = seconds === null ? '' : ` for ${formatSeconds(seconds)}`
  return { pid, backendStart, queryStart, what: clean(`${pid} ${who}: ${state ?? '?'}${since}`) }
}

/** Sessions written as `PID@BACKEND_START`, or `PID` alone. Throws PlanError for anything else. */
function namedSessions(text: string): readonly { readonly pid: number; readonly start: string | null }[] {
  return text.split(',').map((name) => {
    const [, pid, start] = /^\s*(\d{1,10})(?:@(\S+))?\s*$/.exec(name) ?? []
    if (pid === undefined || (start !== undefined && Number.isNaN(Date.parse(start))))
      throw new PlanError(`${name} is not a session, such as 4711 or 4711@2026-11-22T14:32:07Z`)
    return { pid: Number(pid), start: start ?? null }
  })
}

function secondsOf(text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new PlanError(`${text} is not a duration such as 90s or 10m`)
  return ms / 1000
}
