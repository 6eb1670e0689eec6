// Databases of one system that take writes side by side, and which of them to keep.

export interface SplitBrainMember {
  readonly id: string
  readonly name: string
  readonly timeline: number | null
  /** An application server that serves the users uses it. */
  readonly serves: boolean
  /** Names of application servers that use it and answer. */
  readonly servers: readonly string[]
  /** Sessions of clients, pgdeck's and managers' own left out; null where this role may not see them. */
  readonly clients: number | null
  /** Names of the standbys that are connected to it. */
  readonly standbys: readonly string[]
  /** It mirrors another member: those two may take writes side by side, and neither is to go. */
  readonly isMirrored: boolean
  /** Whether pg_rewind could work on it: wal_log_hints or checksums. null: not known. */
  readonly rewindable: boolean | null
}

/** Which to keep by one criterion, and why in words; both null where it does not tell them apart. */
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
   * The one to keep where the criteria agree, or only one of them tells; null where they differ, or none tells: then it is
   * for a person to weigh.
   */
  readonly keep: string | null
  /** The one that is shown where one must be: by the users, else by the timeline, else as configured. */
  readonly shown: string
}
