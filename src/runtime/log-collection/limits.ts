// Default limits of a collection.

/** For log files, before compression. */
export const DEFAULT_LOG_BYTES = 200 * 1024 * 1024
/** Period of events and audit log. */
export const DEFAULT_LOG_PERIOD_MS = 24 * 3_600_000
