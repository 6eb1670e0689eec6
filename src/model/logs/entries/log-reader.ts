// Makes entries from a log that arrives in chunks. The start of a line tells the format: stderr, csvlog or jsonlog.

import type { LogSeverity } from '../messages/translation.ts'
import type { LogEntry, LogSettings } from './entry.ts'
import { type LogLine, lineReader } from './line-entry.ts'
import { CSV_BEGIN, csvEntry, isOpenCsv, jsonEntry } from './record-entry.ts'

export interface LogReader {
  /** Takes the next chunk of a log, cut at any place. */
  push(part: string): void
  /** Ends the log. */
  end(): void
}

export interface LogReaderOptions {
  readonly settings: LogSettings
  readonly onEntry: (entry: LogEntry) => void
  /** Takes a line that starts no entry and belongs to none. */
  readonly onLooseLine?: (line: string) => void
}

/** The longest line. Nothing after this length is looked for. */
const LONGEST_LINE = 8_000
/** The longest entry of several lines. */
const LONGEST_ENTRY = 16_000

/** Reads one file. It also takes entries in another format than the file's: a server may write both to one file. */
export function createLogReader(options: LogReaderOptions): LogReader {
  const assembler = new Assembler(options)
  let rest = ''
  return {
    push(part) {
      const lines = (rest + part).split('\n')
      rest = lines.pop()?.slice(0, LONGEST_LINE) ?? ''
      for (const line of lines) assembler.line(line.slice(0, LONGEST_LINE).replace(/\r$/, ''))
    },
    end() {
      if (rest !== '') assembler.line(rest)
      rest = ''
      assembler.end()
    },
  }
}

/** An entry that may continue. */
interface OpenEntry {
  readonly first: LogLine
  message: string
  detail: string | null
  hint: string | null
  /** The owner of the next line without a severity. */
  part: 'message' | 'detail' | 'hint' | 'other'
}

class Assembler {
  readonly #options: LogReaderOptions
  readonly #read: ReturnType<typeof lineReader>
  #open: OpenEntry | null = null
  #csv: string | null = null
  #before: number | null = null

  constructor(options: LogReaderOptions) {
    this.#options = options
    this.#read = lineReader(options.settings)
  }

  line(line: string): void {
    const { timeZone } = this.#options.settings
    const beginsCsv = CSV_BEGIN.test(line)
    if (this.#csv !== null && (!beginsCsv || isOpenCsv(line))) {
      // The record is open, and is not counted again with each of its lines.
      this.#record(`${this.#csv}\n${line}`, !isOpenCsv(line))
    } else if (beginsCsv) {
      this.#record(line, isOpenCsv(line))
    } else if (line.startsWith('{')) {
      const found = jsonEntry(line, timeZone, this.#before)
      if (typeof found === 'string') this.#plain(found)
      else if (found === null) this.#plain(line)
      else this.#tell(found)
    } else this.#plain(line)
  }

  end(): void {
    if (this.#csv !== null) this.#options.onLooseLine?.(this.#csv)
    this.#csv = null
    this.#close()
  }

  #record(record: string, isOpen: boolean): void {
    this.#csv = null
    if (isOpen && record.length < LONGEST_ENTRY) {
      this.#csv = record
      return
    }
    const entry = csvEntry(record, this.#options.settings.timeZone, this.#before)
    if (entry) this.#tell(entry)
    else for (const line of record.split('\n')) this.#plain(line)
  }

  #plain(line: string): void {
    const found = line.startsWith('\t') ? null : this.#read(line, this.#before)
    const open = this.#open
    if (found === null) {
      if (open) extend(open, line.replace(/^\t/, ''))
      if (!line.startsWith('\t') && line.trim() !== '') this.#options.onLooseLine?.(line)
      return
    }
    const part = PARTS[found.word]
    if (part === undefined) {
      this.#close()
      this.#open = { first: found, message: found.message, detail: null, hint: null, part: 'message' }
    } else if (open) {
      open.part = part
      if (part !== 'other') open[part] = found.message
    }
  }

  #close(): void {
    const open = this.#open
    this.#open = null
    if (!open) return
    const { word, at, sqlState, user } = open.first
    const { message, detail, hint } = open
    this.#tell({ at, severity: word as LogSeverity, sqlState, user, message, detail, hint })
  }

  #tell(entry: LogEntry): void {
    this.#close()
    this.#before = entry.at ?? this.#before
    this.#options.onEntry(entry)
  }
}

/** Words that start further lines of an entry. Words that are absent here start an entry. */
const PARTS: Readonly<Record<string, OpenEntry['part']>> = {
  DETAIL: 'detail',
  HINT: 'hint',
  QUERY: 'other',
  CONTEXT: 'other',
  LOCATION: 'other',
  STATEMENT: 'other',
  BACKTRACE: 'other',
}

function extend(open: OpenEntry, line: string): void {
  if (open.part === 'other') return
  const before = open[open.part] ?? ''
  if (before.length < LONGEST_ENTRY) open[open.part] = `${before}\n${line}`
}
