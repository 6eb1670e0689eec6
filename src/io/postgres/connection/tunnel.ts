// Another way to a server than straight from here: what a session needs of it.

import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import type { Fault } from '../../../model/values/fault.ts'

export type ConnectionEndpoint = ConnectionParameters['endpoints'][number]

export interface Tunnel {
  /**
   * Path of a Unix socket here that leads to the endpoint now. Asked before each new connection. Throws FaultError.
   * Names in certificates are checked against the endpoint's own host all the same.
   */
  ready(endpoint: ConnectionEndpoint, signal: AbortSignal): Promise<string>
  /** Why the connection that just failed did not come through; null when the way told nothing. Never throws. */
  problem(endpoint: ConnectionEndpoint, signal: AbortSignal): Promise<Fault | null>
}
