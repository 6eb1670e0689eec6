// Opens a new session by an address as applications do, also through a pooler, and finds out which server it leads to.

import * as z from 'zod'
import { type FoundServer, isSameServer } from '../../model/measured/server-identity.ts'
import type { ConnectionParameters } from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import { startWaitLimit } from '../network/wait-timeout.ts'
import { endpointName } from '../postgres/connection/postgres-fault.ts'
import type { Tunnel } from '../postgres/connection/tunnel.ts'
import { IDENTITY_COLUMNS, identifyServer, identityIn } from '../postgres/server-identity.ts'
import { createConnector } from '../postgres/session/connector.ts'
import type { ServerSession } from '../postgres/session/server-session.ts'

export interface ReachServerOptions {
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  readonly tunnel?: Tunnel | undefined
  /**
   * A statement that writes and leaves nothing behind, for a server that is not in recovery; null: nothing is written. It
   * may change settings for its transaction only, because the session may be shared.
   */
  readonly write: string | null
  /** Limit for all of it, in milliseconds. */
  readonly limitMs: number
  readonly signal: AbortSignal
}

export interface ReachedServer {
  readonly server: FoundServer
  readonly isStandby: boolean
}

const LIMITS = { statementMs: 5_000, lockMs: 2_000 }
const standbyRow = z.object({ standby: z.boolean() })

/** Throws FaultError, also where the write fails and where it reached another server than the question before. */
export async function reachServer(options: ReachServerOptions): Promise<ReachedServer> {
  const { write, limitMs, signal } = options
  const connection = { ...options.connection, applicationName: 'pgdeck act' }
  const connector = createConnector({ ...options, connection, purpose: 'watch', limits: LIMITS })
  const limit = startWaitLimit({ ms: limitMs, signals: [signal] })
  try {
    const session = await connector.open({ signal: limit.signal, deadline: performance.now() + limitMs })
    try {
      const server = await identifyServer(session, limit.signal)
      const [row] = await session.run({ text: 'SELECT pg_catalog.pg_is_in_recovery() AS standby' }, limit.signal)
      const isStandby = standbyRow.parse(row).standby
      if (write !== null && !isStandby) await writeOn(session, write, server, limit.signal)
      await session.end()
      return { server, isStandby }
    } catch (error) {
      session.destroy()
      if (error instanceof FaultError) throw error
      const fault = limit.signal.aborted ? slow(session, limitMs) : connector.faultOf(error, session.endpoint)
      throw new FaultError(fault, { cause: error })
    }
  } finally {
    limit.done()
    connector.close()
  }
}

/** In one transaction with the question which server it is: the next one of a shared session may be on another. */
async function writeOn(session: ServerSession, write: string, before: FoundServer, signal: AbortSignal): Promise<void> {
  const text = `BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE; ${write}; SELECT ${IDENTITY_COLUMNS}; COMMIT`
  const [row] = await session.bare().run({ text }, signal)
  if (isSameServer(identityIn(row), before.identity)) return
  throw new FaultError({
    code: 'protocol',
    message: `${endpointName(session.endpoint)} leads to several servers at once`,
    hint: 'Look at what is between: it may be about to change where it leads.',
  })
}

function slow({ endpoint }: ServerSession, limitMs: number) {
  return {
    code: 'timeout',
    message: `${endpointName(endpoint)} did not answer within ${limitMs / 1000} s`,
    hint: 'Look at what is between: a pool that is paused, or a proxy without a server, keeps its clients waiting.',
  } as const
}
