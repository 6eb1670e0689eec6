// Replays a part of a recording: the same events make the same moments.

import { reduce } from '../reduce.ts'
import type { HistoryMoment, State, StateHistory } from '../state.ts'
import type { RecordedSegment } from './recording-decoder.ts'

export interface ReplayLimits {
  /** Only moments after this time. */
  readonly after: number
  /** Only moments until this time. */
  readonly until: number
  /** Each derivation is a moment; absent: only the last of an interval, and those with which something began or ended. */
  readonly every?: true
}

/**
 * Makes the moments, one by each step of the generator (null: none by this one), so that the caller can do other work between
 * them. Returns the last of them, as many as the history of a session may have.
 */
export function* replaySegment(
  { start, entries }: RecordedSegment,
  { after, until, every }: ReplayLimits,
): Generator<HistoryMoment | null, StateHistory> {
  let state: State = start
  for (const [index, { at, event, isTurn }] of entries.entries()) {
    if (at > until) break
    const isLeftOut = event.type === 'derive-requested' && !isTurn && !every
    // Of several in one interval only the last makes a moment. The others would take most of the time.
    if (isLeftOut && isFollowed(entries, index, state.intervalMs, until)) continue
    state = reduce(state, event)
    if (event.type !== 'derive-requested') continue
    if (at <= after) state = { ...state, history: [] }
    yield state.history.at(-1) ?? null
  }
  return state.history
}

function isFollowed(entries: RecordedSegment['entries'], index: number, intervalMs: number, until: number): boolean {
  const { at = 0 } = entries[index] ?? {}
  const interval = Math.floor(at / intervalMs)
  for (let next = index + 1; next < entries.length; next++) {
    const later = entries[next]
    if (!later || Math.floor(later.at / intervalMs) !== interval || later.at > until) return false
    if (later.event.type === 'derive-requested') return true
  }
  return false
}
