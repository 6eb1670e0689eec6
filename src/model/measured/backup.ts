// The newest base backup of a database, as the config says how to find it. PostgreSQL itself keeps no record of them.

import type { Fault } from '../values/fault.ts'

/** How often backups are looked for, in milliseconds: their age is counted in hours. */
export const BACKUP_INTERVAL_MS = 60_000
/** A tool reads its whole repository, which may be far away. */
export const BACKUP_TOOL_INTERVAL_MS = 300_000
export const BACKUP_TOOL_LIMIT_MS = 30_000

/** What one look for backups found. */
export interface NewestBackup {
  /** The newest one; null when there is none at all. */
  readonly newest: {
    /** When it was taken or last written, in milliseconds since the epoch. */
    readonly at: number
    /** Of the file or folder; null where the source tells none. */
    readonly name: string | null
  } | null
  /** When the oldest one that can be restored ended; null: there is none. Absent: the source does not tell. */
  readonly oldestAt?: number | null
  /** Whether one is being taken; null or absent: unknown. */
  readonly isRunning?: boolean | null
  /** System identifier of the server that the backups are of; null or absent: unknown. */
  readonly system?: string | null
  /** What is wrong with the newest one, or with what was to be it; null or absent: nothing is known. */
  readonly trouble?: string | null
}

/** Names of what is still being written; hidden files are no backups either. */
const UNFINISHED = /^\.|\.(?:tmp|temp|part|partial|incomplete)$/i

/** The newest of some files and folders, by when they were last changed. */
export function newestBackupAmong(
  entries: readonly { readonly name: string; readonly modifiedAt: number }[],
): NewestBackup {
  const finished = entries.filter(({ name }) => !UNFINISHED.test(name))
  const [first, ...rest] = finished
  if (!first) return { newest: null }
  const newest = rest.reduce((best, entry) => (entry.modifiedAt > best.modifiedAt ? entry : best), first)
  return { newest: { at: newest.modifiedAt, name: newest.name } }
}

/** The layout of a folder of backups, by the names in it: of a stanza of pgBackRest, or `base` of Barman; null: any other. */
export function backupLayoutOf(names: readonly string[]): 'pgbackrest' | 'barman' | null {
  if (names.some((name) => name === 'backup.info') || names.some((name) => PGBACKREST_LABEL.test(name)))
    return 'pgbackrest'
  return names.some((name) => BARMAN_ID.test(name)) ? 'barman' : null
}

/** Whether a tool gave the folder that name for a backup. */
export function isToolBackup(layout: 'pgbackrest' | 'barman', name: string): boolean {
  return (layout === 'pgbackrest' ? PGBACKREST_LABEL : BARMAN_ID).test(name)
}

/** `20261130-112404F`, `20261130-112404F_20261130-112428I` */
const PGBACKREST_LABEL = /^\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?$/
const BARMAN_ID = /^\d{8}T\d{6}$/

/** An instant with its zone: `2026-11-22T03:00:00Z`, `2026-11-22 03:00:00+01`. */
const WITH_ZONE = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)$/i

/**
 * An instant in milliseconds since the epoch from what a query or a program gave: a date, seconds since the epoch, or a
 * text of either form. One without a zone is refused (null): nobody knows whose clock it is.
 */
export function parseInstant(value: unknown): number | null {
  if (value instanceof Date) return Number.isFinite(value.getTime()) ? value.getTime() : null
  if (typeof value === 'number' || typeof value === 'bigint') return fromSeconds(Number(value))
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (/^\d{1,12}(?:\.\d+)?$/.test(text)) return fromSeconds(Number(text))
  const [, day, time, zone = ''] = WITH_ZONE.exec(text) ?? []
  const offset = /^(?:Z|UTC)$/i.test(zone)
    ? 'Z'
    : zone.replace(/^([+-]\d{2}):?(\d{2})?$/, (_, h, m) => `${h}:${m ?? '00'}`)
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${offset}`)
  return Number.isFinite(at) ? at : null
}

function fromSeconds(seconds: number): number | null {
  return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : null
}

/** The latest reading of backups. */
export interface BackupView {
  /** Description of their source. */
  readonly source: string
  /** False until the first answer. */
  readonly known: boolean
  /** When the newest one was taken; null if there is none, or if unknown. */
  readonly at: number | null
  readonly name: string | null
  readonly readAt: number | null
  /** A restore reaches each moment from `from` to `to` (milliseconds); null: the source does not tell, or nothing can be restored. */
  readonly window: { readonly from: number; readonly to: number } | null
  /** Whether one is being taken; null: unknown. */
  readonly isRunning: boolean | null
  /** What is wrong with them, although the newest good one may be recent; null: nothing is known. */
  readonly trouble: string | null
  /** Why they can't be read now. */
  readonly problem: (Fault & { readonly since: number }) | null
}
