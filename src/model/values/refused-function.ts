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

/** What a reading lacks because its server refuses functions. */
export interface Refusals {
  /** Absent: nothing. */
  readonly refused?: readonly RefusedFunction[] | undefined
}

/** Why a reading lacks what this function tells; null: it does not. */
export function refusalOf(pulse: Refusals | null, name: string): RefusedFunction | null {
  return pulse?.refused?.find((each) => each.name === name) ?? null
}

/** The function that lists the slots. Where it is refused, an empty list of slots means nothing. */
export const SLOTS_FUNCTION = 'pg_get_replication_slots()'
