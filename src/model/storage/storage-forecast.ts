// Forecasts of disk space at the present rate: slots, archive, checkpoints, transaction IDs, growth of databases.

import type { DatabaseSize, DatabaseSizeSample, StorageFacts } from '../measured/on-demand.ts'
import type { ReplicationSlot } from '../measured/pulse.ts'

/** Sizes are sums over all files and change slowly: this is the shortest interval between readings. */
export const STORAGE_INTERVAL_MS = 10_000

/** Bytes, and their growth in bytes per second; null if unknown. */
export interface WalGrowth {
  /** The rate at which the server writes WAL. */
  readonly walBytesPerSecond: number | null
  /** Free space on the file system of pg_wal; null if the host is not watched. */
  readonly freeBytes: number | null
}

/**
 * What happens to a slot if its consumer confirms nothing from now on:
 * - `lost`: it is lost. Its consumer needs a new copy.
 * - `at-risk`: it keeps more WAL than permitted. The next checkpoint may invalidate it.
 * - `limit`: it is lost after these seconds. Then it keeps more than max_slot_wal_keep_size.
 * - `disk`: it is never lost. The disk is full after these seconds.
 * - `never`: no WAL is written.
 * - `unknown`: the limit and the free space are unknown, or the growth of WAL is.
 */
export type SlotForecast =
  | { readonly kind: 'lost'; readonly reason: string | null }
  | { readonly kind: 'at-risk' | 'never' | 'unknown' }
  | { readonly kind: 'limit' | 'disk'; readonly seconds: number; readonly bytes: number }

/** Returns the forecast of one slot. For an active slot it holds only once its consumer stops: see `Slot.active`. */
export function slotForecast(slot: ReplicationSlot, { walBytesPerSecond: rate, freeBytes }: WalGrowth): SlotForecast {
  if (slot.walStatus === 'lost') return { kind: 'lost', reason: slot.invalidationReason }
  if (slot.walStatus === 'unreserved' || (slot.safeBytes !== null && slot.safeBytes <= 0)) return { kind: 'at-risk' }
  // It keeps nothing yet: restart_lsn is empty until the slot is first used.
  if (slot.walStatus === null) return { kind: 'never' }
  if (rate === 0) return { kind: 'never' }
  const byLimit = slot.safeBytes !== null && (freeBytes === null || slot.safeBytes <= freeBytes)
  const bytes = byLimit ? slot.safeBytes : freeBytes
  if (bytes === null || rate === null) return { kind: 'unknown' }
  return { kind: byLimit ? 'limit' : 'disk', seconds: bytes / rate, bytes }
}

export interface ArchiverState {
  /** `waiting`: archiving is on, and nothing was archived yet. */
  readonly state: 'off' | 'waiting' | 'ok' | 'failing' | 'unknown'
  readonly backlogFiles: number | null
  readonly backlogBytes: number | null
  /**
   * Since when nothing was archived, while archiving fails: the last success. null if there was none since the
   * statistics were reset, and while archiving does not fail.
   */
  readonly failingSince: number | null
  /** The file that failed last, while archiving fails. */
  readonly failedWal: string | null
}

/** Returns the state of archiving. The counters of a standby that does not archive are those of its time as a primary. */
export function archiverState(
  { archiver, archiveReady, walSegmentBytes }: StorageFacts,
  isIdleStandby = false,
): ArchiverState {
  const off = archiver?.mode === 'off'
  const backlogFiles = off ? null : archiveReady
  const backlogBytes = backlogFiles === null ? null : backlogFiles * walSegmentBytes
  const calm = { backlogFiles, backlogBytes, failingSince: null, failedWal: null }
  if (archiver === null) return { state: 'unknown', ...calm }
  if (off) return { state: 'off', ...calm }
  const { lastArchivedAt, lastFailedAt, lastFailedWal } = archiver
  if (!isIdleStandby && lastFailedAt !== null && (lastArchivedAt === null || lastFailedAt > lastArchivedAt)) {
    return { ...calm, state: 'failing', failingSince: lastArchivedAt, failedWal: lastFailedWal }
  }
  return { state: lastArchivedAt === null ? 'waiting' : 'ok', ...calm }
}

export interface CheckpointActivity {
  /** The share of requested checkpoints (full max_wal_size, or a command), 0 to 1; null before the first checkpoint. */
  readonly requestedShare: number | null
  /** Seconds since the last one started; null if unknown. */
  readonly sinceSeconds: number | null
  /**
   * WAL written since its redo position, as a share of max_wal_size. At about a half the server requests the next
   * one.
   */
  readonly walShare: number | null
}

/** How many there were; null: unknown. */
export function checkpointCount({ timed, requested }: StorageFacts['checkpoints']): number | null {
  return timed === null || requested === null ? null : timed + requested
}

/** Returns figures of checkpoints. `now` is in milliseconds since the epoch, by the server's clock. */
export function checkpointActivity({ checkpoints, maxWalBytes }: StorageFacts, now: number): CheckpointActivity {
  const { requested, lastAt, bytesSince } = checkpoints
  const total = checkpointCount(checkpoints)
  return {
    requestedShare: !total || requested === null ? null : requested / total,
    sinceSeconds: lastAt === null ? null : Math.max(0, (now - lastAt) / 1000),
    walShare: bytesSince === null || maxWalBytes === 0 ? null : bytesSince / maxWalBytes,
  }
}

/** The number of transaction IDs before the oldest must be frozen: their comparison wraps around after 2^31. */
const WRAPAROUND_AGE = 2 ** 31

export interface WraparoundProgress {
  readonly age: number
  /** Percent of the 2^31 IDs: the server refuses writes well before 100. */
  readonly percent: number
  /** Percent of autovacuum_freeze_max_age: from 100 on PostgreSQL starts vacuum against wraparound by itself. */
  readonly vacuumPercent: number
}

/** How close a database is to wraparound; null: unknown. */
export function wraparoundProgress(
  { transactionAge }: Pick<DatabaseSize, 'transactionAge'>,
  freezeMaxAge: number,
): WraparoundProgress | null {
  if (transactionAge === null) return null
  return {
    age: transactionAge,
    percent: (transactionAge / WRAPAROUND_AGE) * 100,
    vacuumPercent: (transactionAge / freezeMaxAge) * 100,
  }
}

/** The number of readings of sizes that are kept: at their interval, five minutes. */
const SIZES_KEPT = 31

/** Returns the short history of sizes with one more reading. */
export function addSizeSample(
  sizes: readonly DatabaseSizeSample[],
  { databases }: StorageFacts,
  at: number,
): readonly DatabaseSizeSample[] {
  const bytes = databases.flatMap((database) =>
    database.bytes === null ? [] : [[database.name, database.bytes] as const],
  )
  return [...sizes, { at, bytes: new Map(bytes) }].slice(-SIZES_KEPT)
}

export interface DatabaseGrowth {
  readonly bytes: number
  readonly bytesPerSecond: number
  /** The period, in seconds. */
  readonly overSeconds: number
}

/** The growth of a database since the oldest reading kept, negative if it shrank; null before the second reading. */
export function databaseGrowth(name: string, sizes: readonly DatabaseSizeSample[]): DatabaseGrowth | null {
  const known = sizes.filter((sample) => sample.bytes.has(name))
  const [first] = known
  const last = known.at(-1)
  if (!first || !last || last.at <= first.at) return null
  const bytes = (last.bytes.get(name) ?? 0) - (first.bytes.get(name) ?? 0)
  const overSeconds = (last.at - first.at) / 1000
  return { bytes, bytesPerSecond: bytes / overSeconds, overSeconds }
}
