// What the sessions of a database do, as counts that add up.

import type { SessionCounts } from '../measured/pulse.ts'

export interface SessionStates {
  readonly running: number
  /** They run a statement that waits for a lock. */
  readonly waiting: number
  readonly idleInTransaction: number
  /** Without that of pgdeck. */
  readonly idle: number
}

/** null: this role may not see what others do, or some are not tracked. */
export function sessionStates({ total, active, idleInTransaction, waiting }: SessionCounts): SessionStates | null {
  if (total === null || active === null || idleInTransaction === null || waiting === null) return null
  // A parallel worker can wait for the statement of its session.
  const waits = Math.min(waiting, active)
  const idle = Math.max(0, total - 1 - active - idleInTransaction)
  return { running: active - waits, waiting: waits, idleInTransaction, idle }
}
