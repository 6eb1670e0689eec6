// Shows recorded moments on the screen: finds the part of the recordings that has them, replays it, and tells the store.

import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { RecordedStep } from '../../state/controller.ts'
import { initialState } from '../../state/initial-state.ts'
import type { Mark } from '../../state/past/recorded-past.ts'
import { joinMoments } from '../../state/recording/join-moments.ts'
import type { RecordedSegment } from '../../state/recording/recording-decoder.ts'
import { replaySegment } from '../../state/recording/replay-segment.ts'
import type { ClusterState, HistoryMoment, State, StateHistory } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import { inSlices, slicesUntil } from './in-slices.ts'
import { unreadText } from './parts-in-order.ts'
import type { RecordingIndex, Recordings } from './recordings.ts'
import type { SegmentPlace } from './segment-place.ts'

export interface Player {
  /** Shows the moment. Resolves to null, or to why there is none. Never throws. */
  show(step: RecordedStep): Promise<string | null>
  close(): Promise<void>
}

export interface PlayerOptions {
  readonly store: Store
  readonly recordings: Recordings
  /** Name of the only file that is shown; null for the past of what is watched. */
  readonly file: string | null
  /** Only recordings of these; absent: of all. */
  readonly clusters?: readonly string[]
}

/** About six minutes at two seconds: the next steps are there already. */
const MOMENTS_AHEAD = 180
const MOST_AHEAD_BYTES = 32 * 1024 ** 2
/** A moment that is so long before the time that was asked for is told as another one. */
const FAR_MS = 60_000
/** The first moments after a start have no figures of all targets yet, and other processes may have recorded other clusters. */
const MOST_PARTS = 12

/** Creates a player. It shows one step at a time; what is asked meanwhile is left out. */
export function createPlayer({ store, recordings, file, clusters }: PlayerOptions): Player {
  let isBusy = false
  const find = async (step: RecordedStep): Promise<string | null> => {
    const isAwaited = awaited(store)
    const index = await recordings.index(clusters)
    const target = targetOf(step, index.marks)
    if (target === null) return noMarkText(step)
    const { moments: found, unread } = await momentsFor(recordings, index, target)
    if (!isAwaited()) return null
    const moments = found.map((moment) => withClustersOf(moment, store.latest()))
    const shown = target.side === 'before' ? moments.at(-1) : moments[0]
    const [newest] = store.latest().history
    // What this session has seen itself follows the recordings.
    if (target.side === 'after' && file === null && newest && (!shown || shown.at >= newest.at)) {
      store.dispatch({ type: 'history-shown', at: target.at < newest.at ? newest.at : null })
      return null
    }
    if (!shown) return unread[0] ?? whyNothing(index)
    store.dispatch({ type: 'past-loaded', past: { file, range: rangeOf(index), moments, marks: index.marks } })
    store.dispatch({ type: 'history-shown', at: shown.at })
    warn(store, unread[0] ?? whyOther(step, shown))
    return null
  }
  return {
    async show(step) {
      if (isBusy) return null
      isBusy = true
      try {
        return await find(step)
      } catch (error) {
        return `the recording can't be read: ${clean((error as Error).message)}`
      } finally {
        isBusy = false
      }
    },
    close: recordings.close,
  }
}

/**
 * Whether the screen is still where it was: the disk may take a while. What was opened meanwhile is about the present,
 * and must not become a plan or a form over the past.
 */
function awaited(store: Store): () => boolean {
  const { historyAt } = store.latest().navigation
  return () => {
    const { navigation, action } = store.latest()
    return navigation.historyAt === historyAt && navigation.overlay.kind === 'none' && action?.isShown !== true
  }
}

function warn(store: Store, text: string | null): void {
  if (text !== null) store.dispatch({ type: 'notified', notice: { at: Date.now(), severity: 'warning', text } })
}

/** The moment that was asked for is not there: a sentence; null: it is. */
function whyOther(step: RecordedStep, { at }: HistoryMoment): string | null {
  if (!('at' in step) || step.at - at <= FAR_MS) return null
  return `nothing was recorded at ${timeText(step.at)}: shown is the last moment before`
}

/** What is watched, in its order: a cluster of which nothing was recorded then has no figures. */
function withClustersOf(moment: HistoryMoment, { clusters }: State): HistoryMoment {
  return {
    ...moment,
    clusters: clusters.map(({ spec }) => {
      const recorded = moment.clusters.find((each) => each.spec.name === spec.name)
      return recorded ?? (initialState({ clusters: [spec], now: moment.at }).clusters[0] as ClusterState)
    }),
  }
}

