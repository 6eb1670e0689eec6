// What becomes of disk space at the present rate: slots, archive, checkpoints, transaction IDs, growth of databases.

import type { DatabaseSize, DatabaseSizeSample, StorageFacts } from '../measured/on-demand.ts'
import type { ReplicationSlot } from '../measured/pulse.ts'

/** Sizes are sums over all files and change slowly: read at most this often. */
export const STORAGE_INTERVAL_MS = 10_000

/** Bytes, and how fast they become more, in bytes per second; null when unknown. */
export interface WalGrowth {
  /** How fast the server writes WAL. */
  readonly walBytesPerSecond: number | null
  /** Free space where the log is kept; null when the host is not watched. */
  readonly freeBytes: number | null
}

/**
 * What happens to a slot if its consumer confirmed nothing more from now on:
 * - `lost`: it is; its consumer needs a new copy.
 * - `at-risk`: more is kept than is allowed: the next checkpoint may take it.
 * - `limit`: lost after these seconds, when it keeps more than max_slot_wal_keep_size.
 * - `disk`: never lost, but the disk is full after these seconds.
 * - `never`: the log does not grow.
 * - `unknown`: neither limit nor free space is known, or not yet how fast the log grows.
 */
export type SlotForecast =
  | { readonly kind: 'lost'; readonly reason: string | null }
  | { readonly kind: 'at-risk' | 'never' | 'unknown' }
  | { readonly kind: 'limit' | 'disk'; readonly seconds: number; readonly bytes: number }

/** The forecast of one slot. That of a slot in use holds only if its consumer stops: see `Slot.active`. */
export function slotForecast(slot: ReplicationSlot, { walBytesPerSecond: rate, freeBytes }: WalGrowth): SlotForecast {
  if (slot.walStatus === 'lost') return { kind: 'lost', reason: slot.invalidationReason }
  if (slot.walStatus === 'unreserved' || (slot.safeBytes !== null && slot.safeBytes <= 0)) return { kind: 'at-risk' }
  // It keeps nothing yet: restart_lsn is empty until it is first used.
  if (slot.walStatus === null) return { kind: 'never' }
  if (rate === 0) return { kind: 'never' }
  const byLimit = slot.safeBytes !== null && (freeBytes === null || slot.safeBytes <= freeBytes)
  const bytes = byLimit ? slot.safeBytes : freeBytes
  if (bytes === null || rate === null) return { kind: 'unknown' }
  return { kind: byLimit ? 'limit' : 'disk', seconds: bytes / rate, bytes }
}

export interface ArchiverState {
  /** `waiting`: switched on, and nothing was archived yet. */
  readonly state: 'off' | 'waiting' | 'ok' | 'failing' | 'unknown'
  readonly backlogFiles: number | null
  readonly backlogBytes: number | null
  /**
   * Since when nothing was archived, while failing: the last success. null when there was none since the statistics
   * began, and while it does not fail.
   */
  readonly failingSince: number | null
  /** Name of the file that failed last, while failing. */
  readonly failedWal: string | null
}

/** How archiving goes. */
export function archiverState({ archiver, archiveReady, walSegmentBytes }: StorageFacts): ArchiverState {
  const off = archiver?.mode === 'off'
  const backlogFiles = off ? null : archiveReady
  const backlogBytes = backlogFiles === null ? null : backlogFiles * walSegmentBytes
  const calm = { backlogFiles, backlogBytes, failingSince: null, failedWal: null }
  if (archiver === null) return { state: 'unknown', ...calm }
  if (off) return { state: 'off', ...calm }
  const { lastArchivedAt, lastFailedAt, lastFailedWal } = archiver
  if (lastFailedAt !== null && (lastArchivedAt === null || lastFailedAt > lastArchivedAt)) {
    return { ...calm, state: 'failing', failingSince: lastArchivedAt, failedWal: lastFailedWal }
  }
  return { state: lastArchivedAt === null ? 'waiting' : 'ok', ...calm }
}

export interface CheckpointActivity {
  /** Share of checkpoints that were asked for, by a full max_wal_size or a command, 0 to 1; null before the first. */
  readonly requestedShare: number | null
  /** Seconds since the last one started; null when unknown. */
  readonly sinceSeconds: number | null
  /** Log written since its redo position, as a share of max_wal_size: at about a half the next one is asked for. */
  readonly walShare: number | null
}

/** How checkpoints come about. `now` in milliseconds since the epoch, by the server's clock. */
export function checkpointActivity({ checkpoints, maxWalBytes }: StorageFacts, now: number): CheckpointActivity {
  const { timed, requested, lastAt, bytesSince } = checkpoints
  return {
    requestedShare: timed + requested === 0 ? null : requested / (timed + requested),
    sinceSeconds: lastAt === null ? null : Math.max(0, (now - lastAt) / 1000),
    walShare: bytesSince === null || maxWalBytes === 0 ? null : bytesSince / maxWalBytes,
  }
}

/** Transaction IDs there are before the oldest must be frozen: comparison of IDs wraps around after 2^31. */
const WRAPAROUND_AGE = 2 ** 31

export interface WraparoundProgress {
  readonly age: number
  /** Of the 2^31 there are: at 100 the server has long refused to write. */
  readonly percent: number
  /** Of autovacuum_freeze_max_age: from 100 on PostgreSQL vacuums against wraparound by itself. */
  readonly vacuumPercent: number
}

/** How near a database is to wraparound. */
export function wraparoundProgress(
  { transactionAge }: Pick<DatabaseSize, 'transactionAge'>,
  freezeMaxAge: number,
): WraparoundProgress {
  return {
    age: transactionAge,
    percent: (transactionAge / WRAPAROUND_AGE) * 100,
    vacuumPercent: (transactionAge / freezeMaxAge) * 100,
  }
}

/** Readings of the sizes that are kept: at their pace, five minutes. */
const SIZES_KEPT = 31

/** The short history of sizes with one reading more. */
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
  /** Over how long, in seconds. */
  readonly overSeconds: number
}

/** By how much a database has grown (or shrunk, negative) since the oldest reading kept; null before the second. */
export function databaseGrowth(name: string, sizes: readonly DatabaseSizeSample[]): DatabaseGrowth | null {
  const known = sizes.filter((sample) => sample.bytes.has(name))
  const [first] = known
  const last = known.at(-1)
  if (!first || !last || last.at <= first.at) return null
  const bytes = (last.bytes.get(name) ?? 0) - (first.bytes.get(name) ?? 0)
  const overSeconds = (last.at - first.at) / 1000
  return { bytes, bytesPerSecond: bytes / overSeconds, overSeconds }
}
