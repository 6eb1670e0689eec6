// What the configured query of a mirrored database says of its changes that the other one has not taken over.

/** How often the query runs at most, in milliseconds: it counts rows of tables of the application. */
export const EXCHANGE_INTERVAL_MS = 5_000

export interface ExchangeBacklog {
  /** Changes of this database that the other one has not taken over. */
  readonly changes: number
  /** Their size in bytes; null if the query does not say. */
  readonly bytes: number | null
  /** When the oldest of them was made, in milliseconds since the epoch by the clock of this database; null without one, or if the query does not say. */
  readonly oldestAt: number | null
}
