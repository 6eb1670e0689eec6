// The result of a configured host that tried a port of a target.

import type { Fault } from '../values/fault.ts'

/** One attempt to open a TCP connection from a host. */
export interface HostPortCheck {
  /** Id of the host; null: this host, tried at the same time for comparison. */
  readonly hostId: string | null
  /** Id of the server or database. */
  readonly targetId: string
  /** null: the port accepted the connection. */
  readonly fault: Fault | null
  /** Milliseconds since the epoch. */
  readonly at: number
}
