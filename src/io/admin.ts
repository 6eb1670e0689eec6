// Sessions of acts, opened by the executor alone, one for each database: read-only while an act is planned, and such that
// may change something for the run of a confirmed plan.

import type { Connection } from '../model/connection.ts'
import { FaultError } from '../model/fault.ts'
import { AnswerLost } from '../model/operation/answer-lost.ts'
import { endsSession, targetName } from './fault.ts'
import { afterWaiting } from './patience.ts'
import { type Connector, createConnector } from './postgres-connect.ts'
import type { Route } from './postgres-route.ts'
import type { ServerSession } from './postgres-session.ts'

export interface AdminOptions {
  /** Planning writes nothing, whatever is asked: its sessions are read-only. */
  readonly purpose: 'plan' | 'act'
  readonly connection: Connection
  readonly passwordCommand: readonly string[] | null
  /** Limit for getting a session, in milliseconds. */
  readonly connectMs: number
  readonly route?: Route | undefined
}

export interface AdminLink {
  /**
   * Runs one statement. Throws FaultError; AnswerLost where it went out and no answer came within `limitMs` or before
   * the signal. The session is then given up: the server may still be at work on it.
   */
  query<Row extends object>(
    text: string,
    values: readonly unknown[],
    limitMs: number,
    signal: AbortSignal,
  ): Promise<readonly Row[]>
  close(): Promise<void>
}

/** Nothing is opened before the first statement. One statement at a time: those that come meanwhile wait their turn. */
export function openAdmin(options: AdminOptions): AdminLink {
  const connection = { ...options.connection, applicationName: `pgdeck ${options.purpose}` }
  const connector = createConnector({ ...options, connection, limits: LIMITS[options.purpose] })
  let session: ServerSession | null = null
  const drop = () => {
    session?.destroy()
    session = null
  }
  const ask = async <Row extends object>(
    text: string,
    values: readonly unknown[],
    limitMs: number,
    signal: AbortSignal,
  ): Promise<readonly Row[]> => {
    if (session?.isAlive() === false) drop()
    session ??= await opened(connector, options.connectMs, signal)
    const current = session
    const limit = limitOf(limitMs, signal)
    try {
      return await current.run<Row & Record<string, unknown>>({ text, values }, limit.signal)
    } catch (error) {
      const isLost = limit.signal.aborted || !current.isAlive()
      if (isLost || endsSession(error)) drop()
      if (limit.signal.aborted) throw new AnswerLost(noAnswer(current, limitMs, signal.aborted))
      const fault = connector.faultOf(error, current.endpoint)
      throw isLost ? new AnswerLost(fault, { cause: error }) : new FaultError(fault, { cause: error })
    } finally {
      limit.done()
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  return {
    query<Row extends object>(text: string, values: readonly unknown[], limitMs: number, signal: AbortSignal) {
      const turn = last.then(() => ask<Row>(text, values, limitMs, signal))
      last = turn.catch(() => {})
      return turn
    },
    async close() {
      await last
      await session?.end()
      session = null
    },
  }
}

/** How long a statement of an act may take is its own matter: `limitMs` of each. */
const LIMITS = { plan: { statementMs: 30_000, lockMs: 5_000 }, act: { statementMs: 0, lockMs: 5_000 } }

async function opened(connector: Connector, connectMs: number, signal: AbortSignal): Promise<ServerSession> {
  const limit = limitOf(connectMs, signal)
  try {
    return await connector.open({ signal: limit.signal, endsAt: performance.now() + connectMs })
  } finally {
    limit.done()
  }
}

function noAnswer({ endpoint }: ServerSession, limitMs: number, isStopped: boolean) {
  const why = isStopped ? 'the run was stopped before it answered' : `it did not answer within ${limitMs / 1000} s`
  return {
    code: 'timeout',
    message: `${targetName(endpoint)}: ${why}`,
    hint: 'The statement may have had its effect: what is read next shows it.',
  } as const
}

function limitOf(ms: number, signal: AbortSignal) {
  const abort = new AbortController()
  const give = () => abort.abort()
  const callOff = afterWaiting(ms, give)
  if (signal.aborted) give()
  signal.addEventListener('abort', give, { once: true })
  return {
    signal: abort.signal,
    done() {
      callOff()
      signal.removeEventListener('abort', give)
    },
  }
}
