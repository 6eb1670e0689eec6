// A standby with another history than its primary.

/** It can't follow and can't take over, because it has WAL that the primary never wrote. Absent if nothing shows that. */
export interface OtherHistory {
  /** The primary of the comparison. */
  readonly primaryId: string
  /** The evidence, as a clause with both names. */
  readonly why: string
}
