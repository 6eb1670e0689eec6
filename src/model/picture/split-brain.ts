// Databases of one system that are writable at the same time, and which of them to keep.

export interface SplitBrainMember {
  readonly id: string
  readonly name: string
  readonly timeline: number | null
  /** The application server that serves the users uses it. */
  readonly serves: boolean
  /** Names of answering application servers that use it. */
  readonly servers: readonly string[]
  /** Client sessions without those of pgdeck and managers; null if hidden from this role. */
  readonly clients: number | null
  /** Names of the standbys that are connected to it. */
  readonly standbys: readonly string[]
  /** It mirrors another member: those two may both be writable, and both stay. */
  readonly isMirrored: boolean
  /** Whether pg_rewind could work on it: wal_log_hints or checksums. null: unknown. */
  readonly rewindable: boolean | null
}

/** The database to keep by one criterion, and the reason; both null if it does not decide. */
export interface KeepChoice {
  readonly keep: string | null
  readonly why: string | null
}

export interface SplitBrain {
  readonly systemIdentifier: string
  /** In configured order. */
  readonly members: readonly SplitBrainMember[]
  readonly byUsers: KeepChoice
  readonly byTimeline: KeepChoice
  /**
   * The database to keep if the criteria agree or only one decides; null if they differ or none decides: then a person
   * must choose.
   */
  readonly keep: string | null
  /** The database to show if one is needed: by the users, else by the timeline, else the first configured one. */
  readonly shown: string
}
