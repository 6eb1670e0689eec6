// Functions and views that a server refuses: it lacks them, denies them to this role, or answers too slowly.

/** A function or view that the server refuses, and what is unknown for that. */
export interface RefusedFunction {
  /** `pg_stat_get_wal_receiver()`, `pg_stat_archiver`. */
  readonly name: string
  /** What it would have told: `the WAL receiver`. */
  readonly what: string
  /** `not permitted`, `missing`, `too slow`, `not offered by this server`. */
  readonly why: string
  /** The statement that lets this role use it; null: none does. */
  readonly grant: string | null
}

/** `the WAL receiver (not permitted: pg_stat_get_wal_receiver())`. */
export function refusedFunctionText({ name, what, why }: RefusedFunction): string {
  return `${what} (${why}: ${name})`
}
