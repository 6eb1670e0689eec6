// The settings of a standby about recovery: where it stops, and where WAL comes from.

/** Where recovery stops for good, and what it does there, by the settings at the start of the server. */
export interface RecoveryTarget {
  /** `recovery_target_time`. PostgreSQL refuses several of them; one is told. */
  readonly setting: string
  readonly value: string
  /** recovery_target_action. */
  readonly action: 'pause' | 'promote' | 'shutdown'
}

/** By which settings a standby gets WAL. */
export interface WalSources {
  /** restore_command is set: it restores files from an archive. */
  readonly archive: boolean
  /** primary_conninfo is set: it streams if it can. null: this role may not see it. */
  readonly upstream: boolean | null
  /** primary_slot_name, even if it does not stream; null if not set. */
  readonly slot: string | null
}
