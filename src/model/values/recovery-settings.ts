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

/** What the synchronization of failover slots needs of a standby. */
export interface SlotSyncSettings {
  /** sync_replication_slots: `on` or `off`. */
  readonly worker: string
  /** hot_standby_feedback: `on` or `off`. */
  readonly feedback: string
  /** Whether primary_conninfo names a database; null: hidden from this role. */
  readonly hasDatabase: boolean | null
  /** wal_level; from PostgreSQL 19 on effective_wal_level. */
  readonly walLevel: string
}
