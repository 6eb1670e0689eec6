// Runs a `passwordCommand` of the configuration: the first line that it prints is the password.

import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { runCommand } from './command.ts'

/** A program that asks a vault may be slow, but one that hangs is killed. */
const COMMAND_LIMIT_MS = 30_000

/** How long a password is kept where each session would run the program for it. */
const KEPT_MS = 3_600_000

/** The password of a program that is run once in an hour, and again after `forget`. */
export interface KeptPassword {
  readonly program: string
  /** Throws as `runPasswordCommand`. */
  read(): Promise<string>
  /** It was refused. */
  forget(): void
}

export function keptPassword(command: readonly string[]): KeptPassword {
  let kept: { readonly password: Promise<string>; readonly until: number } | null = null
  return {
    program: command[0] ?? '',
    read() {
      if (kept === null || performance.now() > kept.until) {
        const read = { password: runPasswordCommand(command), until: performance.now() + KEPT_MS }
        kept = read
        read.password.catch(() => {
          if (kept === read) kept = null
        })
      }
      return kept.password
    },
    forget() {
      kept = null
    },
  }
}

/** Resolves to the password. Throws an `auth` FaultError if the program fails, prints nothing, or runs at the signal. */
export async function runPasswordCommand(command: readonly string[], stopped?: AbortSignal): Promise<string> {
  const program = clean(command[0] ?? '')
  const refuse = (message: string) =>
    new FaultError({
      code: 'auth',
      message,
      reason: 'no-password',
      hint: 'Run passwordCommand by hand: it has to print the password and exit 0.',
    })
  const limit = AbortSignal.timeout(COMMAND_LIMIT_MS)
  const signal = stopped ? AbortSignal.any([stopped, limit]) : limit
  const outcome = await runCommand(command, signal).catch((error: unknown) => {
    throw refuse(
      `passwordCommand failed: ${error instanceof FaultError ? error.fault.message : `${program} did not run`}`,
    )
  })
  if (outcome.exitCode !== 0) {
    const how = outcome.exitCode === null ? `was ended by ${outcome.signal}` : `exited with ${outcome.exitCode}`
    throw refuse(`passwordCommand failed: ${program} ${how}`)
  }
  const [line = ''] = outcome.stdout.split(/\r?\n/)
  if (line === '') throw refuse(`passwordCommand failed: ${program} printed nothing`)
  return line
}
