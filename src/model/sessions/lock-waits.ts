// Sessions that wait for locks, in words: how many, how long the longest has, and behind whom.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { LockWaitFacts } from '../measured/transactions.ts'
import { formatSeconds } from '../values/units.ts'

/** The process that holds up the longest waiter. */
export type LockRoot = NonNullable<NonNullable<LockWaitFacts['longest']>['behind']>

/** Seconds that the longest has waited; 0 if no wait is older than 2 s, null if unknown. */
export function lockWaitSeconds({ lockWaits }: Pick<DatabasePulse, 'lockWaits'>): number | null {
  if (!lockWaits) return null
  if (lockWaits.longest === undefined && lockWaits.count > 0) return null
  return lockWaits.longest?.seconds ?? 0
}

/** The root of the longest wait, if it is a session that can be cancelled or terminated; null if not, or unknown. */
export function lockRootSession({ lockWaits }: Pick<DatabasePulse, 'lockWaits'>): LockRoot | null {
  const root = lockWaits?.longest?.behind
  return root && root.pid > 0 && root.kind === 'client backend' ? root : null
}

/** `51 sessions wait for locks, the longest for 3 min, behind process 24960 (legacy-cron, idle in transaction)`. */
export function lockWaitsText({ count, longest }: LockWaitFacts): string {
  if (count === 0) return 'no session waits for a lock'
  const behind = longest?.behind ? `behind ${lockRootText(longest.behind)}` : ''
  const time = longest ? formatSeconds(Math.round(longest.seconds)) : ''
  if (count === 1) return ['1 session waits for a lock', time && `for ${time}`, behind].filter(Boolean).join(' ')
  return [`${count} sessions wait for locks`, time && `the longest for ${time}`, behind].filter(Boolean).join(', ')
}

/** `process 24960 (legacy-cron, idle in transaction)`. */
export function lockRootText({ pid, others, application, kind, state, waits }: LockRoot): string {
  const more = others > 0 ? ` and ${others} more` : ''
  // The lock manager knows prepared transactions by no process.
  if (pid <= 0) return `a prepared transaction${more}`
  if (kind === 'startup') return `replay (process ${pid})${more}`
  const does = waits ? 'waits too' : state
  const facts = [application || (kind === 'client backend' ? null : kind), does].filter((fact) => fact)
  return `process ${pid}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}${more}`
}
