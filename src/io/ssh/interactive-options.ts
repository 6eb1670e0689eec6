// Options for interactive use that only newer versions of ssh have: an older one refuses to start with them.

import { runCommand } from '../process/command.ts'

/**
 * Options that would take the shell's input away, put ssh into the background, or start no shell at all. A user's
 * configuration may have them. An ssh that does not know them (before 8.7) can't have them in its configuration.
 */
const SINCE_8_7: readonly string[] = ['StdinNull=no', 'ForkAfterAuthentication=no', 'SessionType=default']

/** Longer than ssh takes to print its settings on a busy host. */
const LIMIT_MS = 10_000

const known = new Map<string, Promise<readonly string[]>>()

/** Returns the options that this ssh knows, to reset them on its command line; read once per program. */
export function interactiveOptions(program: string): Promise<readonly string[]> {
  const options = known.get(program) ?? askProgram(program)
  known.set(program, options)
  return options
}

async function askProgram(program: string): Promise<readonly string[]> {
  const options = SINCE_8_7.flatMap((option) => ['-o', option])
  try {
    // -G opens no connection and reads none of the user's files.
    const command = [program, '-F', 'none', ...options, '-G', 'localhost']
    const { exitCode } = await runCommand(command, AbortSignal.timeout(LIMIT_MS))
    return exitCode === 0 ? SINCE_8_7 : []
  } catch {
    // Starting it for the host will report the problem.
    return []
  }
}
