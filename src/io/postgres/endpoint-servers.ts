// Finds which servers answer at one address: opens several sessions one after another and ends each. It only reads.

import type { FoundServer } from '../../model/measured/server-identity.ts'
import type { ConnectionParameters } from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import { startWaitLimit } from '../network/wait-timeout.ts'
import type { Tunnel } from './connection/tunnel.ts'
import { identifyServer } from './server-identity.ts'
import { type Connector, createConnector } from './session/connector.ts'

export interface EndpointServersOptions {
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  /** Limit of each session, in milliseconds. */
  readonly connectMs: number
  readonly tunnel?: Tunnel | undefined
  readonly signal: AbortSignal
}

const LIMITS = { statementMs: 5_000, lockMs: 2_000 }

/** Returns the server of each of that many new sessions. A load balancer gives them different ones. Throws FaultError. */
export async function serversBehindEndpoint(
  options: EndpointServersOptions,
  sessions: number,
): Promise<readonly FoundServer[]> {
  const connection = { ...options.connection, applicationName: 'pgdeck plan' }
  const connector = createConnector({ ...options, connection, purpose: 'plan', limits: LIMITS })
  const servers: FoundServer[] = []
  for (let number = 0; number < sessions; number++) servers.push(await next(connector, options))
  return servers
}

async function next(connector: Connector, { connectMs, signal }: EndpointServersOptions): Promise<FoundServer> {
  const limit = startWaitLimit({ ms: connectMs, signals: [signal] })
  try {
    const session = await connector.open({ signal: limit.signal, deadline: performance.now() + connectMs })
    try {
      return await identifyServer(session, limit.signal)
    } catch (error) {
      throw error instanceof FaultError
        ? error
        : new FaultError(connector.faultOf(error, session.endpoint), { cause: error })
    } finally {
      await session.end()
    }
  } finally {
    limit.done()
  }
}
