// How far the downstream of a link is behind, by stages.

/** Lag of a downstream, bytes per stage; null where a stage is not known. Seconds are 0 when nothing is unapplied. */
export interface Lag {
  /** From the upstream's position to the downstream's replay position. */
  readonly bytes: number | null
  readonly seconds: number | null
  readonly sentBytes: number | null
  readonly writtenBytes: number | null
  readonly flushedBytes: number | null
  readonly replayedBytes: number | null
  /** True where the upstream can't be read: what it wrote since its last answer is not in the figures. */
  readonly atLeast?: boolean
  /** Of a standby that is fed by an archive: so much of the figures is in the WAL file that its source still writes. */
  readonly inUnfinishedFile?: number
}
