// Why replay of a standby makes no progress: it is paused, or it stands still by itself.

/**
 * - `asked`: pg_wal_replay_pause(), because nothing else can have paused it. - `target`: recovery stops at a target;
 * resuming there ends recovery, so that it becomes a primary. - `settings`: they are below its primary's; PostgreSQL
 * paused by itself, and shuts the server down when replay is resumed. - `unknown`: the settings of its primary are
 * unknown, so that it may be either `asked` or `settings`.
 */
export interface ReplayPause {
  readonly reason: 'asked' | 'target' | 'settings' | 'unknown'
  /** The text after "replay is paused: ". */
  readonly text: string
}

/** Replay that stands still without a pause. */
export interface ReplayStall {
  /** How long the replay position has not moved, as far as it was read. */
  readonly seconds: number
  /** True if it waits for sessions on the standby: then a promotion waits for them too. */
  readonly waitsForSessions: boolean
  /** True where a promotion waits until it ends: for sessions, and for a restore_command that runs. */
  readonly delaysPromotion: boolean
  /** What it waits for, as the text after "replay stands still: ". */
  readonly text: string
}
