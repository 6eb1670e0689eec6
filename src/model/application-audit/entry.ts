// The audit of an application server as its own product writes it: entries, and what one reading of a source brings.
// pgdeck shows them beside its own; they are in no chain of hashes.

import type { Fault } from '../values/fault.ts'

/** One entry, without secrets. null: the source does not say. */
export interface ApplicationAuditEntry {
  /** Milliseconds since the epoch, by the clock that wrote it. */
  readonly at: number
  readonly who: string | null
  /** As it is written; see `categoryOfText`. */
  readonly category: string | null
  readonly what: string
  /** An address or a name. */
  readonly from: string | null
  readonly result: string | null
}

/** The fields of an entry, by their names in the configuration. */
export const AUDIT_FIELDS = ['time', 'who', 'category', 'what', 'from', 'result'] as const
export type AuditField = (typeof AUDIT_FIELDS)[number]

/** Where a reading ended, so that the next one reads on. */
export type AuditPosition =
  | { readonly kind: 'file'; readonly device: string; readonly inode: string; readonly bytes: number }
  /** The time of the newest entry. */
  | { readonly kind: 'time'; readonly at: number }

/** What one reading of a source brought. */
export interface ApplicationAuditReading {
  /** The oldest first. */
  readonly entries: readonly ApplicationAuditEntry[]
  /** True: all entries of the source from the oldest of these on. False: only those after the last reading. */
  readonly isWhole: boolean
  /** How far its clock is ahead of this host's, in milliseconds; null if unknown. */
  readonly clockAheadMs: number | null
  /** Lines or rows that are no entries. */
  readonly unreadable: number
  /** True if entries between this reading and the last one, or before it, were left out for their number. */
  readonly leftOut: boolean
  /** null: the source is read anew each time. */
  readonly position: AuditPosition | null
}

/** One source, as far as it was read. */
export interface AuditSourceRecord {
  /** Milliseconds since the epoch; null before the first reading. */
  readonly readAt: number | null
  /** Why the last reading failed; null if it did not. */
  readonly fault: Fault | null
  /** The newest first, at most MAX_SOURCE_ENTRIES. */
  readonly entries: readonly ApplicationAuditEntry[]
  readonly clockAheadMs: number | null
  readonly unreadable: number
  readonly leftOut: boolean
}

/** The newest entries that are kept of one source. */
export const MAX_SOURCE_ENTRIES = 1_000

export const UNREAD_SOURCE: AuditSourceRecord = {
  readAt: null,
  fault: null,
  entries: [],
  clockAheadMs: null,
  unreadable: 0,
  leftOut: false,
}

/** The source after a reading. Entries that a whole reading has again replace those that are known. */
export function withReading(
  before: AuditSourceRecord,
  reading: ApplicationAuditReading,
  at: number,
): AuditSourceRecord {
  const { entries, isWhole, clockAheadMs, unreadable, leftOut } = reading
  const oldest = entries.reduce((least, entry) => Math.min(least, entry.at), Number.POSITIVE_INFINITY)
  const kept = isWhole ? before.entries.filter((entry) => entry.at < oldest) : before.entries
  const merged = entries.length === 0 ? before.entries : newestFirst([...entries.toReversed(), ...kept])
  return {
    readAt: at,
    fault: null,
    entries: merged.slice(0, MAX_SOURCE_ENTRIES),
    clockAheadMs,
    unreadable: isWhole ? unreadable : before.unreadable + unreadable,
    leftOut: before.leftOut || leftOut || merged.length > MAX_SOURCE_ENTRIES,
  }
}

/** Entries of the same time keep their order. */
function newestFirst(entries: readonly ApplicationAuditEntry[]): readonly ApplicationAuditEntry[] {
  return entries.toSorted((one, other) => other.at - one.at)
}

/** Below this a difference of clocks may be one of the measurement. */
const LEAST_DIFFERENCE_MS = 2_000

/** How far its clock is ahead, if that is sure; 0 otherwise. */
export function sureClockDifference(clockAheadMs: number | null): number {
  return clockAheadMs !== null && Math.abs(clockAheadMs) >= LEAST_DIFFERENCE_MS ? clockAheadMs : 0
}
