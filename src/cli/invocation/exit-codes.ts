// The exit codes of all commands, and the errors that commands throw.

import type { FatalSignal } from '../../io/process/fatal-signals.ts'

/** Exit codes with the same meaning for every command. */
export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  /** A check or read-only mode blocks an action, or the user did not confirm it. Nothing was changed. */
  blocked: 4,
  /** An action stopped half way. Its journal lists what was done. */
  stopped: 5,
  usage: 64,
  unreachable: 69,
  config: 78,
} as const

/** The state of the subject, as plugins of monitoring systems report it: status, check, diagnose, hba audit, doctor. */
export const HEALTH_EXIT_CODES = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const

/** A signal ended the command: 128 and the signal's number. */
export const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const satisfies Readonly<
  Record<FatalSignal, number>
>

/** The command line is wrong; the message names the argument. Exit code 64. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/** The command failed for a reason that the user can correct, and the message names it. Exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
