// The ways in which a command can fail, and the exit codes of all commands.

/** What the shell gets, whatever the command (the exit codes of `status` are health codes). */
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
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const

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
