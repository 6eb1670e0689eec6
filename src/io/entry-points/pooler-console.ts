// The admin console of a PgBouncer: one session that takes its commands by the simple protocol, and reconnects after a loss.

import type { QueryResultRow } from 'pg'
import type { ConnectionParameters } from '../../model/values/connection-parameters.ts'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import { startWaitLimit } from '../network/wait-timeout.ts'
import { endpointName } from '../postgres/connection/postgres-fault.ts'
import { endsSession } from '../postgres/connection/server-error.ts'
import type { Tunnel } from '../postgres/connection/tunnel.ts'
import { createConnector } from '../postgres/session/connector.ts'
import type { ServerSession } from '../postgres/session/server-session.ts'
import { Turns } from '../postgres/session/turns.ts'

export interface PoolerConsoleOptions {
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  readonly tunnel?: Tunnel | undefined
}

export interface PoolerConsole {
  /**
   * Runs one command and returns its rows by the names of their columns; a command without an answer has none. It ends with
   * the limit or the signal. Throws FaultError: also for a command that the user of the session may not give.
   */
  run<Row extends QueryResultRow>(command: string, limitMs: number, signal: AbortSignal): Promise<readonly Row[]>
  /** Number of the session that is open, counted from 1; null: none is. */
  session(): number | null
  close(): Promise<void>
}

const NO_LIMITS = { statementMs: 0, lockMs: 0 }

/** Opens nothing before the first command. One command at a time; others wait for their turn. */
export function openPoolerConsole(options: PoolerConsoleOptions): PoolerConsole {
  const connector = createConnector({ ...options, purpose: 'console', limits: NO_LIMITS })
  const turns = new Turns()
  let open: ServerSession | null = null
  let opened = 0
  const drop = () => {
    open?.destroy()
    open = null
  }
  const openNew = async (limitMs: number, signal: AbortSignal) => {
    const session = await connector.open({ signal, deadline: performance.now() + limitMs })
    opened++
    return session
  }
  const ask = async <Row extends QueryResultRow>(text: string, limitMs: number, signal: AbortSignal) => {
    if (open?.isAlive() === false) drop()
    const old = open
    const session = old ?? (await openNew(limitMs, signal))
    open = session
    try {
      return await session.run<Row>({ text }, signal)
    } catch (error) {
      const isLost = !session.isAlive() || endsSession(error)
      if (signal.aborted || isLost) drop()
      if (signal.aborted) throw error
      // A look may be repeated; another command may have had its effect.
      if (isLost && old && /^SHOW\b/.test(text)) return ask<Row>(text, limitMs, signal)
      throw new FaultError(withHint(connector.faultOf(error, session.endpoint)), { cause: error })
    }
  }
  return {
    async run<Row extends QueryResultRow>(command: string, limitMs: number, signal: AbortSignal) {
      const limit = startWaitLimit({ ms: limitMs, signals: [signal] })
      try {
        return await turns.take(limit.signal, () => ask<Row>(command, limitMs, limit.signal))
      } catch (error) {
        if (error instanceof FaultError) throw error
        throw new FaultError(silence(options.connection, limitMs), { cause: error })
      } finally {
        limit.done()
      }
    },
    session: () => (open?.isAlive() === true ? opened : null),
    async close() {
      await turns.over()
      await open?.end()
      open = null
      connector.close()
    },
  }
}

/** The console has one SQLSTATE for all that it refuses. */
function withHint(fault: Fault): Fault {
  if (/admin access needed/.test(fault.message))
    return { ...fault, code: 'auth', hint: 'Put the user of its dsn into "admin_users" of PgBouncer.' }
  if (/not allowed/.test(fault.message))
    return { ...fault, code: 'auth', hint: 'Put the user of its dsn into "stats_users" of PgBouncer.' }
  return fault
}

function silence({ endpoints: [endpoint] }: ConnectionParameters, limitMs: number): Fault {
  return {
    code: 'timeout',
    message: `the console of PgBouncer at ${endpoint ? endpointName(endpoint) : '?'} did not answer within ${limitMs} ms`,
    hint: 'Look at its process and the load of its host. PAUSE waits for the transactions that are open.',
  }
}

/** A name of a database in a command of the console. Throws for one that the console can't be told: with a quotation mark. */
export function poolName(database: string): string {
  if (database.includes('"') || database === '') throw new Error(`the console takes no such name: ${database}`)
  return `"${database}"`
}
