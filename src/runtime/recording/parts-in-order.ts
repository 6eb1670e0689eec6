// The recorded parts of a cluster in the order in which they were lived, without what another process recorded too.

import type { SegmentPlace } from './segment-place.ts'

export interface OrderedPart {
  readonly place: SegmentPlace
  /** Only what came after this time: the rest was in the part before. */
  readonly after: number
  /** Nothing is known between this part and the one before: why, one sentence; null: it follows. */
  readonly gap: string | null
}

/** Longer pauses between two recorded parts are told. */
const GAP_MS = 60_000
/** A part ends with its last event, and the next one begins with the one after that. */
const SET_BACK_MS = 1_000

/**
 * Returns the parts since then (milliseconds since the epoch; -Infinity: all). Where the clock was set back, time was lived
 * twice in one file: what came after that follows last.
 */
export function partsInOrder(segments: readonly SegmentPlace[], since: number): readonly OrderedPart[] {
  const eras = [...Map.groupBy(segments, ({ path }) => path).values()].flatMap(withEras)
  const sorted = eras.toSorted((one, other) => one.era - other.era || one.place.started - other.place.started)
  const parts: OrderedPart[] = []
  let era = 0
  let coveredUntil = since
  for (const { place, era: of } of sorted) {
    const isSetBack = of !== era
    if (isSetBack) [era, coveredUntil] = [of, since]
    // Before the time that is asked for, or recorded by another process too.
    if (place.ended <= coveredUntil) continue
    const isGap = Number.isFinite(coveredUntil) && place.started - coveredUntil > GAP_MS
    const gap = isSetBack
      ? `the clock was set back to ${timeText(place.started)}: that time is there twice`
      : isGap
        ? gapText(coveredUntil, place.started)
        : null
    parts.push({ place, after: coveredUntil, gap })
    coveredUntil = place.ended
  }
  return parts
}

function withEras(
  segments: readonly SegmentPlace[],
): readonly { readonly place: SegmentPlace; readonly era: number }[] {
  let era = 0
  let before = Number.NEGATIVE_INFINITY
  return segments
    .toSorted((one, other) => one.segment - other.segment)
    .map((place) => {
      if (place.started < before - SET_BACK_MS) era += 1
      before = place.ended
      return { place, era }
    })
}

/** The sentence of time that was not recorded, or can't be read; null if it is too short to matter. */
export function gapAfter(parts: readonly OrderedPart[], until: number): string | null {
  const ended = parts.at(-1)?.place.ended
  return ended !== undefined && until - ended > GAP_MS ? gapText(ended, until) : null
}

function gapText(from: number, to: number): string {
  return `nothing was recorded from ${timeText(from)} to ${timeText(to)}`
}

/** The sentence of a part that can't be read. */
export function unreadText({ started, ended }: SegmentPlace, why: string): string {
  return `the part from ${timeText(started)} to ${timeText(ended)} can't be read: ${why}`
}

function timeText(at: number): string {
  return new Date(at).toISOString()
}
