// What a host of the config found when it tried to connect to a port of a target.

import type { Fault } from '../values/fault.ts'

/** One try to open a TCP connection, made on a host and not here. */
export interface HostPortCheck {
  /** Id of the host; null: this one, tried at the same time to compare. */
  readonly hostId: string | null
  /** Id of the server or database. */
  readonly targetId: string
  /** null: the port took the connection. */
  readonly fault: Fault | null
  /** Milliseconds since the epoch. */
  readonly at: number
}
