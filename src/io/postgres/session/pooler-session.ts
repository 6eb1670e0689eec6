// Sessions through a connection pooler, which shares them with others: every query is one read-only transaction that
// leaves nothing behind.

import type { QueryResultRow } from 'pg'
import { type Fault, FaultError } from '../../../model/values/fault.ts'
import { endpointName } from '../connection/postgres-fault.ts'
import { sqlStateOf } from '../connection/server-error.ts'
import type { ConnectionEndpoint } from '../connection/tunnel.ts'
import type { ServerSession } from './server-session.ts'
import { poolerFault } from './session-check.ts'
import { beginReadOnlySql, type SessionTimeouts } from './session-settings.ts'
import type { SessionStatement } from './statement.ts'

/**
 * Returns the session with every statement in a transaction. Throws a `pooler` FaultError if transactions are not kept
 * together, or if the peer takes no SQL. Two round trips.
 */
export async function poolerSession(
  session: ServerSession,
  limits: SessionTimeouts,
  why: string,
  signal: AbortSignal,
): Promise<{ readonly session: ServerSession; readonly standby: boolean }> {
  const { endpoint } = session
  if (session.reported('standard_conforming_strings') === 'off')
    throw new FaultError(poolerFault(endpoint, `${why}, and its sessions have standard_conforming_strings off`))
  const begin = beginReadOnlySql(limits, session.versionNumber)
  const ask = (text: string) => session.run<Within>({ text }, signal)
  const [first] = await ask(`${begin}; ${WITHIN}`).catch((error: unknown) => {
    throw poolsStatements(error) ? new FaultError(statementFault(endpoint), { cause: error }) : error
  })
  const [second] = await ask(`${WITHIN}; ROLLBACK`)
  const holds = first !== undefined && first.pid === second?.pid && second.readOnly === 'on'
  if (!holds || second.path.replaceAll(' ', '') !== 'pg_catalog,pg_temp') throw new FaultError(statementFault(endpoint))
  return { session: inTransactions(session, begin, why), standby: second.standby }
}

const WITHIN = `SELECT pg_catalog.pg_backend_pid() AS pid, pg_catalog.current_setting('transaction_read_only') AS "readOnly",
  pg_catalog.current_setting('search_path') AS path, coalesce(pg_catalog.current_setting('in_hot_standby', true) OPERATOR(pg_catalog.=) 'on', false) AS standby`

interface Within {
  readonly pid: number
  readonly readOnly: string
  readonly path: string
  readonly standby: boolean
}

/** They are rolled back, with everything that a function set for the session. */
function inTransactions(session: ServerSession, begin: string, why: string): ServerSession {
  const rolledBack = async (error: unknown, signal: AbortSignal): Promise<never> => {
    // The pooler keeps the server's session for us as long as the transaction is open.
    if (session.isAlive()) await session.run({ text: 'ROLLBACK' }, signal).catch(() => session.destroy())
    throw error
  }
  const within = async <Row extends QueryResultRow>({ text, values = [] }: SessionStatement, signal: AbortSignal) => {
    try {
      await session.run({ text: begin }, signal)
      const rows = await session.run<Row>({ text, values, single: true }, signal)
      await session.run({ text: 'ROLLBACK' }, signal)
      return rows
    } catch (error) {
      return rolledBack(error, signal)
    }
  }
  return {
    endpoint: session.endpoint,
    pooler: why,
    processId: session.processId,
    get versionNumber() {
      return session.versionNumber
    },
    certificate: session.certificate,
    login: session.login,
    isAlive: session.isAlive,
    reported: session.reported,
    async run<Row extends QueryResultRow>({ text, values }: SessionStatement, signal: AbortSignal) {
      if (values !== undefined && values.length > 0) return within<Row>({ text, values }, signal)
      return session
        .run<Row>({ text: `${begin}; ${text}\n; ROLLBACK` }, signal)
        .catch((error) => rolledBack(error, signal))
    },
    bare: () => session,
    runReplicationCommand: session.runReplicationCommand,
    destroy: session.destroy,
    end: session.end,
  }
}

/** PgBouncer has one SQLSTATE for this and for an unreachable server. Only the message distinguishes them. */
function poolsStatements(error: unknown): boolean {
  return sqlStateOf(error) === '08P01' && error instanceof Error && /\bstatement pooling\b/i.test(error.message)
}

function statementFault(endpoint: ConnectionEndpoint): Fault {
  return poolerFault(endpoint, 'it allows no transactions (statement pooling), so pgdeck reads nothing through it')
}

/** Its version is not that of a server: an admin console with its own commands and no SQL. */
export function isPoolerConsole({ reported }: Pick<ServerSession, 'reported'>): boolean {
  return /bouncer/i.test(reported('server_version') ?? '')
}

export function poolerConsoleFault(session: Pick<ServerSession, 'endpoint' | 'reported'>): Fault | null {
  if (!isPoolerConsole(session)) return null
  const { endpoint } = session
  return {
    ...poolerFault(endpoint, 'this is its admin console'),
    message: `${endpointName(endpoint)} is the admin console of PgBouncer, not a database`,
    hint: 'Connect to the server itself: put its own host and port, and a database of it, into the dsn.',
  }
}

export function noConsoleFault(endpoint: ConnectionEndpoint): Fault {
  return {
    code: 'protocol',
    message: `${endpointName(endpoint)} is not the admin console of PgBouncer`,
    hint: 'Its database is "pgbouncer": put that, and a user of "stats_users" or "admin_users", into the dsn of the pooler.',
  }
}