function noMarkText(step: RecordedStep): string {
  return `no mark was recorded ${'direction' in step ? step.direction : 'after'} this`
}

/** The wanted moment: the last one before a time, or the first one from a time on. */
interface Target {
  readonly at: number
  readonly side: 'before' | 'after'
}

function targetOf(step: RecordedStep, marks: readonly Mark[]): Target | null {
  if ('before' in step) return { at: step.before, side: 'before' }
  if ('after' in step) return { at: step.after + 1, side: 'after' }
  if ('at' in step) return { at: step.at + 1, side: 'before' }
  const { markFrom, direction } = step
  const mark =
    direction === 'before' ? marks.findLast(({ at }) => at < markFrom) : marks.find(({ at }) => at > markFrom)
  return mark ? { at: mark.at + 1, side: 'before' } : null
}

/** Of the nearest part that has moments there, joined with what other processes recorded of other clusters. */
async function momentsFor(recordings: Recordings, index: RecordingIndex, target: Target): Promise<FoundMoments> {
  const known = new Set<string>()
  const found: StateHistory[] = []
  const unread: string[] = []
  let parts = 0
  for (const place of candidates(index.segments, target)) {
    if (parts === MOST_PARTS) break
    const [nearest] = found
    if (nearest && !adds(place, known, nearest)) continue
    parts += 1
    try {
      const moments = await momentsOf(await recordings.read(place), target, nearest)
      if (moments.length === 0) continue
      found.push(moments)
      for (const name of place.clusters) known.add(name)
    } catch (error) {
      unread.push(unreadText(place, messageOf(error)))
    }
  }
  const { at, side } = target
  return { moments: joinMoments(found).filter((moment) => side === 'before' || moment.at >= at), unread }
}

interface FoundMoments {
  readonly moments: StateHistory
  /** Parts that can't be read, one sentence each. */
  readonly unread: readonly string[]
}

async function momentsOf(
  segment: RecordedSegment,
  { at, side }: Target,
  nearest: StateHistory | undefined,
): Promise<StateHistory> {
  const all = { after: Number.NEGATIVE_INFINITY }
  if (side === 'before') return inSlices(replaySegment(segment, { ...all, until: at - 1 }))
  const last = nearest?.at(-1)
  // Of a cluster beside, also what was so before: it has no moment of its own at each of these times.
  if (last) return inSlices(replaySegment(segment, { ...all, until: last.at }))
  const first: HistoryMoment[] = []
  let weight = 0
  await slicesUntil(replaySegment(segment, { after: at - 1, until: Number.POSITIVE_INFINITY }), (moment) => {
    if (moment === null || moment === first.at(-1)) return true
    first.push(moment)
    weight += moment.weight
    return first.length < MOMENTS_AHEAD && weight < MOST_AHEAD_BYTES
  })
  return first
}

/** Whether a part has clusters that are missing yet, and the time of the moments. */
function adds(place: SegmentPlace, known: ReadonlySet<string>, moments: StateHistory): boolean {
  const [first, last] = [moments[0], moments.at(-1)]
  return (
    first !== undefined &&
    last !== undefined &&
    place.started <= last.at &&
    place.ended >= first.at &&
    place.clusters.some((name) => !known.has(name))
  )
}

/** The nearest first. Where several processes recorded, the one that had begun last. */
function candidates(segments: readonly SegmentPlace[], { at, side }: Target): readonly SegmentPlace[] {
  if (side === 'before') {
    return segments
      .filter(({ started }) => started < at)
      .toSorted((one, other) => Math.min(other.ended, at) - Math.min(one.ended, at) || other.started - one.started)
  }
  return segments
    .filter(({ ended }) => ended >= at)
    .toSorted((one, other) => Math.max(one.started, at) - Math.max(other.started, at) || other.started - one.started)
}

function rangeOf({ segments }: RecordingIndex) {
  const from = Math.min(...segments.map(({ started }) => started))
  const to = Math.max(...segments.map(({ ended }) => ended))
  return segments.length === 0 ? null : { from, to }
}

function whyNothing(index: RecordingIndex): string {
  const [first] = index.problems
  const range = rangeOf(index)
  const why = range
    ? `nothing was recorded there, only from ${timeText(range.from)} to ${timeText(range.to)}`
    : 'nothing is recorded: pgdeck record begins'
  return first === undefined ? why : `${why}; ${first}`
}

function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '')
}
