// Warnings about a promotion that do not prevent it.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import { restoresFromArchive } from '../picture/archive-source.ts'
import type { FailoverEstimate, Lag } from '../picture/picture.ts'
import { isFlowing } from '../picture/status.ts'
import { isReceiverUnknown } from '../picture/unknown-receiver.ts'
import { isReplayPaused, lagOfLink } from '../replication/lag.ts'
import type { Member } from '../replication/member.ts'
import { NEGLIGIBLE_BACKLOG_BYTES, replayCapacity } from '../replication/rates.ts'
import { replayStallOf, replayStallText } from '../replication/replay-stall.ts'
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
  { lossBytes, lossBound, missing }: LossFigures,
  snapshot: ClusterSnapshot,
  now: number,
): readonly string[] {
  const { member, link } = best
  const isConnected = link !== null && isFlowing(link.state)
  const isOld = member.readAt !== null && now - member.readAt > 2 * snapshot.intervalMs
  return [
    ...unknownWrites(primary.name, basis, lossBound),
    ...byArchive(primary.name, best, basis, missing),
    ...(basis.kind !== 'last-seen' && !isConnected && !restoresFromArchive(member) ? [unconnected(member)] : []),
    ...(isConnected ? replayLag(member.name, lagOfLink(link, now), snapshot) : []),
    ...(lossBytes === null && missing === null && basis.lsn !== null
      ? [`what ${member.name} has received is unknown`]
      : []),
    ...endOfDelay(member),
    ...(replayHold(member) ?? unknownReplayRate(member)),
    ...(isOld ? [`${member.name} was read ${formatAge(now - (member.readAt ?? now))} ago`] : []),
  ]
}

function unconnected(member: Member): string {
  return isReceiverUnknown(member)
    ? `${member.name} does not tell whether it receives what is written now`
    : `${member.name} is disconnected: it receives nothing that is written now`
}

interface LossFigures extends Pick<FailoverEstimate, 'lossBytes' | 'lossBound'> {
  /** What the candidate lacked of what is known of the primary, whether or not an archive holds it. */
  readonly missing: number | null
}

/** Whatever was read of such a standby promises nothing: what counts is what the archive holds in the end. */
function byArchive(
  primary: string,
  { member }: FailoverCandidate,
  { kind }: LossBasis,
  missing: number | null,
): readonly string[] {
  if (!restoresFromArchive(member) || (kind === 'last-seen' && missing === 0)) return []
  const lack = missing === null ? '' : `, which lacked ${formatBytes(missing)} when last read`
  const loss =
    kind === 'live'
      ? `what ${primary} has not archived when it fails is lost`
      : `how much of what ${primary} wrote last the archive holds is unknown`
  return [`${member.name} is fed by an archive (restore_command)${lack}: ${loss}`]
}

/** What an unreadable primary may have written after its last reading. */
function unknownWrites(name: string, basis: LossBasis, lossBound: FailoverEstimate['lossBound']): readonly string[] {
  if (basis.kind !== 'last-seen') return []
  const ago = `${formatAge(basis.ageMs)} ago`
  if (lossBound === 'none-confirmed')
    return [`no commit that was confirmed by the last reading, ${ago}, is lost only ${UNLESS_SYNC_COMMIT_OFF}`]
  if (basis.lsn === null) return [`what ${name} had written last is unknown`]
  return [`what ${name} wrote after it was last seen, ${ago}, is unknown`]
}

function replayLag(name: string, { seconds, bytes }: Lag, { spec }: ClusterSnapshot): readonly string[] {
  if ((seconds ?? 0) >= NOTABLE_SECONDS) return [`${name} replays ${formatSeconds(seconds ?? 0)} behind`]
  const isNotable = (bytes ?? 0) >= spec.thresholds.replicationLagBytes.warning
  return isNotable ? [`${name} replays ${formatBytes(bytes ?? 0)} behind`] : []
}

/** A promotion applies all received WAL, whatever the delay. */
function endOfDelay(member: Member): readonly string[] {
  const delayMs = member.pulse?.applyDelayMs ?? 0
  return delayMs > 0
    ? [`${member.name} replays with a delay of ${formatSeconds(delayMs / 1000)}: promoting it ends that`]
    : []
}

/** What holds replay up also holds the promotion up, however fast replay is otherwise. */
function replayHold({ name, pulse, record }: Member): readonly string[] | null {
  const stall = replayStallOf({ pulse, history: record.history })
  if (stall === null || stall === 'unknown' || !stall.delaysPromotion) return null
  return [`${name} can’t be promoted before this ends: ${replayStallText(stall)}`]
}

function unknownReplayRate(member: Member): readonly string[] {
  const backlog = replayBacklogBytes(member)
  if (backlog === null || backlog <= NEGLIGIBLE_BACKLOG_BYTES || replayCapacity(member.record.history) !== null)
    return []
  return [`how fast ${member.name} replays is unknown ${isReplayPaused(member) ? 'while it is paused' : 'yet'}`]
}
