// The figures of a cluster since some time, from the recordings of all pgdecks of this user.

import { createFigureSummary, type FigureSummary, type RecordedFigure } from '../../model/events/incident-figures.ts'
import { messageOf } from '../../model/values/fault.ts'
import { replaySegment } from '../../state/recording/replay-segment.ts'
import type { StateHistory } from '../../state/state.ts'
import { inSlices } from './in-slices.ts'
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

/** Longer pauses between two recorded parts are told. */
const GAP_MS = 60_000

/** Replays what was recorded since then. Never throws but for the signal: what can't be read is missing. */
export async function readRecordedFigures(options: RecordedFiguresOptions): Promise<RecordedFigures> {
  const { stateFolder, cluster, since, until = Date.now(), signal, onProgress } = options
  const recordings = openRecordings({ stateFolder })
  const missing: string[] = []
  const summary = createFigureSummary()
  let coveredUntil = since
  try {
    const { segments, problems } = await recordings.index([cluster])
    missing.push(...problems)
    for (const place of segments) {
      signal.throwIfAborted()
      // Before the time that is asked for, or recorded by another process too.
      if (place.ended <= coveredUntil) continue
      if (place.started - coveredUntil > GAP_MS) {
        missing.push(gapText(coveredUntil, place.started))
        summary.gap()
      }
      onProgress?.(place.started)
      const limits = { after: coveredUntil - 1, until: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY }
      const moments = await inSlices(replaySegment(await recordings.read(place), limits), signal)
      addPictures(summary, moments, cluster)
      coveredUntil = place.ended
    }
    if (segments.length > 0 && until - coveredUntil > GAP_MS) missing.push(gapText(coveredUntil, until))
  } catch (error) {
    signal.throwIfAborted()
    missing.push(`recordings: ${messageOf(error)}`)
  } finally {
    await recordings.close()
  }
  return { figures: summary.figures(), missing }
}

function addPictures(summary: FigureSummary, moments: StateHistory, name: string): void {
  for (const { clusters } of moments) {
    const picture = clusters.find(({ spec }) => spec.name === name)?.picture
    if (picture) summary.add(picture)
  }
}

function gapText(from: number, to: number): string {
  return `nothing was recorded from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`
}
