// The moments that one can step through: of this session, and of the recordings.

import type { State, StateHistory } from '../state.ts'

/** The moments among which one steps from that time: of this session, or of the recordings. */
export function momentsAround({ history, past }: State, at: number): StateHistory {
  const [oldest, last] = [history[0], past?.moments.at(-1)]
  if (!past || !last) return history
  // A file alone has no present.
  if (past.file !== null || !oldest) return past.moments
  // A moment of this session that is no longer stored is followed by the oldest that is, not by a recorded night.
  return at >= oldest.at || at > last.at ? history : past.moments
}

/** Whether there may be something recorded before that time. */
export function isRecordedBefore({ past }: State, at: number): boolean {
  return past !== undefined && (past.range === null || past.range.from < at)
}
