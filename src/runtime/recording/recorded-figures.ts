// The figures of a cluster since some time, from the recordings of all pgdecks of this user.

import { createFigureSummary, type RecordedFigure } from '../../model/events/incident-figures.ts'
import { messageOf } from '../../model/values/fault.ts'
import { replaySegment } from '../../state/recording/replay-segment.ts'
import type { HistoryMoment } from '../../state/state.ts'
import { slicesUntil } from './in-slices.ts'
import { gapAfter, partsInOrder, unreadText } from './parts-in-order.ts'
import { openRecordings } from './recordings.ts'

export interface RecordedFigures {
  readonly figures: readonly RecordedFigure[]
  /** What is missing, one sentence each; empty if nothing was recorded at all. */
  readonly missing: readonly string[]
}

export interface RecordedFiguresOptions {
  readonly stateFolder: string
  readonly cluster: string
  /** Milliseconds since the epoch. */
  readonly since: number
  /** Milliseconds since the epoch; absent: now. */
  readonly until?: number
  readonly signal: AbortSignal
  /** Called with the time up to which they were read. */
  readonly onProgress?: (at: number) => void
}

/** Replays what was recorded since then. Never throws but for the signal: what can't be read is missing. */
export async function readRecordedFigures(options: RecordedFiguresOptions): Promise<RecordedFigures> {
  const { stateFolder, cluster, since, until = Date.now(), signal, onProgress } = options
  const recordings = openRecordings({ stateFolder })
  const missing: string[] = []
  const summary = createFigureSummary()
  const each = (moment: HistoryMoment | null) => {
    const picture = moment?.clusters.find(({ spec }) => spec.name === cluster)?.picture
    if (picture) summary.add(picture)
    return true
  }
  try {
    const { segments, problems } = await recordings.index([cluster])
    missing.push(...problems)
    const parts = partsInOrder(segments, since)
    for (const { place, after, gap } of parts) {
      if (gap !== null) {
        missing.push(gap)
        summary.gap()
      }
      onProgress?.(place.started)
      try {
        const limits = { after: after - 1, until: Number.POSITIVE_INFINITY }
        await slicesUntil(replaySegment(await recordings.read(place), limits), each, signal)
      } catch (error) {
        signal.throwIfAborted()
        missing.push(unreadText(place, messageOf(error)))
        summary.gap()
      }
    }
    const rest = gapAfter(parts, until)
    if (rest !== null) missing.push(rest)
  } catch (error) {
    signal.throwIfAborted()
    missing.push(`recordings: ${messageOf(error)}`)
  } finally {
    await recordings.close()
  }
  return { figures: summary.figures(), missing }
}
