// The exit codes of all commands, in one place, and the ways in which a command can fail.

import type { FatalSignal } from '../../io/process/fatal-signals.ts'

/** What the shell gets, whatever the command. */
export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  /** A pre-flight check or read-only mode blocks an act, or it was not confirmed: nothing was changed. */
  blocked: 4,
  /** An act stopped half way: its journal holds what was done. */
  stopped: 5,
  usage: 64,
  unreachable: 69,
  config: 78,
} as const

/** How what was looked at is, as plugins of monitoring systems tell it: status, check, diagnose, hba audit, doctor. */
export const HEALTH_EXIT_CODES = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const

/** Of a command that was ended by a signal: 128 and the signal's number. */
export const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const satisfies Readonly<
  Record<FatalSignal, number>
>

/** The command line can't be followed; the message names the argument. Exit code 64. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/** The command could not do what was asked, for a reason the user can mend and the message tells. Exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
