// The oldest transaction and the longest statement of a session, and the prepared transactions of a primary, as figures.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { DatabaseView } from '../picture/picture.ts'
import { isPrimary } from '../picture/roles.ts'
import { hiddenSessionsOf } from './hidden-sessions.ts'

/** Age of the oldest transaction; 0 without one; null if not all sessions are visible. */
export function longestTransactionSeconds(pulse: DatabasePulse | null): number | null {
  const facts = pulse?.transactions
  return facts?.oldest?.seconds ?? (facts && pulse && hiddenSessionsOf(pulse) === null ? 0 : null)
}

/** How long the longest statement has run; 0 without one; null if not all sessions are visible. */
export function longestStatementSeconds(pulse: DatabasePulse | null): number | null {
  if (pulse?.longestStatement === undefined) return null
  return pulse.longestStatement?.seconds ?? (hiddenSessionsOf(pulse) === null ? 0 : null)
}

/** null: not a primary, or not read. `oldestSeconds` is 0 without one. */
export function preparedTransactions(
  view: Pick<DatabaseView, 'role' | 'pulse'>,
): { readonly count: number; readonly oldestSeconds: number } | null {
  const prepared = isPrimary(view) ? view.pulse?.transactions?.prepared : null
  return prepared ? { count: prepared.count, oldestSeconds: prepared.oldest?.seconds ?? 0 } : null
}
