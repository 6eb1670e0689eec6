// How much is collected when nothing else is asked for.

/** Of log files, before they are compressed. */
export const DEFAULT_LOG_BYTES = 200 * 1024 * 1024
/** How far back events and audit go. */
export const DEFAULT_LOG_PERIOD_MS = 24 * 3_600_000
