// How many connections ordinary users may take, and which limits of the server, a database or a role are reached.

import type { DatabasePulse, SessionCounts } from '../measured/pulse.ts'
import type { Limits } from '../measured/spec.ts'
import type { ConnectionLimit } from '../measured/transactions.ts'
import type { Severity } from '../picture/picture.ts'

/** What ordinary users may take: max_connections without the reserved connections. Every session counts against it. */
export function connectionsForUsers({ max, reserved }: Pick<SessionCounts, 'max' | 'reserved'>): number {
  return Math.max(0, max - reserved)
}

/** Sessions in percent of what ordinary users may take; above 100 where reserved connections are used too. */
export function sessionsPercent(sessions: SessionCounts): number | null {
  const usable = connectionsForUsers(sessions)
  return usable > 0 && sessions.total !== null ? Math.floor((sessions.total * 100) / usable) : null
}

/** `18 of 17 connections for users in use (105 %)`. */
export function sessionsText(sessions: SessionCounts): string {
  const percent = sessionsPercent(sessions)
  const share = percent === null ? '' : ` (${percent} %)`
  return `${sessions.total ?? '?'} of ${connectionsForUsers(sessions)} connections for users in use${share}`
}

/** A limit that refuses users now, or soon. */
export interface ReachedLimit {
  readonly severity: Severity
  readonly text: string
}

/**
 * Limits that refuse users, the worst first. The server's own limit counts once it is reached: `sessions` reports how
 * full it is. A database counts by the limits in percent. A role counts once its limit is reached, as a warning: a pool
 * of that size is full on purpose.
 */
export function reachedLimits(
  { sessions, connectionLimits }: Pick<DatabasePulse, 'sessions' | 'connectionLimits'>,
  limits: Limits,
): readonly ReachedLimit[] {
  const { max, reserved, total } = sessions
  const usable = connectionsForUsers(sessions)
  const server: ReachedLimit = {
    severity: 'critical',
    text: `no connection is left for users: ${total} of ${usable} are in use (max_connections ${max}, ${reserved} reserved)`,
  }
  const reached = (connectionLimits ?? []).flatMap((limit) => reachedLimit(limit, limits))
  const all = [...(usable > 0 && total !== null && total >= usable ? [server] : []), ...reached]
  return [...all.filter(({ severity }) => severity === 'critical'), ...all.filter((one) => one.severity === 'warning')]
}

function reachedLimit({ kind, name, limit, used }: ConnectionLimit, limits: Limits): readonly ReachedLimit[] {
  const percent = (used * 100) / limit
  const text = `${kind} ${name} has ${used} of the ${limit} connections of its CONNECTION LIMIT`
  if (kind === 'role') return used >= limit ? [{ severity: 'warning', text }] : []
  if (percent >= limits.critical) return [{ severity: 'critical', text }]
  return percent >= limits.warning ? [{ severity: 'warning', text }] : []
}
