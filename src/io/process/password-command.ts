// Runs a `passwordCommand` of the configuration: the first line that it prints is the password.

import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { runCommand } from './command.ts'

/** A program that asks a vault may be slow, but one that hangs is killed. */
const COMMAND_LIMIT_MS = 30_000

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
