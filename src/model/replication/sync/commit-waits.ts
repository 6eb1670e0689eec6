// Whether commits of a primary wait for synchronous standbys, and whether enough standbys can confirm them.

import type { DatabasePulse } from '../../measured/pulse.ts'
import { isReadAsPrimary } from '../../picture/roles.ts'
import { listText } from '../../values/text.ts'
import { formatSeconds } from '../../values/units.ts'
import { syncWaitReason } from './sync-wait-reason.ts'

/**
 * - `none`: this server requires no confirmation, and no session waits for one. - `unknown`: hidden from this role. -
 * `enough`: enough standbys can confirm; waiting commits may only be slow. - `too-few`: every synchronous commit waits
 * until more standbys can confirm.
 */
export type CommitWaits =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string; readonly grant: string | null }
  | {
      readonly kind: 'enough' | 'too-few'
      /** Sessions that wait now. */
      readonly waiting: number
      /** How long the statement of the longest has run: PostgreSQL does not report when it began to wait. */
      readonly longestSeconds: number | null
      /** How many standbys are missing beyond those that can confirm. */
      readonly lacking: number
      /** What they wait for, or would wait for. */
      readonly reason: string
    }

/** By the last good reading of a database; `none` for a standby, where no one commits. */
export function commitWaitsOf(pulse: DatabasePulse): CommitWaits {
  if (!isReadAsPrimary({ pulse })) return { kind: 'none' }
  const { commitWaits: waits, synchronousStandbyNames: names, synchronousCommit } = pulse
  const asksNobody = names.trim() === '' || synchronousCommit === 'off' || synchronousCommit === 'local'
  if (!waits) {
    if (asksNobody || waits === undefined) return { kind: 'none' }
    const why = 'this role may not see who waits, and what the standbys confirm'
    return { kind: 'unknown', why, grant: pulse.missing[0]?.grant ?? null }
  }
  if (asksNobody && waits.count === 0) return { kind: 'none' }
  const { needed, qualified, text } = syncWaitReason(names, pulse.senders)
  const lacking = Math.max(0, needed - qualified.length)
  const reason = lacking > 0 ? text : `${text}${notReplayed(pulse)}`
  const kind = lacking > 0 ? 'too-few' : 'enough'
  return { kind, waiting: waits.count, longestSeconds: waits.longestSeconds, lacking, reason }
}

/**
 * With remote_apply, received WAL is not enough: it must be replayed. Any session may ask for that. Then a commit waits
 * although the standby has flushed everything.
 */
function notReplayed({ synchronousCommit, senders, position, commitWaits }: DatabasePulse): string {
  const isDefault = synchronousCommit === 'remote_apply'
  if (!isDefault && (commitWaits?.count ?? 0) === 0) return ''
  const end = position.kind === 'primary' ? position.flushedLsn : null
  const late = senders.filter(
    ({ sync, flushedLsn, replayedLsn }) =>
      (sync === 'sync' || sync === 'quorum') &&
      flushedLsn !== null &&
      replayedLsn !== null &&
      replayedLsn < flushedLsn &&
      (isDefault || (end !== null && flushedLsn >= end)),
  )
  if (late.length === 0) return ''
  const names = listText(late.map(({ applicationName }) => applicationName || '(no name)'))
  const have = late.length === 1 ? 'has' : 'have'
  if (isDefault) return ` (synchronous_commit = remote_apply, and ${names} ${have} not replayed what was received)`
  return ` (${names} ${have} flushed everything and not replayed it: sessions that set synchronous_commit = remote_apply wait for that)`
}

/** `3 commits wait for a synchronous standby, a statement for 12 s`, or what the next commit meets. */
export function commitWaitsText({
  waiting,
  longestSeconds,
  reason,
}: Extract<CommitWaits, { waiting: number }>): string {
  if (waiting === 0) return `the next commit waits for a synchronous standby: ${reason}`
  const count = waiting === 1 ? '1 commit waits' : `${waiting} commits wait`
  const longest = longestSeconds === null ? '' : `, its statement runs for ${formatSeconds(Math.round(longestSeconds))}`
  const since = waiting === 1 ? longest : longest.replace('its statement runs', 'the longest statement runs')
  return `${count} for a synchronous standby${since}: ${reason}`
}
