// What pgBackRest, Barman and WAL-G tell of their backups, in one form: the good ones, the WAL behind them, what runs.

import type { NewestBackup } from '../measured/backup.ts'
import { clean } from '../values/text.ts'

/** The programs that make base backups and archive WAL. */
export const BACKUP_TOOLS = ['pgbackrest', 'barman', 'wal-g'] as const
export type BackupTool = (typeof BACKUP_TOOLS)[number]

/** The answer of a tool is of another form, or says that it does not know these backups. */
export class BackupToolError extends Error {}

/** Characters of what a tool says that are shown. */
const MOST_TEXT = 300

interface GoodBackup {
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number
  readonly name: string
  /** Why it can't be restored, in words; null: nothing is known against it. */
  readonly lacks: string | null
  /** The tool keeps no WAL behind it but its own: a restore reaches its end alone. */
  readonly isAlone?: boolean
}

/** Parses what the tool printed; `name` is the stanza or server. Throws BackupToolError. */
export function parseToolBackups(tool: BackupTool, name: string, printed: string): NewestBackup {
  const document = jsonOf(printed)
  switch (tool) {
    case 'pgbackrest':
      return ofPgBackRest(document, name)
    case 'barman':
      return ofBarman(document, name)
    case 'wal-g':
      return ofWalG(document)
  }
}

type Fields = Readonly<Record<string, unknown>>

/** Integers that a number can't hold, such as system identifiers, become texts. */
function jsonOf(printed: string): unknown {
  try {
    return JSON.parse(printed.replace(/("system[-_]id(?:entifier)?":\s*)(\d+)/g, '$1"$2"'))
  } catch {
    throw new BackupToolError(`it printed no JSON: ${clean(printed.trim().slice(0, 120))}`)
  }
}

function ofPgBackRest(document: unknown, stanza: string): NewestBackup {
  const about = fieldsOf(listOf(document).find((each) => textOf(fieldsOf(each).name) === stanza))
  const status = fieldsOf(about.status)
  const current = currentSystem(about)
  const backups = listOf(about.backup).map(fieldsOf).filter(current.isOf)
  // 0: ok, 2: there is no valid backup yet, others: no such stanza, no such path, another system.
  if (status.code !== 0 && status.code !== 2 && backups.length === 0)
    throw new BackupToolError(
      `the stanza ${clean(stanza)}: ${clean((textOf(status.message) ?? 'it is unknown').slice(0, MOST_TEXT))}`,
    )
  const archives = listOf(about.archive).map(fieldsOf)
  const broken = new Set(backups.filter(({ error }) => error === true).map(({ label }) => label))
  const good = backups.flatMap((backup): GoodBackup[] => {
    const at = secondsOf(fieldsOf(backup.timestamp).stop)
    if (at === null || [backup.label, ...listOf(backup.reference)].some((label) => broken.has(label))) return []
    return [{ at, name: textOf(backup.label) ?? '', lacks: whatPgBackRestLacks(backup, archives) }]
  })
  return found(good, {
    isRunning: heldOf(fieldsOf(status.lock)),
    system: current.id,
    trouble: status.code === 0 || status.code === 2 ? null : textOf(status.message),
  })
}

/** After an upgrade the stanza also has the old system, and its backups: they are none of the present one. */
function currentSystem(about: Fields): { readonly id: string | null; readonly isOf: (backup: Fields) => boolean } {
  const systems = listOf(about.db).map(fieldsOf)
  const latest = systems.toSorted((a, b) => Number(a.id) - Number(b.id)).at(-1)
  const id = textOf(latest?.['system-id'])
  const isOf = ({ database }: Fields) => {
    const { id: number, 'repo-key': repository } = fieldsOf(database)
    const its = systems.find((each) => each.id === number && each['repo-key'] === repository)
    return its === undefined || textOf(its['system-id']) === id
  }
  return { id, isOf }
}

