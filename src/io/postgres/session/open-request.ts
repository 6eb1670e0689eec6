// What it takes to open a session with a peer, and what comes of it.

import type { ServerSession } from './server-session.ts'
import type { SessionPurpose, SessionSettings, SessionTimeouts } from './session-settings.ts'

export interface OpenedSession {
  readonly session: ServerSession
  /** Whether it is in recovery; null for the replication protocol, where that can't be asked. */
  readonly standby: boolean | null
}

export interface OpenSessionRequest {
  readonly purpose: SessionPurpose
  readonly limits: SessionTimeouts
  /** More settings; those that the server does not know or the role may not set are left out. */
  readonly wishes: SessionSettings
  /** The server's own default of read-only is not touched: for a look at it. */
  readonly withDefault: boolean
  /** Opens a session with these start-up options. */
  readonly open: (settings: SessionSettings) => Promise<ServerSession>
  readonly signal: AbortSignal
}
