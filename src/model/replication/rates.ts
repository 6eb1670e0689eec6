// Speeds from a database's recent past: how fast the log is written and replayed, and when a position was passed.

import type { DatabaseSample } from '../measured/snapshot.ts'
import { bytesBetween, type Lsn } from '../values/lsn.ts'

const WINDOW_MS = 30_000
/** Two samples closer than this say more about jitter than about speed. */
const SHORTEST_MS = 400

/** Less than this is replayed at once wherever PostgreSQL runs. */
export const NEGLIGIBLE_BACKLOG_BYTES = 1024 * 1024

type Pick = (sample: DatabaseSample) => Lsn | null

/** Bytes per second at which the log of this node grew over the last half minute; null with too little past. */
export function walWriteRate(history: readonly DatabaseSample[]): number | null {
  return recentRate(history, (sample) => sample.lsn)
}

/** Bytes per second replayed over the last half minute; null with too little past. */
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
 * The most that this node was seen to replay while it had a backlog, in bytes per second: what it can do when it must.
 * null when it never had one: how fast it keeps up with little says nothing about how fast it could be.
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

/** When a log passed a position: `exact` between two samples, else it was already past at the oldest one. */
export interface LsnCrossing {
  readonly at: number
  readonly exact: boolean
}

/** When the log whose past this is grew beyond `lsn`; null when it has not, or has no past. */
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

/** Takes the growth between two samples as even. */
function between(before: DatabaseSample, after: DatabaseSample, lsn: Lsn): number {
  if (before.lsn === null || after.lsn === null) return before.at
  const share = bytesBetween(lsn, before.lsn) / Math.max(1, bytesBetween(after.lsn, before.lsn))
  return before.at + share * (after.at - before.at)
}
