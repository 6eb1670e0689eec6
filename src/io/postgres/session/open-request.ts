// What it takes to open a session with a peer, and what comes of it.

import type { ServerSession } from './server-session.ts'
import type { ServerLimits, SessionPurpose, Settings } from './session-settings.ts'

export interface Opened {
  readonly session: ServerSession
  /** Whether it is in recovery; null for the replication protocol, where that can't be asked. */
  readonly standby: boolean | null
}

export interface Opening {
  readonly purpose: SessionPurpose
  readonly limits: ServerLimits
  /** More settings; those that the server does not know or the role may not set are left out. */
  readonly wishes: Settings
  /** The server's own default of read-only is not touched: for a look at it. */
  readonly withDefault: boolean
  /** Opens a session with these start-up options. */
  readonly open: (settings: Settings) => Promise<ServerSession>
  readonly signal: AbortSignal
}
