// How many of several nodes are up.

/** `2 of 3 up`. */
export interface UpCount {
  readonly up: number
  readonly of: number
  /** Of the others, those that are neither known to be up nor to be down; absent: none. */
  readonly unknown?: number
  /** Of those that are up: they answer, and do not do their part. Absent: none. */
  readonly degraded?: number
}
