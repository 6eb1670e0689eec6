// The moments that one can step through: of this session, and of the recordings.

import type { State, StateHistory } from '../state.ts'

/** The moments among which one steps from that time: of this session, or of the recordings. */
export function momentsAround({ history, past }: State, at: number): StateHistory {
  const oldest = history[0]
  if (!past || (oldest && at >= oldest.at)) return history
  return past.moments.length > 0 ? past.moments : history
}

/** Whether there may be something recorded before that time. */
export function isRecordedBefore({ past }: State, at: number): boolean {
  return past !== undefined && (past.range === null || past.range.from < at)
}
