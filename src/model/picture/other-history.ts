// A standby that holds a log of its own, which its primary never had.

/** It can't follow and can't take over: what it has is not what the primary wrote. Absent where nothing says so. */
export interface OtherHistory {
  /** The primary that it was compared with. */
  readonly primaryId: string
  /** The proof, in a clause with both names. */
  readonly why: string
}
