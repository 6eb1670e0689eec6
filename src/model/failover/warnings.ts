// What speaks not against a promotion but should be known before it.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { FailoverEstimate } from '../picture/picture.ts'
import { isFlowing } from '../picture/status.ts'
import { isReplayPaused, lagOfLink } from '../replication/lag.ts'
import type { Member } from '../replication/member.ts'
import { NEGLIGIBLE_BACKLOG_BYTES, replayCapacity } from '../replication/rates.ts'
import { formatAge, formatBytes, formatSeconds } from '../values/units.ts'
import type { FailoverCandidate } from './candidate.ts'
import { type LossBasis, replayBacklogBytes } from './loss-basis.ts'
import { UNLESS_SYNC_COMMIT_OFF } from './loss-text.ts'

/** A lag below this is not worth a warning. */
const NOTABLE_SECONDS = 1

/** The warnings of promoting `best` when `primary` fails. */
export function failoverWarnings(
  primary: Member,
  best: FailoverCandidate,
  basis: LossBasis,
  { lossBytes, lossBound }: Pick<FailoverEstimate, 'lossBytes' | 'lossBound'>,
  snapshot: ClusterSnapshot,
  now: number,
): readonly string[] {
  const { member, link } = best
  const warnings: string[] = []
  const lag = link ? lagOfLink(link, now) : null
  const connected = link !== null && isFlowing(link.state)
  if (basis.kind === 'last-seen') {
    warnings.push(
      lossBound === 'none-confirmed'
        ? `no commit that was confirmed by the last reading, ${formatAge(basis.ageMs)} ago, is lost only ${UNLESS_SYNC_COMMIT_OFF}`
        : basis.lsn === null
          ? `what ${primary.name} had written last is unknown`
          : `what ${primary.name} wrote after it was last seen, ${formatAge(basis.ageMs)} ago, is unknown`,
    )
  } else if (!connected) warnings.push(`${member.name} is disconnected: it receives nothing that is written now`)
  if (connected && (lag?.seconds ?? 0) >= NOTABLE_SECONDS) {
    warnings.push(`${member.name} replays ${formatSeconds(lag?.seconds ?? 0)} behind`)
  } else if (connected && (lag?.bytes ?? 0) >= snapshot.spec.thresholds.replicationLagBytes.warning) {
    warnings.push(`${member.name} replays ${formatBytes(lag?.bytes ?? 0)} behind`)
  }
  if (lossBytes === null && basis.lsn !== null) warnings.push(`what ${member.name} has received is unknown`)
  const backlog = replayBacklogBytes(member)
  if (backlog !== null && backlog > NEGLIGIBLE_BACKLOG_BYTES && replayCapacity(member.record.history) === null) {
    const paused = isReplayPaused(member) ? 'while it is paused' : 'yet'
    warnings.push(`how fast ${member.name} replays is unknown ${paused}`)
  }
  if (member.readAt !== null && now - member.readAt > 2 * snapshot.intervalMs) {
    warnings.push(`${member.name} was read ${formatAge(now - member.readAt)} ago`)
  }
  return warnings
}
