// Sessions of actions. Only the executor opens them, one for each database: read-only while an action is planned,
// read-write for the run of a confirmed plan.

import type { FoundServer, ServerIdentity } from '../../model/measured/server-identity.ts'
import { ActionError, OutcomeUnknown } from '../../model/runs/action-error.ts'
import type { ConnectionParameters } from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import { startWaitLimit } from '../network/wait-timeout.ts'
import { endpointName } from './connection/postgres-fault.ts'
import { endsSession } from './connection/server-error.ts'
import type { Tunnel } from './connection/tunnel.ts'
import {
  type GuardedResult,
  type GuardedStatement,
  guardStatement,
  identifyServer,
  type ServerLock,
} from './server-identity.ts'
import { type Connector, createConnector } from './session/connector.ts'
import type { ServerSession } from './session/server-session.ts'

export interface AdminSessionOptions {
  /** Sessions for planning are read-only. */
  readonly purpose: 'plan' | 'act'
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  /** Its statements stay out of the server log and the statistics, as far as the role may do that. */
  readonly isQuiet?: boolean
  /** Limit for opening a session, in milliseconds. */
  readonly connectMs: number
  readonly tunnel?: Tunnel | undefined
  /** Throws if the session's server may not be acted on. Called first for each session. */
  readonly requireServer?: ((server: FoundServer) => void) | undefined
  /** The session that must still hold its lock when a statement runs; null: none. Called each time. */
  readonly holding?: (() => ServerLock | null) | undefined
}

export interface AdminSession {
  /**
   * Runs one statement. Throws FaultError; OutcomeUnknown if it was sent and no answer came within `limitMs` or before
   * the signal. The session is then abandoned, because the server may still run the statement.
   */
  query<Row extends object>(
    text: string,
    values: readonly unknown[],
    limitMs: number,
    signal: AbortSignal,
  ): Promise<readonly Row[]>
  /**
   * Like `query`, for a SELECT with side effects that returns at most one row. Its functions run only on the server
   * that this session was opened to, and only while the run holds that server's lock. Throws ActionError otherwise:
   * then nothing was done.
   */
  act<Row extends object>(statement: GuardedStatement, limitMs: number, signal: AbortSignal): Promise<Row | null>
  close(): Promise<void>
}

/** Opens nothing before the first statement. Runs one statement at a time; others wait for their turn. */
export function openAdminSession(options: AdminSessionOptions): AdminSession {
  const connection = { ...options.connection, applicationName: `pgdeck ${options.purpose}` }
  const connector = createConnector({
    ...options,
    connection,
    limits: LIMITS[options.purpose],
    wishes: options.isQuiet ? QUIET : {},
  })
  let open: IdentifiedSession | null = null
  const drop = () => {
    open?.session.destroy()
    open = null
  }
  const ask = async <Row extends object>(
    statement: (identity: ServerIdentity) => GuardedStatement,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<readonly Row[]> => {
    if (open?.session.isAlive() === false) drop()
    open ??= await opened(connector, options, signal)
    const { session: current, identity } = open
    const limit = startWaitLimit({ ms: limitMs, signals: [signal] })
    try {
      return await current.run<Row & Record<string, unknown>>(statement(identity), limit.signal)
    } catch (error) {
      const isLost = limit.signal.aborted || !current.isAlive()
      if (isLost || endsSession(error)) drop()
      if (limit.signal.aborted) throw new OutcomeUnknown(noAnswer(current, limitMs, signal.aborted))
      const fault = connector.faultOf(error, current.endpoint)
      throw isLost ? new OutcomeUnknown(fault, { cause: error }) : new FaultError(fault, { cause: error })
    } finally {
      limit.done()
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Row extends object>(...asked: Parameters<typeof ask>) => {
    const turn = last.then(() => ask<Row>(...asked))
    last = turn.catch(() => {})
    return turn
  }
  return {
    query: <Row extends object>(text: string, values: readonly unknown[], limitMs: number, signal: AbortSignal) =>
      inTurn<Row>(() => ({ text, values }), limitMs, signal),
    async act<Row extends object>(statement: GuardedStatement, limitMs: number, signal: AbortSignal) {
      const guarded = (identity: ServerIdentity) => guardStatement(identity, statement, options.holding?.() ?? null)
      const [row] = await inTurn<GuardedResult<Row>>(guarded, limitMs, signal)
      if (!row?.sameServer) throw new ActionError(ELSEWHERE, 'Nothing was done. Connect to the server itself.')
      if (!row.held)
        throw new ActionError(NOT_HELD, 'Nothing was done. See which run holds the cluster: pgdeck status.')
      return row.answer
    },
    async close() {
      await last
      await open?.session.end()
      open = null
    },
  }
}

const QUIET = {
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_error_statement: 'panic',
  'pg_stat_statements.track_utility': 'off',
}

/** Each statement of an action has its own limit: `limitMs`. */
const LIMITS = { plan: { statementMs: 30_000, lockMs: 5_000 }, act: { statementMs: 0, lockMs: 5_000 } }

const NOT_HELD = 'this run lost its lock on that server: its session was terminated, or another run holds the cluster'

const ELSEWHERE =
  'the statement reached another server than the session was opened to: a proxy in between shares sessions'

interface IdentifiedSession {
  readonly session: ServerSession
  readonly identity: ServerIdentity
}

/** Opens a session with a server that may be acted on, which is checked first. */
async function opened(
  connector: Connector,
  { connectMs, requireServer }: AdminSessionOptions,
  signal: AbortSignal,
): Promise<IdentifiedSession> {
  const limit = startWaitLimit({ ms: connectMs, signals: [signal] })
  try {
    const session = await connector.open({ signal: limit.signal, deadline: performance.now() + connectMs })
    try {
      const server = await identifyServer(session, limit.signal).catch((error: unknown) => {
        throw new FaultError(connector.faultOf(error, session.endpoint), { cause: error })
      })
      requireServer?.(server)
      return { session, identity: server.identity }
    } catch (error) {
      session.destroy()
      throw error
    }
  } finally {
    limit.done()
  }
}

function noAnswer({ endpoint }: ServerSession, limitMs: number, isStopped: boolean) {
  const why = isStopped ? 'the run was stopped before it answered' : `it did not answer within ${limitMs / 1000} s`
  return {
    code: 'timeout',
    message: `${endpointName(endpoint)}: ${why}`,
    hint: 'The statement may have taken effect: the next reading shows it.',
  } as const
}
