// Merges the ends of the newest files of a server's log: a server may write several formats at once.

import type { LogEntry, LogSettings } from './entry.ts'
import { createLogReader } from './log-reader.ts'

export interface LogTail {
  /** The newest last. Entries without a time keep their place. */
  readonly entries: readonly LogEntry[]
  /** Lines that belong to no entry, such as those of a start that fails before the log is open. */
  readonly loose: readonly string[]
}

/** Reads the texts of these files, each cut at its start. */
export function logTailOf(texts: readonly string[], settings: LogSettings): LogTail {
  const entries: LogEntry[] = []
  const loose: string[] = []
  for (const text of texts) {
    const reader = createLogReader({
      settings,
      onEntry: (entry) => entries.push(entry),
      onLooseLine: (line) => loose.push(line),
    })
    reader.push(text)
    reader.end()
  }
  return { entries: texts.length > 1 ? inTime(entries) : entries, loose }
}

/** An entry without a time follows the one before it. */
function inTime(entries: readonly LogEntry[]): readonly LogEntry[] {
  let at = Number.NEGATIVE_INFINITY
  const timed = entries.map((entry) => {
    at = entry.at ?? at
    return { entry, at }
  })
  return timed.sort((a, b) => a.at - b.at).map(({ entry }) => entry)
}
