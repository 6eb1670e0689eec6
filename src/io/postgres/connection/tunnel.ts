// Another path to a server than a direct connection: what a session needs of it.

import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import type { Fault } from '../../../model/values/fault.ts'

export type ConnectionEndpoint = ConnectionParameters['endpoints'][number]

export interface Tunnel {
  /**
   * Returns the path of a local Unix socket that leads to the endpoint now. Called before each new connection. Throws
   * FaultError. Names in certificates are still compared with the endpoint's own host.
   */
  ready(endpoint: ConnectionEndpoint, signal: AbortSignal): Promise<string>
  /** Returns why the connection that just failed could not be forwarded; null if unknown. Never throws. */
  problem(endpoint: ConnectionEndpoint, signal: AbortSignal): Promise<Fault | null>
}
