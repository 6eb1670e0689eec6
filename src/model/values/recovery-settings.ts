// What the settings of a standby say of its recovery: where it stops, and where WAL comes from.

/** Where recovery stops for good, as the server was started with it, and what it does there. */
export interface RecoveryTarget {
  /** `recovery_target_time`; of several, which PostgreSQL refuses, one. */
  readonly setting: string
  readonly value: string
  /** recovery_target_action. */
  readonly action: 'pause' | 'promote' | 'shutdown'
}

/** How a standby is told to get WAL. */
export interface WalSources {
  /** restore_command is set: it takes files from an archive. */
  readonly archive: boolean
  /** primary_conninfo is set: it streams when it can; null: hidden from this role. */
  readonly upstream: boolean | null
  /** primary_slot_name, also while it does not stream; null: none. */
  readonly slot: string | null
}