/** A backup without the WAL of its own duration can't be restored. */
function whatPgBackRestLacks(backup: Fields, archives: readonly Fields[]): string | null {
  const id = (of: Fields) => JSON.stringify([fieldsOf(of.database).id, fieldsOf(of.database)['repo-key']])
  const needs = fieldsOf(backup.archive)
  const [first, last] = [textOf(needs.start), textOf(needs.stop)]
  const archive = archives.find((each) => id(each) === id(backup))
  const [from, to] = [textOf(archive?.min), textOf(archive?.max)]
  if (first === null || last === null) return null
  if (from === null || to === null) return `its archive has no WAL, ${last} is needed`
  if (isEarlier(to, last)) return `its archive ends at ${to}, ${last} is needed`
  return isEarlier(first, from) ? `its archive begins at ${from}, ${first} is needed` : null
}

/** By the names of segments: the archive is sorted by timeline first. On a later timeline nothing is certain. */
function isEarlier(one: string, other: string): boolean {
  return one < other
}

function heldOf(lock: Fields): boolean | null {
  const { held } = fieldsOf(lock.backup)
  return typeof held === 'boolean' ? held : null
}

function ofBarman(document: unknown, server: string): NewestBackup {
  const answer = fieldsOf(document)
  const [error] = listOf(answer._ERROR)
  if (error !== undefined) throw new BackupToolError(clean(String(error).slice(0, MOST_TEXT)))
  if (!Array.isArray(answer[server])) throw new BackupToolError(`it printed nothing of the server ${clean(server)}`)
  const backups = listOf(answer[server]).map(fieldsOf)
  const good = backups.flatMap((backup): GoodBackup[] => {
    const at = secondsOf(backup.end_time_timestamp)
    // WAITING_FOR_WALS: its last WAL is not archived yet.
    if (backup.status !== 'DONE' || at === null) return []
    const isAlone = backup.retention_status === 'KEEP:STANDALONE'
    return [{ at, name: textOf(backup.backup_id) ?? '', lacks: null, isAlone }]
  })
  const [first] = backups
  return found(good, {
    isRunning: first?.status === 'STARTED' || first?.status === 'SYNCING',
    system: null,
    trouble: first?.status === 'FAILED' ? `the last one, ${textOf(first.backup_id) ?? '?'}, failed` : null,
  })
}

/** The system identifier in what `barman show-backup` printed; null: that version does not tell it. */
export function parseBarmanSystem(printed: string): string | null {
  return /^\s*System Id\s*:\s*(\d{1,20})\s*$/m.exec(printed)?.[1] ?? null
}

/** `backup-list --detail --json`: times as ISO texts; a backup is listed only when it is complete. */
function ofWalG(document: unknown): NewestBackup {
  const backups = listOf(document).map(fieldsOf)
  const good = backups.flatMap((backup): (GoodBackup & { readonly system: string | null })[] => {
    const times = [backup.finish_time, backup.time, backup.modified].map((time) => Date.parse(textOf(time) ?? ''))
    // An absent time is the year 1 there.
    const at = times.find((time) => time > 0)
    if (at === undefined) return []
    const system = textOf(backup.system_identifier)
    return [{ at, name: textOf(backup.backup_name) ?? '', lacks: null, isAlone: backup.is_permanent === true, system }]
  })
  // After an upgrade the old system's are in the same place.
  const system = good.toSorted((a, b) => a.at - b.at).at(-1)?.system ?? null
  return found(
    good.filter((backup) => backup.system === system),
    { isRunning: null, system, trouble: null },
  )
}

function found(
  good: readonly GoodBackup[],
  about: Pick<Required<NewestBackup>, 'isRunning' | 'system' | 'trouble'>,
): NewestBackup {
  const usable = good.filter(({ lacks }) => lacks === null).toSorted((a, b) => a.at - b.at)
  const [oldest, newest] = [usable.find(({ isAlone }) => isAlone !== true), usable.at(-1)]
  const last = good.toSorted((a, b) => a.at - b.at).at(-1)
  const gap = last?.lacks ? `${last.name} can’t be restored: ${last.lacks}` : null
  return {
    newest: newest ? { at: newest.at, name: clean(newest.name.slice(0, MOST_TEXT)) } : null,
    oldestAt: oldest?.at ?? null,
    ...about,
    trouble: gap === null && about.trouble === null ? null : clean((gap ?? about.trouble ?? '').slice(0, MOST_TEXT)),
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

/** Seconds since the epoch, as a number or a text. */
function secondsOf(value: unknown): number | null {
  const seconds = Number(textOf(value) ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null
}
