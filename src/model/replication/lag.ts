// How far a downstream is behind its source: bytes first, per stage; seconds only where something is unapplied.

import { auroraRowOf } from '../measured/managers/aurora.ts'
import type { DatabasePulse } from '../measured/pulse.ts'
import { unfinishedFileBytes } from '../picture/archive-source.ts'
import type { Lag } from '../picture/picture.ts'
import { endOfWal, isReadAsPrimary, standbyPositionOf } from '../picture/roles.ts'
import { isFlowing } from '../picture/status.ts'
import { bytesBetween, furthestLsn, type Lsn } from '../values/lsn.ts'
import { lastSeenPrimaryOf, type Member } from './member.ts'
import { crossedAt, replayRate, walWriteRate } from './rates.ts'
import { waitsForDelay } from './replay-stall.ts'
import type { ReplicationLink } from './replication-link.ts'
import { areComparableTimelines, timelineOfMember } from './timelines.ts'

/** A standby that has something to flush or to apply says so at once. */
const MOST_SILENT_SECONDS = 1

export const UNKNOWN_LAG: Lag = {
  bytes: null,
  seconds: null,
  sentBytes: null,
  writtenBytes: null,
  flushedBytes: null,
  replayedBytes: null,
}

/** How far each stage has come, by whichever end was read later: positions only grow, so the further is the newer. */
interface Stages {
  readonly sent: Lsn | null
  readonly written: Lsn | null
  readonly flushed: Lsn | null
  readonly replayed: Lsn | null
}

/** Position 0/0 means "nothing yet", and a sender that has only just started has no positions to speak of. */
function stagesOf({ sender, downstream }: ReplicationLink): Stages {
  const usable = sender && sender.state !== 'startup' && sender.state !== 'backup' ? sender : null
  const standby = downstream ? standbyPositionOf(downstream) : null
  const replayed = furthestLsn(usable?.replayedLsn, standby?.replayedLsn)
  const flushed = furthestLsn(usable?.flushedLsn, standby?.receivedLsn, standby?.receiver?.flushedLsn, replayed)
  const written = furthestLsn(usable?.writtenLsn, flushed)
  return {
    sent: known(furthestLsn(usable?.sentLsn, written)),
    written: known(written),
    flushed: known(flushed),
    replayed: known(replayed),
  }
}

function known(lsn: Lsn | null): Lsn | null {
  return lsn === 0n ? null : lsn
}

/** The source's position: its own reading or what its downstream has heard since, whichever is further. */
function upstreamPosition(edge: ReplicationLink): Lsn | null {
  return furthestLsn(toldPosition(edge), edge.downstream ? standbyPositionOf(edge.downstream)?.receivedLsn : null)
}

/** What the source was heard to have; that it must have what its standby received says nothing about how far it is. */
function toldPosition({ upstream, sender, downstream }: ReplicationLink): Lsn | null {
  const standby = downstream ? standbyPositionOf(downstream) : null
  const own = upstream ? endOfWal(upstream) : null
  const lastSeen = upstream && !upstream.isFresh ? lastSeenPrimaryOf(upstream)?.lsn : null
  return furthestLsn(own, lastSeen, sender?.sentLsn, standby?.receiver?.latestEndLsn)
}

/**
 * Lag of a link. Every byte figure is the distance from the source's current position to that stage, so `replayedBytes`
 * is the whole (`bytes`) and `sentBytes` what the source has not sent yet. Never negative. `primary` wrote the commits that are
 * replayed: the time of each is by its clock.
 */
