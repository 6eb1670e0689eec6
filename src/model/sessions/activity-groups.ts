// Sessions summed up by what they have in common, and the kinds of session that a view shows or leaves out.

import type { SessionRow } from '../measured/on-demand.ts'

const SESSION_GROUPINGS = ['application', 'user', 'database', 'client', 'state'] as const
export type SessionGrouping = (typeof SESSION_GROUPINGS)[number]

export interface ActivityGroup {
  /** What they have in common; null: none, or hidden from this role. */
  readonly key: string | null
  readonly sessions: number
  /** null where this role may not look into all of them. */
  readonly running: number | null
  readonly idleInTransaction: number | null
  /** Sessions that wait for a lock or for a synchronous standby. */
  readonly waiting: number | null
  /** null without a transaction, or where one may be hidden. */
  readonly longestTransactionSeconds: number | null
}

/** True for a session that this role may not look into: what it does is unknown. */
export function isHiddenSession(session: SessionRow): boolean {
  return session.startedAt === null
}

/** True where nobody is told what it does: hidden from this role, or not tracked (track_activities). */
export function isUnknownSession(session: SessionRow): boolean {
  return isHiddenSession(session) || session.state === 'disabled'
}

/** True while it waits for a lock of another session or for a synchronous standby. */
export function isWaitingSession({ waitType, wait }: SessionRow): boolean {
  return waitType === 'Lock' || wait === 'SyncRep'
}

/** True while it works on a statement, also one that waits. */
export function isRunningSession({ state }: SessionRow): boolean {
  return state === 'active' || state === 'fastpath'
}

/** True while its transaction is open and nothing happens in it. */
export function isIdleInTransaction({ state }: SessionRow): boolean {
  return state === 'idle in transaction' || state === 'idle in transaction (aborted)'
}

/** True for what an application, a tool or a person opened; not for the server's own processes and replication. */
export function isClientSession({ kind }: SessionRow): boolean {
  return kind === 'client backend'
}

/** Groups with most sessions first, then by name. */
export function groupSessions(sessions: readonly SessionRow[], by: SessionGrouping): readonly ActivityGroup[] {
  const groups = Map.groupBy(sessions, (session) => session[by] || null)
  return [...groups]
    .map(([key, members]) => groupOf(key, members))
    .sort((one, other) => other.sessions - one.sessions || compare(one.key ?? '', other.key ?? ''))
}

function groupOf(key: string | null, members: readonly SessionRow[]): ActivityGroup {
  const open = !members.some(isUnknownSession)
  const count = (is: (session: SessionRow) => boolean) => (open ? members.filter(is).length : null)
  const ages = members.flatMap((session) => session.transactionSeconds ?? [])
  return {
    key,
    sessions: members.length,
    running: count(isRunningSession),
    idleInTransaction: count(isIdleInTransaction),
    waiting: count(isWaitingSession),
    longestTransactionSeconds: open && ages.length > 0 ? ages.reduce((one, other) => Math.max(one, other)) : null,
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
