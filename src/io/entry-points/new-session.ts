// Where an address leads now: a new session, one statement on it, and its end. Nothing stays on a session of a pooler.

import type { QueryResultRow } from 'pg'
import type { ConnectionParameters } from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import { startWaitLimit } from '../network/wait-timeout.ts'
import { endpointName } from '../postgres/connection/postgres-fault.ts'
import { sqlStateOf } from '../postgres/connection/server-error.ts'
import type { Tunnel } from '../postgres/connection/tunnel.ts'
import { type ConnectLimit, createConnector } from '../postgres/session/connector.ts'
import type { ServerSession } from '../postgres/session/server-session.ts'
import { limitsWithin } from '../postgres/session/session-limits.ts'
import type { SessionStatement } from '../postgres/session/statement.ts'
import { keptPassword } from '../process/password-command.ts'

export interface NewSessionsOptions {
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  readonly timeoutMs: number
  readonly tunnel?: Tunnel | undefined
}

interface NewSessionAnswer<Row> {
  readonly row: Row | null
  /** Milliseconds from the first packet to the answer. */
  readonly tookMs: number
  /** Why it seems to lead through a pooler; null: to the server itself. */
  readonly pooler: string | null
  /** Of several hosts in a DSN the one that answered. */
  readonly endpoint: { readonly host: string; readonly port: number }
}

/** Opens a new session for each question. */
export interface NewSessions {
  /** `otherwise` is asked where the server refuses a part of `statement` to this role. Throws FaultError. */
  ask<Row extends QueryResultRow>(
    statement: SessionStatement,
    otherwise: SessionStatement,
    signal: AbortSignal,
  ): Promise<NewSessionAnswer<Row>>
  close(): void
}

/** A program for the password runs once in an hour, and again where its password is refused. */
export function createNewSessions({ timeoutMs, passwordCommand, ...options }: NewSessionsOptions): NewSessions {
  const kept = passwordCommand && keptPassword(passwordCommand)
  const limits = limitsWithin(timeoutMs)
  const connector = createConnector({ ...options, passwordCommand: kept, purpose: 'watch', limits })
  /** The last session was let in with the password that is kept. */
  let wasLetIn = false
  const open = async (limit: ConnectLimit): Promise<ServerSession> => {
    try {
      const session = await connector.open(limit)
      wasLetIn = true
      return session
    } catch (error) {
      if (kept === null || !isRefusedLogin(error)) throw error
      kept.forget()
      // It may have changed since; one that was just printed has not.
      if (!wasLetIn) throw error
      wasLetIn = false
      return open(limit)
    }
  }
  return {
    async ask<Row extends QueryResultRow>(
      statement: SessionStatement,
      otherwise: SessionStatement,
      signal: AbortSignal,
    ): Promise<NewSessionAnswer<Row>> {
      const limit = startWaitLimit({ ms: timeoutMs, signals: [signal] })
      const began = performance.now()
      try {
        const session = await open({ signal: limit.signal, deadline: began + timeoutMs })
        try {
          const rows = await answerOf<Row>(session, statement, otherwise, limit.signal)
          const tookMs = performance.now() - began
          return { row: rows[0] ?? null, tookMs, pooler: session.pooler, endpoint: session.endpoint }
        } catch (error) {
          if (limit.signal.aborted) throw new FaultError(silentFault(session, timeoutMs), { cause: error })
          throw new FaultError(connector.faultOf(error, session.endpoint), { cause: error })
        } finally {
          await session.end()
        }
      } finally {
        limit.done()
      }
    },
    close: () => connector.close(),
  }
}

function isRefusedLogin(error: unknown): boolean {
  return error instanceof FaultError && error.fault.code === 'auth' && error.fault.reason !== 'no-database'
}

async function answerOf<Row extends QueryResultRow>(
  session: ServerSession,
  statement: SessionStatement,
  otherwise: SessionStatement,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  try {
    return await session.run<Row>(statement, signal)
  } catch (error) {
    if (sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error
    return session.run<Row>(otherwise, signal)
  }
}

const INSUFFICIENT_PRIVILEGE = '42501'

function silentFault({ endpoint }: ServerSession, timeoutMs: number) {
  return {
    code: 'timeout',
    message: `${endpointName(endpoint)} opened a session but did not answer within ${timeoutMs} ms`,
    hint: 'A pooler without a free connection looks the same: look at its pools, and at the server behind it.',
  } as const
}