export function lagOfLink(edge: ReplicationLink, now: number, primary: Member | null = edge.upstream): Lag {
  if (edge.state === 'shared-storage') return sharedStorageLag(edge)
  const source = upstreamPosition(edge)
  if (source === null || isOnAnotherTimeline(edge)) return UNKNOWN_LAG
  const stages = stagesOf(edge)
  const behind = (stage: Lsn | null) => (stage === null ? null : bytesBetween(source, stage))
  // An archiver replays nothing: what it has not written is what it is behind.
  const bytes = behind(edge.kind === 'archiver' ? stages.written : stages.replayed)
  // Received and not yet applied is a lag for sure; having applied all that came is none only where the source is known.
  if (toldPosition(edge) === null) {
    return bytes === 0 ? UNKNOWN_LAG : { ...UNKNOWN_LAG, bytes, replayedBytes: bytes, atLeast: true }
  }
  return {
    bytes,
    seconds: bytes === null ? null : lagSeconds(edge, bytes, stages, { now, primary }),
    sentBytes: behind(stages.sent),
    writtenBytes: behind(stages.written),
    flushedBytes: behind(stages.flushed),
    replayedBytes: behind(stages.replayed),
    ...unfinishedIn(edge),
    // Of a source that is not watched a connected standby is all there is to hear; one that is, is to be read itself.
    ...((edge.upstream ? edge.upstream.isFresh : isFlowing(edge.state)) ? {} : { atLeast: true }),
  }
}

/** As its service tells: positions of Aurora are none of WAL. */
function sharedStorageLag({ downstream }: ReplicationLink): Lag {
  const lagMs = downstream ? auroraRowOf(downstream)?.lagMs : null
  return lagMs == null ? UNKNOWN_LAG : { ...UNKNOWN_LAG, seconds: lagMs / 1000 }
}

/** A WAL file is archived when it is full, or by archive_timeout: what is in the one that is written can't be in the archive. */
function unfinishedIn({ upstream, state }: ReplicationLink): Pick<Lag, 'inUnfinishedFile'> {
  const bytes = state === 'archive' && upstream ? unfinishedFileBytes(upstream) : null
  return bytes === null ? {} : { inUnfinishedFile: bytes }
}

/** While it is connected, a standby goes along with the timelines of its source. */
function isOnAnotherTimeline({ upstream, downstream, state }: ReplicationLink): boolean {
  if (isFlowing(state) || !upstream || !downstream) return false
  return !areComparableTimelines(timelineOfMember(upstream), timelineOfMember(downstream))
}

interface LagMoment {
  readonly now: number
  readonly primary: Member | null
}

function lagSeconds(edge: ReplicationLink, bytes: number, stages: Stages, { now, primary }: LagMoment): number | null {
  const { upstream, downstream, sender, state } = edge
  if (state === 'archive') return archiveSeconds(edge, bytes, stages, now)
  if (!isFlowing(state)) return outageSeconds(edge, bytes, stages, now)
  if (bytes === 0) return 0
  const passing = crossingOf(upstream, stages)
  const byHistory = passing ? Math.max(0, (newestReading(edge, now) - passing.at) / 1000) : null
  const byCommit = downstream?.isFresh ? ageOfLastCommit(downstream, primary) : null
  // All that was received is applied: what is left is on its way, or was written between two readings.
  if (byCommit === 0) return isAllFlushed(edge) ? 0 : least(byHistory, sender?.replayLagSeconds ?? null)
  if (passing?.exact) return least(byHistory, byCommit)
  // Age of the last applied commit is too much on a quiet primary, the past seen here too little when it is short.
  if (byCommit !== null) return Math.max(byHistory ?? 0, byCommit)
  // Without a commit to go by nothing is told: its source was past that position when it was read first, and may have been for long.
  if (downstream?.isFresh) return null
  // Of a standby that is not read, a first reading of its source tells no time at all: that is not 0.
  return byHistory || toldBySource(edge)
}

/** A standby whose clock differs by less from the clock of this host is held to agree with one that can't be read. */
const NO_SKEW_MS = 2000

/**
 * The age of the last commit that was applied: the standby reckons it with its own clock, from a time by the clock of the
 * primary. While it holds back the next commit on purpose, no more than that can be old. null where it has applied none, and
 * where the two clocks can't be compared and its own is not that of this host.
 */
function ageOfLastCommit(standby: Member, primary: Member | null): number | null {
  const told = standbyPositionOf(standby)?.applyLagSeconds ?? null
  if (!told || !standby.pulse) return told
  const age = Math.min(told, heldBackSeconds(standby.pulse) ?? told)
  const { clockOffsetMs: own, roundTripMs } = standby.pulse
  const clock = primary && isReadAsPrimary(primary) ? primary.pulse : null
  if (!clock) return Math.abs(own) <= NO_SKEW_MS ? age : null
  const apart = own - clock.clockOffsetMs
  const isKnown = Math.abs(apart) > (roundTripMs + clock.roundTripMs) / 2
  return isKnown ? Math.max(0, age - apart / 1000) : age
}

