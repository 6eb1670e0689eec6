// The limits of sessions: of their time, within that of the target, and of logins without a second session.

import { startWaitLimit, type WaitLimit } from '../../network/wait-timeout.ts'
import type { ConnectLimit } from './connector.ts'
import type { SessionTimeouts } from './session-settings.ts'

/** The server's own timeout comes before ours, because its answer gives the reason. */
export function limitsWithin(timeoutMs: number): SessionTimeouts {
  const part = (share: number) => Math.max(1, Math.floor(timeoutMs * share))
  return { statementMs: part(0.8), lockMs: part(0.7) }
}

/** Ends a little before the caller's own limit, so that the fault with the reason is the one reported. */
export function limitOf(timeoutMs: number, signals: readonly AbortSignal[]): ConnectLimit & WaitLimit {
  const ms = timeoutMs - Math.min(50, timeoutMs * 0.05)
  return { ...startWaitLimit({ ms, signals }), deadline: performance.now() + ms }
}

/** After so many logins a second session is tried again: the limit of a role may be raised. A refused one is a line of the server log. */
export const LOGINS_ALONE = 12
