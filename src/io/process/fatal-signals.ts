// The signals that end pgdeck in order, with and without a screen.

/** A command that one of them ended has its own exit code. */
export const FATAL_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

export type FatalSignal = (typeof FATAL_SIGNALS)[number]
