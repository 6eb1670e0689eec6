// One direction of the exchange between two mirrored databases, as the picture has it.

import type { Lsn } from '../values/lsn.ts'

/** One direction of the exchange between two mirrored databases. Its figures are of `from`'s last reading. */
export interface Mirroring {
  /** Ids of the databases: `to` receives the changes that `from` writes. */
  readonly from: string
  readonly to: string
  /** `merging`: connected again, but not all changes of the meantime have arrived. */
  readonly state: 'flowing' | 'cut' | 'merging' | 'unknown'
  /** `wal`: by logical replication; figures are bytes of WAL. `query`: by other means, which a configured query reads; figures are those of its answer. */
  readonly readBy: 'wal' | 'query'
  /** Bytes of `from` that `to` has not confirmed. */
  readonly behindBytes: number | null
  /** Changes of `from` that `to` has not taken over, and when the oldest of them was made; null if unknown, and always by WAL. */
  readonly behindChanges: number | null
  readonly oldestAt: number | null
  /** Bytes that `from` has written since the cut, until its end; null while it is not cut, or if unknown. */
  readonly divergedBytes: number | null
  /** Changes of `from` since the cut; as above. */
  readonly divergedChanges: number | null
  /** What was behind at each reading, oldest first. */
  readonly trend: readonly MirroringSample[]
  /** When it began to flow or, until everything is merged, when it was cut; null if unknown. */
  readonly since: number | null
  /** Why it is cut or unknown; null if no reason is known. */
  readonly reason: string | null
  readonly slot: string | null
  /** Memory: the position of `to` when it was cut, and the position at which it has merged. */
  readonly cutLsn: Lsn | null
  readonly mergeLsn: Lsn | null
  /** Memory, by a query: when `to` last took something over, and when it did so again after a cut. */
  readonly progressAt: number | null
  readonly mergeAt: number | null
}

export interface MirroringSample {
  readonly at: number
  readonly bytes: number | null
  readonly changes: number | null
}
