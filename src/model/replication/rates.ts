// Rates from a database's history: how fast WAL is written and replayed, when a position was passed, and for how long nothing changed.

import type { DatabaseSample } from '../measured/snapshot.ts'
import { bytesBetween, type Lsn } from '../values/lsn.ts'

const WINDOW_MS = 30_000
/** Two samples closer than this show jitter rather than a rate. */
const SHORTEST_MS = 400

/** Any server replays less than this at once. */
export const NEGLIGIBLE_BACKLOG_BYTES = 1024 * 1024

type Pick = (sample: DatabaseSample) => Lsn | null

/** Bytes of WAL per second over the last half minute; null without enough history. */
export function walWriteRate(history: readonly DatabaseSample[]): number | null {
  return recentRate(history, (sample) => sample.lsn)
}

/** Bytes replayed per second over the last half minute; null without enough history. */
export function replayRate(history: readonly DatabaseSample[]): number | null {
  return recentRate(history, (sample) => sample.replayedLsn)
}

function recentRate(history: readonly DatabaseSample[], pick: Pick): number | null {
  const last = history.at(-1)
  if (!last) return null
  const first = history.find((sample) => sample.at >= last.at - WINDOW_MS && pick(sample) !== null)
  return first ? rateBetween(first, last, pick) : null
}

function rateBetween(first: DatabaseSample, last: DatabaseSample, pick: Pick): number | null {
  const from = pick(first)
  const to = pick(last)
  const ms = last.at - first.at
  if (from === null || to === null || ms < SHORTEST_MS) return null
  return bytesBetween(to, from) / (ms / 1000)
}

/**
 * The highest replay rate while there was a backlog, in bytes per second: its capacity. null if there never was a
 * backlog, because the rate without one does not show the capacity.
 */
export function replayCapacity(history: readonly DatabaseSample[]): number | null {
  let best: number | null = null
  for (let index = 1; index < history.length; index += 1) {
    const first = history[index - 1]
    const last = history[index]
    if (!first || !last || !isBusy(first) || !isBusy(last)) continue
    const rate = rateBetween(first, last, (sample) => sample.replayedLsn)
    if (rate !== null && rate > (best ?? 0)) best = rate
  }
  return best
}

function isBusy(sample: DatabaseSample): boolean {
  return (sample.backlogBytes ?? 0) > NEGLIGIBLE_BACKLOG_BYTES
}

/** When a position was passed: `exact` between two samples, else before the oldest one. */
export interface LsnCrossing {
  readonly at: number
  readonly exact: boolean
}

/** Returns when the WAL of this history grew beyond `lsn`; null if it has not, or without a history. */
export function crossedAt(history: readonly DatabaseSample[], lsn: Lsn): LsnCrossing | null {
  let after: DatabaseSample | null = null
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const sample = history[index]
    if (!sample || sample.lsn === null) continue
    if (sample.lsn <= lsn) return after ? { at: between(sample, after, lsn), exact: true } : null
    after = sample
  }
  return after ? { at: after.at, exact: false } : null
}

/** Interpolates linearly between two samples. */
function between(before: DatabaseSample, after: DatabaseSample, lsn: Lsn): number {
  if (before.lsn === null || after.lsn === null) return before.at
  const share = bytesBetween(lsn, before.lsn) / Math.max(1, bytesBetween(after.lsn, before.lsn))
  return before.at + share * (after.at - before.at)
}

/** For how many seconds all samples up to the newest have been so; 0 if the newest is not, null without a sample. */
export function secondsUnchanged(
  history: readonly DatabaseSample[],
  isSo: (sample: DatabaseSample) => boolean,
): number | null {
  const last = history.at(-1)
  if (!last) return null
  const first = history[history.findLastIndex((sample) => !isSo(sample)) + 1] ?? last
  return (last.at - first.at) / 1000
}
