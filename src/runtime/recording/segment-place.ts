// Where a part of a recording is.

/** A part of a file that can be read by itself. */
export interface SegmentPlace {
  readonly path: string
  readonly segment: number
  /** The times of its first and its last event. */
  readonly started: number
  readonly ended: number
  readonly clusters: readonly string[]
}
