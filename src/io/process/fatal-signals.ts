// The signals that end pgdeck in order, with and without a screen.

/** Each has an exit code of its own where it ended a command. */
export const FATAL_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

export type FatalSignal = (typeof FATAL_SIGNALS)[number]
