// The part of the recordings that is on the screen or near it, and the marks of all of them.

import type { Severity } from '../../model/picture/alert.ts'

export const MARK_KINDS = ['alert', 'role', 'run', 'clock'] as const

/** What the time scale marks: an alert that began, a role that changed, a run that began, a clock that was set. */
export interface Mark {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly cluster: string
  readonly kind: (typeof MARK_KINDS)[number]
  readonly severity: Severity | 'info'
  /** See subjectText; empty for the whole cluster. */
  readonly subject: string
  readonly text: string
}

export interface RecordedPast<Moment> {
  /** Name of the file if only it is shown: there is no present then. null: the past of what is watched. */
  readonly file: string | null
  /** The first and the last recorded moment; null while that was not read. */
  readonly range: { readonly from: number; readonly to: number } | null
  /** Some moments that follow each other, oldest first. */
  readonly moments: readonly Moment[]
  /** Oldest first. */
  readonly marks: readonly Mark[]
}
