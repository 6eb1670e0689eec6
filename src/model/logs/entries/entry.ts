// One entry of a server's log, whatever format it was written in.

import type { LogSeverity } from '../messages/translation.ts'

export interface LogEntry {
  /** When it was written, in milliseconds since the epoch; null: the line does not tell, or in a zone that is not known. */
  readonly at: number | null
  readonly severity: LogSeverity
  /** null: not in the line. */
  readonly sqlState: string | null
  /** Who was connected; null: nobody, or not in the line. */
  readonly user: string | null
  /** Whole, also over several lines; not cleaned. */
  readonly message: string
  readonly detail: string | null
  readonly hint: string | null
}

/** How a server writes its log, as its settings say. null: not known. */
export interface LogSettings {
  /** `log_timezone`, an IANA name or a POSIX specification. */
  readonly timeZone: string | null
  readonly linePrefix: string | null
  /** `lc_messages`. */
  readonly messages: string | null
}

export const UNKNOWN_LOG_SETTINGS: LogSettings = { timeZone: null, linePrefix: null, messages: null }
