// Stepping back: the actions that a recorded moment forbids, and the steps through the recorded moments.

import { momentAt, stepBack, stepForward } from '../../../state/history.ts'
import { marksOf } from '../../../state/select/marks.ts'
import { isRecordedBefore, momentsAround } from '../../../state/select/moments.ts'
import { isHistoryShown, shownState } from '../../../state/select/shown-state.ts'
import type { State } from '../../../state/state.ts'
import { clock } from '../../frame/format/values.ts'
import { currentKey } from '../names.ts'
import type { CommandContext } from './command-context.ts'

/** Why actions are forbidden on the shown moment; null if it is the present. */
export function whyNotInHistory(state: State): string | null {
  if (!isHistoryShown(state)) return null
  if (isRecordingOnly(state)) return `this is a recording, as of ${clock(state.now)}: nothing can be done to it`
  return `this is the state of ${clock(state.now)}: ${currentKey(state, 'esc')} returns to now`
}

/** Why what is about polling can't be used now; null if it can. */
export function whyNotPolled(state: State): string | null {
  return isRecordingOnly(state) ? 'this is a recording: nothing is polled' : null
}

/** True if there is no present to return to: only a file is shown. */
export function isRecordingOnly({ past }: State): boolean {
  return past !== undefined && past.file !== null
}

export function whyNoStepBack(state: State): string | null {
  if (moreBefore(state) !== null || isRecordedBefore(state, earliestAt(state))) return null
  return 'nothing was recorded before this'
}

export function whyNoStepForward(state: State): string | null {
  if (!isHistoryShown(state)) return `this is now: ${currentKey(state, '[')} steps back`
  const { navigation, past } = state
  if (!isRecordingOnly(state) || !past) return null
  const last = Math.max(past.range?.to ?? 0, past.moments.at(-1)?.at ?? 0)
  // The last event of a recording is somewhat later than its last moment.
  const isLast = momentsAround(state, last).at(-1)?.at === navigation.historyAt && isNearEnd(state)
  return isLast ? 'this is the end of the recording' : null
}

function isNearEnd({ past, navigation, intervalMs }: State): boolean {
  return (past?.range?.to ?? 0) - (navigation.historyAt ?? 0) <= Math.max(2_000, 2 * intervalMs)
}

/** The time of the moment before the shown one that is in memory; null if there is none. */
function moreBefore(state: State): number | null {
  const { historyAt } = state.navigation
  const moments = historyAt === null ? state.history : momentsAround(state, historyAt)
  return stepBack(moments, historyAt, state.clusters)
}

/** What is recorded in files must be before this. */
function earliestAt({ navigation, history, now }: State): number {
  return navigation.historyAt ?? history[0]?.at ?? now
}

/** Shows the moment one step before or after the shown one. The present follows the newest. */
export function stepInHistory({ navigate, store, controller }: CommandContext, direction: 'back' | 'forward'): void {
  const state = store.latest()
  const { navigation, history } = state
  const { historyAt } = navigation
  if (direction === 'forward') {
    if (historyAt === null) return
    const moments = momentsAround(state, historyAt)
    // The shown moment may have been dropped since: then the oldest is shown.
    const shown = momentAt(moments, historyAt)
    const next = shown && nextAt(moments, shown.at, moments === history)
    if (next === 'recorded') controller.showRecorded({ after: historyAt })
    else navigate({ type: 'history-shown', at: next })
    return
  }
  const at = moreBefore(state)
  if (at !== null) navigate({ type: 'history-shown', at })
  else controller.showRecorded({ before: earliestAt(state) })
}

function nextAt(moments: State['history'], at: number, isOfSession: boolean): number | null | 'recorded' {
  if (isOfSession) return stepForward(moments, at)
  return moments.find((moment) => moment.at > at)?.at ?? 'recorded'
}

export function whyNoMark(state: State, direction: 'before' | 'after'): string | null {
  if (direction === 'after' && !isHistoryShown(state))
    return `this is now: ${currentKey(state, 'N')} goes to the last mark`
  if (markNextTo(state, direction) !== null) return null
  if (direction === 'before' && isRecordedBefore(state, earliestAt(state)) && state.past?.range === null) return null
  return direction === 'before' ? 'there is no mark before this' : 'there is no mark after this'
}

function markNextTo(live: State, direction: 'before' | 'after') {
  const { now } = shownState(live)
  const marks = marksOf(live)
  // One that is as old as the shown moment is the shown one; in the present it is the newest.
  const before = isHistoryShown(live) ? now - 1 : now
  return (direction === 'before' ? marks.findLast(({ at }) => at <= before) : marks.find(({ at }) => at > now)) ?? null
}

/** Shows the moment of the nearest mark before or after the shown moment, and says what it is. */
export function stepToMark(
  { store, controller, navigate, notify }: CommandContext,
  direction: 'before' | 'after',
): void {
  const state = store.latest()
  const mark = markNextTo(state, direction)
  const [oldest] = state.history
  if (mark && oldest && mark.at >= oldest.at) navigate({ type: 'history-shown', at: mark.at })
  else controller.showRecorded(mark ? { at: mark.at } : { markFrom: shownState(state).now, direction })
  if (mark) notify(mark.severity === 'info' ? 'info' : 'warning', markText(mark))
}

function markText({
  at,
  subject,
  text,
}: {
  readonly at: number
  readonly subject: string
  readonly text: string
}): string {
  return `${clock(at)}  ${subject === '' || text.includes(subject) ? '' : `${subject}: `}${text}`
}
