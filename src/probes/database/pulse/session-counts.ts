// The counts of sessions, without those that this role can't know.

import type { SessionCounts } from '../../../model/measured/pulse.ts'

/** What is not tracked may run a statement, or be idle in a transaction: never 0. */
export function tracked({ untracked = 0, ...counts }: SessionCounts): SessionCounts {
  return untracked === 0 ? counts : { ...counts, untracked, active: null, idleInTransaction: null }
}

/** A role that sees only its own sessions would report them as all sessions. These counts are set to null. */
export function withoutOthers({ total, max, reserved }: SessionCounts): SessionCounts {
  return {
    total,
    max,
    reserved,
    active: null,
    idleInTransaction: null,
    waiting: null,
    longestIdleInTransactionSeconds: null,
  }
}
