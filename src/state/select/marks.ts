// The marks of recorded time: those of the recordings, and those of this session.

import type { Mark } from '../past/recorded-past.ts'
import { marksBetween } from '../recording/marks.ts'
import type { HistoryMoment, State, StateHistory } from '../state.ts'

/** Oldest first. The session's own moments say better what happened in it than a recording of them. */
export function marksOf({ past, history }: State): readonly Mark[] {
  const since = history[0]?.at ?? Number.POSITIVE_INFINITY
  return [...(past?.marks ?? []).filter(({ at }) => at < since), ...sessionMarks(history)]
}

/** Moments never change. */
const made = new WeakMap<HistoryMoment, readonly Mark[]>()

function sessionMarks(history: StateHistory): readonly Mark[] {
  return history.flatMap((moment, index) => {
    const before = history[index - 1]
    if (!before) return []
    const known = made.get(moment)
    if (known) return known
    // At the time of the moment, which shows it.
    const marks = marksBetween(before.clusters, moment.clusters).map((mark) => ({ ...mark, at: moment.at }))
    made.set(moment, marks)
    return marks
  })
}
