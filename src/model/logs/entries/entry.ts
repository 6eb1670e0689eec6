// One entry of a server's log, in whatever format the server wrote it.

import type { LogSeverity } from '../messages/translation.ts'

export interface LogEntry {
  /** The time of writing, in milliseconds since the epoch; null: the line has none, or its zone is unknown. */
  readonly at: number | null
  readonly severity: LogSeverity
  /** null: the line has none. */
  readonly sqlState: string | null
  /** The user of the session; null: there is none, or the line does not show it. */
  readonly user: string | null
  /** The whole message, including further lines; not cleaned. */
  readonly message: string
  readonly detail: string | null
  readonly hint: string | null
}

/** How a server writes its log, by its settings. null: unknown. */
export interface LogSettings {
  /** `log_timezone`, an IANA name or a POSIX specification. */
  readonly timeZone: string | null
  readonly linePrefix: string | null
  /** `lc_messages`. */
  readonly messages: string | null
}

export const UNKNOWN_LOG_SETTINGS: LogSettings = { timeZone: null, linePrefix: null, messages: null }
