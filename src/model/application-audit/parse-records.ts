// Makes entries of the text of a source: JSON lines, CSV, or lines of a configured form. Without secrets, and limited.

import { isOpenCsv } from '../logs/entries/record-entry.ts'
import { redact } from '../logs/redact.ts'
import { clean } from '../values/text.ts'
import { auditInstant } from './audit-time.ts'
import { type ApplicationAuditEntry, AUDIT_FIELDS, type AuditField } from './entry.ts'
import { type LinePattern, matchLine } from './line-pattern.ts'

/** How a source is written. `fields`: the name of each field in its documents, or columns; a `.` leads into an object. */
export type AuditFormat =
  | { readonly kind: 'json'; readonly fields: Readonly<Record<AuditField, string>> }
  /** null: a column that is not read. */
  | { readonly kind: 'csv'; readonly columns: readonly (AuditField | null)[] }
  | { readonly kind: 'text'; readonly pattern: LinePattern }

export interface RecordForm {
  readonly format: AuditFormat
  /** The zone of times without their own; null: none is configured. */
  readonly timeZone: string | null
  /** Of all its entries; null: each entry has its own. */
  readonly category: string | null
}

export interface ParsedRecords {
  /** In the order of the text. */
  readonly entries: readonly ApplicationAuditEntry[]
  readonly unreadable: number
  /** Why the first unreadable line is none, in words; null if there is none. */
  readonly problem: string | null
}

/** Longer ones are no entries, in UTF-16 units. */
export const LONGEST_LINE = 16_384
const MOST_CSV_LINES = 50
const LONGEST_TEXT = 2_000
const LONGEST_WORD = 200

type Fields = Readonly<Partial<Record<AuditField, string>>>

/** Parses whole lines. Empty ones, and the first line of CSV without a time (its head), are passed over. */
export function parseRecords(text: string, form: RecordForm): ParsedRecords {
  const entries: ApplicationAuditEntry[] = []
  let unreadable = 0
  let problem: string | null = null
  for (const line of linesOf(text, form)) {
    const fields = line.length > LONGEST_LINE ? null : fieldsOf(line, form.format)
    const entry = fields ? entryOf(fields, form) : 'it has another form'
    if (typeof entry !== 'string') entries.push(entry)
    else if (!isHead(fields, form)) {
      unreadable += 1
      problem ??= isText(line) ? `${entry}: ${quoted(line)}` : 'it is no text in UTF-8: the file may be compressed'
    }
  }
  return { entries, unreadable, problem }
}

function linesOf(text: string, { format }: RecordForm): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (format.kind === 'csv') return csvRecords(lines)
  if (format.kind !== 'json' || !text.trimStart().startsWith('[')) return lines
  const list = parsedJson(text)
  return Array.isArray(list) ? list.map((each) => jsonText(each) ?? '') : lines
}

function fieldsOf(line: string, format: AuditFormat): Fields | null {
  switch (format.kind) {
    case 'json': {
      const document = parsedJson(line)
      if (typeof document !== 'object' || document === null) return null
      return fieldsBy((field) => textOf(valueAt(document, format.fields[field])))
    }
    case 'csv': {
      const cells = csvCells(line)
      return cells && fieldsBy((field) => cells[format.columns.indexOf(field)])
    }
    case 'text':
      return matchLine(format.pattern, line)
  }
}

function fieldsBy(value: (field: AuditField) => string | undefined): Fields {
  return Object.fromEntries(
    AUDIT_FIELDS.flatMap((field) => {
      const text = value(field)
      return text === undefined ? [] : [[field, text]]
    }),
  )
}

/** Returns the entry, or why there is none. */
function entryOf(fields: Fields, form: RecordForm): ApplicationAuditEntry | string {
  const at = auditInstant(fields.time ?? '', form.timeZone)
  if (at === 'zone') return 'its time has no time zone'
  if (at === 'form') return 'it has no time that pgdeck can read'
  const what = short(fields.what, LONGEST_TEXT)
  if (what === null) return 'it does not say what was done'
  const word = (field: AuditField) => short(fields[field], LONGEST_WORD)
  const category = form.category ?? word('category')
  return { at, who: word('who'), category, what, from: word('from'), result: word('result') }
}

function isHead(fields: Fields | null, { format }: RecordForm): boolean {
  return format.kind === 'csv' && fields !== null && !/\d/.test(fields.time ?? '')
}

function short(text: string | undefined, longest: number): string | null {
  const given = clean(redact(text ?? '')).trim()
  if (given === '') return null
  return given.length > longest ? `${given.slice(0, longest)}…` : given
}

/** The start of a line for a message, without secrets. */
/** False for bytes that were no UTF-8, or that no text has. */
function isText(line: string): boolean {
  return !/[\0\uFFFD]/.test(line.slice(0, 400))
}

function quoted(line: string): string {
  return JSON.stringify(clean(redact(line.slice(0, 400))).slice(0, 80))
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** undefined for what is nested too deep: one such line must not hide the others. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** The member of that name; else the member that the parts of the name lead to. */
function valueAt(document: object, name: string): unknown {
  if (Object.hasOwn(document, name)) return Reflect.get(document, name)
  let value: unknown = document
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  return typeof value === 'string' ? value : typeof value === 'object' ? jsonText(value) : String(value)
}

/** A cell in quotes may have line breaks: what a user typed there must not pass for another entry. */
function csvRecords(lines: readonly string[]): readonly string[] {
  const records: string[] = []
  let end: number
  for (let begin = 0; begin < lines.length; begin = end) {
    end = csvRecordEnd(lines, begin)
    records.push(lines.slice(begin, end).join('\n'))
  }
  return records
}

/** Returns the index after its last line. One that is not closed soon is a line by itself, of another form. */
function csvRecordEnd(lines: readonly string[], begin: number): number {
  const line = lines[begin] ?? ''
  if (!isOpenCsv(line) || line.length > LONGEST_LINE || csvCells(line)) return begin + 1
  const rest = lines.slice(begin + 1, begin + MOST_CSV_LINES).findIndex(isOpenCsv)
  const end = begin + rest + 2
  return rest >= 0 && csvCells(lines.slice(begin, end).join('\n')) ? end : begin + 1
}

/** The cells of a record (RFC 4180); null if a quote is not closed. */
function csvCells(line: string): readonly string[] | null {
  const cells: string[] = []
  const cell = /\s*(?:"((?:[^"]|"")*)"\s*|([^\s",][^,]*)?)(,|$)/y
  for (;;) {
    const found = cell.exec(line)
    if (!found) return null
    cells.push(found[1] === undefined ? (found[2] ?? '').trim() : found[1].replaceAll('""', '"'))
    if (found[3] === '') return cells
  }
}
