// How far this host can judge a failing target: "it is down", "it can't be read" and "not visible from here" differ.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { Picture } from '../picture/picture.ts'
import { isRefusal, isSilent, isUnasked, isUnreachable } from '../values/fault.ts'
import type { Reading } from '../values/reading.ts'
import { collectLastHeard, type LastHeard } from './last-heard.ts'

/**
 * - `waiting`: nothing came yet. `answers`: the latest reading is good.
 * - `starting`: it answers that it is starting, stopping or takes no connections yet.
 * - `unreadable`: it is there, but this program can't read it (rights, limits, protocol).
 * - `down`: nothing is there, or it can't be reached while others can.
 * - `undecided`: it can't be reached and nothing else was read since: the next readings tell.
 * - `unseen`: nothing can be reached from here, or others still hear from it though we do not.
 * - `unasked`: this program could not ask it: that is its own trouble, or that of DNS, and tells nothing of the target.
 */
export type TargetState =
  | 'waiting'
  | 'answers'
  | 'starting'
  | 'unreadable'
  | 'down'
  | 'undecided'
  | 'unseen'
  | 'unasked'

export interface LocalReachability {
  /** Everything became unreachable at once: nothing can be said of the targets. */
  readonly cutOff: boolean
  /** Nothing answered at once, but some by a refused connection, which somebody must have sent. */
  readonly failedTogether: boolean
  /** Until when targets were unreachable because of this host; null if long ago or never. */
  readonly cutOffUntil: number | null
  /** Start of the common failure. */
  readonly since: number | null
  readonly targets: number
  readonly newestGood: number | null
  readonly anyWaiting: boolean
  readonly timeoutMs: number
  /** Signs of life of failed targets that others received, by id. */
  readonly lastHeard: ReadonlyMap<string, LastHeard>
}

/** A poller backs off up to this many intervals: a target may look unreachable that long after the network is back. */
const BACK_OFF_INTERVALS = 5

/** Returns what this host can reach at all. */
export function assessLocalReachability(
  snapshot: ClusterSnapshot,
  previous: Picture | null,
  now: number,
): LocalReachability {
  const readings = [...snapshot.databases, ...snapshot.servers].map((record) => record.pulse)
  let newestGood: number | null = null
  let anyWaiting = false
  for (const reading of readings) {
    if (reading.state === 'fresh') newestGood = Math.max(newestGood ?? 0, reading.at)
    anyWaiting ||= reading.state === 'waiting'
  }
  const { timeoutMs } = snapshot.spec
  const since =
    newestGood === null && !anyWaiting ? commonFailure(readings, 2 * (snapshot.intervalMs + timeoutMs)) : null
  const unreachable = since !== null && readings.every(isSilentTarget)
  const unanswered = unreachable || readings.every(isUnansweredTarget)
  const lastBlind = previous?.pending.find(({ rule }) => rule === 'cut-off')?.lastTrueAt ?? null
  const grace = BACK_OFF_INTERVALS * snapshot.intervalMs + timeoutMs
  return {
    cutOff: unreachable,
    failedTogether: since !== null && !unreachable && unanswered,
    cutOffUntil: unreachable ? now : lastBlind !== null && now - lastBlind < grace ? lastBlind : null,
    since,
    targets: readings.length,
    newestGood,
    anyWaiting,
    timeoutMs,
    lastHeard: collectLastHeard(snapshot, previous, now),
  }
}

/** Returns when at least two answering targets failed together (or all failed from the start); null otherwise. */
function commonFailure(readings: readonly Reading<unknown>[], windowMs: number): number | null {
  if (readings.length < 2) return null
  const stale = readings.filter((reading) => reading.state === 'stale')
  const failing = stale.length > 0 ? stale : readings.filter((reading) => reading.state === 'failed')
  const starts = failing.map((reading) => reading.since)
  const last = Math.max(...starts)
  const together = starts.filter((start) => last - start <= windowMs)
  return together.length >= 2 ? Math.min(...together) : null
}

function isSilentTarget(reading: Reading<unknown>): boolean {
  return (reading.state === 'stale' || reading.state === 'failed') && isSilent(reading.fault)
}

/** Silent or refused. A target that answers with an error, for example by its pg_hba.conf, was reached. */
function isUnansweredTarget(reading: Reading<unknown>): boolean {
  return (reading.state === 'stale' || reading.state === 'failed') && isUnreachable(reading.fault)
}

/** Returns what the latest reading of the target says about it. */
export function targetStateOf(reading: Reading<unknown>, reachability: LocalReachability, id: string): TargetState {
  if (reading.state === 'waiting') return 'waiting'
  if (reading.state === 'fresh') return 'answers'
  const { fault } = reading
  if (fault.code === 'starting') return 'starting'
  if (isUnasked(fault)) return reachability.cutOff ? 'unseen' : 'unasked'
  if (!isUnreachable(fault)) return 'unreadable'
  if (lastHeardByOthers(id, reading.since, reachability) !== null) return 'unseen'
  if (isRefusal(fault)) return 'down'
  if (reachability.cutOff) return 'unseen'
  // Right after the network is back, the other targets just have not been polled again.
  if (reachability.cutOffUntil !== null && reading.since <= reachability.cutOffUntil) return 'unseen'
  return isCorroborated(reading, reachability) ? 'down' : 'undecided'
}

/** Returns the sign of life that others received after it failed here at `since`; null without one. */
export function lastHeardByOthers(id: string, since: number, { lastHeard }: LocalReachability): LastHeard | null {
  const sign = lastHeard.get(id)
  return sign && sign.at > since ? sign : null
}

/** Whether another target was read while this one failed: then the cause is the target, not this host. */
function isCorroborated(
  failing: Extract<Reading<unknown>, { since: number }>,
  reachability: LocalReachability,
): boolean {
  if (reachability.targets === 1) return true
  if (reachability.newestGood === null) return !reachability.anyWaiting
  if (failing.state === 'failed') return true
  const askedAt = failing.since - (failing.fault.code === 'timeout' ? reachability.timeoutMs : 0)
  return reachability.newestGood >= askedAt
}

/** Whether the target's port accepted a connection; null if unknown. */
export function wasPortOpen(reading: Reading<unknown>): boolean | null {
  if (reading.state === 'waiting') return null
  if (reading.state === 'fresh') return true
  if (isRefusal(reading.fault)) return false
  return isSilent(reading.fault) || isUnasked(reading.fault) ? null : true
}

/** True when the latest poll failed or the last good value is older than two intervals. */
export function isStaleReading(reading: Reading<unknown>, intervalMs: number, now: number): boolean {
  return reading.state === 'fresh' ? now - reading.at > 2 * intervalMs : reading.state !== 'waiting'
}
