// Options for interactive use that only newer versions of ssh know: an older one refuses to start when it is given them.

import { runCommand } from '../process/command.ts'

/**
 * What would leave the shell without its input, put ssh into the background, or start no shell at all. A configuration
 * may have them for people's own use; an ssh that does not know them (before 8.7) can't have them in its configuration.
 */
const SINCE_8_7: readonly string[] = ['StdinNull=no', 'ForkAfterAuthentication=no', 'SessionType=default']

/** Longer than it takes ssh to print its settings on a busy host. */
const LIMIT_MS = 10_000

const known = new Map<string, Promise<readonly string[]>>()

/** Those that this ssh knows, to be set back on its command line; asked for once for each program. */
export function interactiveOptions(program: string): Promise<readonly string[]> {
  const found = known.get(program) ?? askProgram(program)
  known.set(program, found)
  return found
}

async function askProgram(program: string): Promise<readonly string[]> {
  const options = SINCE_8_7.flatMap((option) => ['-o', option])
  try {
    // -G connects to nothing, and none of the user's files is read.
    const command = [program, '-F', 'none', ...options, '-G', 'localhost']
    const { exitCode } = await runCommand(command, AbortSignal.timeout(LIMIT_MS))
    return exitCode === 0 ? SINCE_8_7 : []
  } catch {
    // What is wrong with the program is told when it is started for the host.
    return []
  }
}
