// Makes entries from records of csvlog and jsonlog, and from JSON in which other programs wrap them.

import { LOG_WORD_MEANINGS } from '../messages/recognize.ts'
import type { LogSeverity } from '../messages/translation.ts'
import type { LogEntry } from './entry.ts'
import { instantOf, LOG_TIME } from './log-time.ts'

/** The start of a csvlog record. Text before the first one is the end of a cut record. */
export const CSV_BEGIN = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3} [^,"]{1,12},/

/** The columns that are read. The first column of the format is 0. */
const COLUMNS = { time: 0, user: 1, severity: 11, sqlState: 12, message: 13, detail: 14, hint: 15 } as const

/** null: not a record of a server. */
export function csvEntry(record: string, timeZone: string | null, before: number | null): LogEntry | null {
  const fields = csvFields(record)
  const field = (column: keyof typeof COLUMNS) => fields[COLUMNS[column]] || null
  const severity = severityOf(field('severity'))
  if (severity === null) return null
  return {
    at: instantOf(LOG_TIME.exec(field('time') ?? ''), timeZone, before),
    severity,
    sqlState: field('sqlState'),
    user: field('user'),
    message: field('message') ?? '',
    detail: field('detail'),
    hint: field('hint'),
  }
}

function csvFields(record: string): readonly string[] {
  const fields: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y
  while (fields.length < 40) {
    const [whole, quoted, bare = '', end] = field.exec(record) ?? []
    if (whole === undefined) break
    fields.push(quoted?.replaceAll('""', '"') ?? bare)
    if (end === '') break
  }
  return fields
}

/** Whether a record continues in the next line: its quotes come in pairs. */
export function isOpenCsv(record: string): boolean {
  return (record.split('"').length - 1) % 2 === 1
}

type JsonObject = Readonly<Record<string, unknown>>

/** Parses a line of jsonlog, or one that an operator or a container wraps; null: neither. */
export function jsonEntry(line: string, timeZone: string | null, before: number | null): LogEntry | string | null {
  const parsed = jsonObject(line)
  if (parsed === null) return null
  // Docker holds the line as text; CloudNativePG holds the csvlog record as an object.
  if (typeof parsed.log === 'string') return parsed.log.replace(/\n$/, '')
  const record = asObject(parsed.record) ?? parsed
  const text = (key: string) => (typeof record[key] === 'string' && record[key] !== '' ? record[key] : null)
  const severity = severityOf(text('error_severity'))
  if (severity === null) return null
  return {
    at: instantOf(LOG_TIME.exec(text('timestamp') ?? text('log_time') ?? ''), timeZone, before),
    severity,
    sqlState: text('state_code') ?? text('sql_state_code'),
    user: text('user') ?? text('user_name'),
    message: text('message') ?? '',
    detail: text('detail'),
    hint: text('hint'),
  }
}

/** Words of which one is in every record that is read. Trying the many lines of another text takes long. */
const JSON_WORDS = ['"error_severity"', '"log"', '"record"']

function jsonObject(line: string): JsonObject | null {
  if (!line.trimEnd().endsWith('}') || !JSON_WORDS.some((word) => line.includes(word))) return null
  try {
    return asObject(JSON.parse(line))
  } catch {
    return null
  }
}

function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}

/** DEBUG1 to DEBUG5 count as one. */
function severityOf(word: string | null): LogSeverity | null {
  const meaning = LOG_WORD_MEANINGS.get((word ?? '').replace(/\d$/, '')) ?? null
  return meaning !== null && SEVERITIES.has(meaning) ? (meaning as LogSeverity) : null
}

const SEVERITIES: ReadonlySet<string> = new Set([
  'PANIC',
  'FATAL',
  'ERROR',
  'WARNING',
  'LOG',
  'NOTICE',
  'INFO',
  'DEBUG',
])
