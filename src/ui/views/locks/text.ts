// The activity or wait of a session in words, for cells, sentences and details.

import type { WantedLock } from '../../../model/measured/on-demand.ts'
import { isHiddenSession } from '../../../model/sessions/activity-groups.ts'
import { UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type LockWaitRow, lockSessionOf } from './rows.ts'

/** `accounts: AccessExclusive`, `row of accounts: Share`. The suffix Lock is redundant here. */
export function lockWaitText(wanted: WantedLock): string {
  return `${wantedText(wanted)}: ${wanted.mode.replace(/Lock$/, '')}`
}

/** The locked object. For a row, a session waits for the transaction that changed it last, or for its turn. */
function wantedText({ type, relation, advisory }: WantedLock): string {
  switch (type) {
    case 'relation':
      return relation ?? 'a relation'
    case 'transactionid':
      return relation === null ? 'end of a transaction' : `row of ${relation}`
    case 'tuple':
      return relation === null ? 'a row' : `row of ${relation}`
    case 'virtualxid':
      return 'end of a transaction'
    case 'advisory':
      return advisory ? `advisory lock ${advisory.key}` : 'advisory lock'
    case 'extend':
      return relation === null ? 'a file to grow' : `${relation} to grow`
    default:
      return relation === null ? type : `${type} of ${relation}`
  }
}

/** The activity of a row, or else its wait: `idle in transaction`, `row of accounts: Share`. */
export function lockActivityText(row: LockWaitRow): string {
  const session = lockSessionOf(row)
  if (!session) return row.waiter.kind === 'prepared' ? 'prepared transaction' : 'has ended just now'
  if (session.waitsFor) return `${row.waiter.inCycle ? 'deadlock, ' : ''}${lockWaitText(session.waitsFor)}`
  if (session.state === 'disabled') return NOT_TRACKED
  if (session.state !== null) return session.state
  return isHiddenSession(session) ? UNKNOWN_TEXT : (session.kind ?? UNKNOWN_TEXT)
}

/** Replaces the activity of a session whose track_activities is off. */
const NOT_TRACKED = `${UNKNOWN_TEXT} not tracked`

/** The duration of the activity or wait, in seconds; null if unknown. */
export function lockActivitySeconds(row: LockWaitRow): number | null {
  const { waiter } = row
  if (waiter.kind === 'unseen') return null
  if (waiter.kind === 'prepared') return waiter.transaction?.ageSeconds ?? null
  return waiter.session.waitsFor ? waiter.session.waitSeconds : waiter.session.stateSeconds
}

/** Age of its transaction in seconds; null without one or if unknown. */
export function transactionSeconds({ waiter }: LockWaitRow): number | null {
  if (waiter.kind === 'session') return waiter.session.transactionSeconds
  return waiter.kind === 'prepared' ? (waiter.transaction?.ageSeconds ?? null) : null
}

/** Name of the database inside the server; null if unknown. */
export function lockDatabaseText({ waiter }: LockWaitRow): string | null {
  if (waiter.kind === 'session') return waiter.session.database
  return waiter.kind === 'prepared' ? (waiter.transaction?.database ?? null) : null
}

/** The user or owner; null if unknown. */
export function lockUserText({ waiter }: LockWaitRow): string | null {
  if (waiter.kind === 'session') return waiter.session.user
  return waiter.kind === 'prepared' ? (waiter.transaction?.owner ?? null) : null
}

/** Its application; for processes of the server their type: `startup`, `autovacuum worker`. */
export function lockApplicationText(row: LockWaitRow): string | null {
  const session = lockSessionOf(row)
  if (!session) return null
  return session.application || (session.kind === 'client backend' ? null : session.kind)
}
