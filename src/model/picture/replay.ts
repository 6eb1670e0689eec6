// Why replay of a standby does not go on: somebody paused it, or it stands still by itself.

/**
 * - `asked`: pg_wal_replay_pause(), as nothing else is known that could have paused it.
 * - `target`: recovery stops at a target; resuming there ends recovery, so that it becomes a primary.
 * - `settings`: below its primary's; PostgreSQL paused by itself, and ends the server when replay is resumed.
 * - `unknown`: what its primary requires is not known, so that it may be either of the first and the last.
 */
export interface ReplayPause {
  readonly reason: 'asked' | 'target' | 'settings' | 'unknown'
  /** To be read after "replay is paused: ". */
  readonly text: string
}

/** Replay that stands still by itself. */
export interface ReplayStall {
  /** How long the position of replay has not moved, as far as it was seen. */
  readonly seconds: number
  /** True where it waits for sessions on the standby: then a promotion waits for them too. */
  readonly waitsForSessions: boolean
  /** True where a promotion waits until it ends: for sessions, and for a restore_command that runs. */
  readonly delaysPromotion: boolean
  /** What it waits for, to be read after "replay stands still: ". */
  readonly text: string
}
