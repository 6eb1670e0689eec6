// How much a database does.

/** Per second; null: unknown. */
export interface Throughput {
  readonly commits: number | null
  readonly rollbacks: number | null
  readonly walBytes: number | null
}

export const UNKNOWN_THROUGHPUT: Throughput = { commits: null, rollbacks: null, walBytes: null }