/** At most so old is the next commit, by the clock of the standby, while that holds it back on purpose; null: it does not. */
function heldBackSeconds(pulse: DatabasePulse): number | null {
  return waitsForDelay(pulse) && pulse.applyDelayMs ? pulse.applyDelayMs / 1000 : null
}

/** When the source was where the standby has come to by now, by the readings that are kept. */
function crossingOf(upstream: Member | null, { replayed }: Stages) {
  return upstream && replayed !== null ? crossedAt(upstream.record.history, replayed) : null
}

/** When the later of both ends was read; now, where neither can be. */
function newestReading({ upstream, downstream }: ReplicationLink, now: number): number {
  const readAt = (end: Member | null) => (end?.isFresh ? (end.readAt ?? 0) : 0)
  return Math.max(readAt(upstream), readAt(downstream)) || now
}

/** Whether the standby has flushed everything up to the end of its source's WAL. */
function isAllFlushed({ upstream, sender }: ReplicationLink): boolean {
  if (!upstream?.isFresh || sender?.flushedLsn == null) return false
  return bytesBetween(endOfWal(upstream) ?? 0n, sender.flushedLsn) === 0
}

/** The source's replay_lag stays as it was when the standby falls silent: it counts only while that answers. */
function toldBySource({ sender }: ReplicationLink): number | null {
  if (sender?.replyAgeSeconds == null || sender.replyAgeSeconds > MOST_SILENT_SECONDS) return null
  return sender.replayLagSeconds
}

function least(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.min(one, other)
}

/** Since when the source has been past what was restored; without a reading of that moment only the archive could tell. */
function archiveSeconds(edge: ReplicationLink, bytes: number, stages: Stages, now: number): number | null {
  if (!edge.upstream?.isFresh) return null
  if (bytes === 0) return 0
  const passing = crossingOf(edge.upstream, stages)
  return passing?.exact ? Math.max(0, (newestReading(edge, now) - passing.at) / 1000) : null
}

/** For a link that is down: since when the source has been ahead. Nothing is known of a source that can't be read. */
function outageSeconds(
  { upstream, downstream }: ReplicationLink,
  bytes: number,
  stages: Stages,
  now: number,
): number | null {
  if (bytes === 0) return upstream?.isFresh ? 0 : null
  const passing = crossingOf(upstream, stages)
  const before = downstream?.previousView
  const since = before?.status === 'disconnected' || before?.status === 'inactive' ? before.since : null
  const starts = [passing?.at, since].filter((start) => start != null)
  if (passing?.exact) return Math.max(0, (now - passing.at) / 1000)
  return starts.length === 0 ? null : Math.max(0, (now - Math.min(...starts)) / 1000)
}

/** Seconds until the downstream has caught up at present rates: 0 when it has, null when unknown or never. */
export function catchUpSeconds(edge: ReplicationLink, lag: Lag, replayPaused: boolean): number | null {
  const { upstream, downstream, state } = edge
  if (!isFlowing(state) || lag.bytes === null) return null
  if (lag.bytes === 0) return 0
  if (replayPaused || !downstream) return null
  const replayed = replayRate(downstream.record.history)
  if (replayed === null || replayed === 0) return null
  // What is replayed within a second is the steady state of a busy link, not a backlog that must shrink.
  if (lag.bytes <= replayed) return round(lag.bytes / replayed)
  const written = upstream ? walWriteRate(upstream.record.history) : null
  if (written === null || replayed <= written) return null
  return round(lag.bytes / (replayed - written))
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10
}

/** True while replay is paused, asked for or by itself, by the standby's last good reading. */
export function isReplayPaused(node: Member): boolean {
  const pause = standbyPositionOf(node)?.pause
  return pause === 'paused' || pause === 'pause requested'
}
