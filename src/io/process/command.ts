// Runs a configured program: an argument array, never a shell; limited in time and output, with its children.

import { type Fault, FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { errorCodeOf } from '../network/network-fault.ts'
import { onAbort } from '../network/wait-timeout.ts'
import { folderOfPrograms } from './working-folder.ts'

export interface CommandResult {
  readonly exitCode: number | null
  /** Name of the signal that ended it; null if it exited by itself. */
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

const OUTPUT_LIMIT = 64 * 1024

/** The functions that end each running command. One listener for all: Node prints a warning for more than ten. */
const running = new Set<() => void>()
process.on('exit', () => {
  for (const end of running) end()
})

/**
 * Runs `command` until it ends, with `input` on its standard input, which it need not read. Throws FaultError if it
 * can't be started, prints more than `outputLimit` bytes, or runs at the signal; then it and its children are killed. A non-zero exit code
 * is a result, not an error.
 */
export async function runCommand(
  command: readonly string[],
  signal: AbortSignal,
  input?: string,
  outputLimit = OUTPUT_LIMIT,
): Promise<CommandResult> {
  const [file = '', ...args] = command
  const began = performance.now()
  // Loaded at first use: most clusters run no command, and it would delay every start.
  const { execa } = await import('execa')
  if (signal.aborted) throw new FaultError(tooSlow(file, performance.now() - began))
  const child = execa(file, args, {
    cwd: folderOfPrograms(),
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    reject: false,
    // A process group of its own, so that a script's children end with it. Windows has no groups.
    detached: process.platform !== 'win32',
    maxBuffer: 2 * outputLimit,
  })
  const end = () => killGroup(child.pid, () => child.kill('SIGKILL'))
  // It does not wait for the pipes to close: a grandchild may hold them open.
  const cut = Promise.withResolvers<Fault>()
  running.add(end)
  const forget = onAbort(signal, () => cut.resolve(tooSlow(file, performance.now() - began)))
  let bytes = 0
  child.stdout.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes > outputLimit) cut.resolve(tooMuch(file, outputLimit))
  })
  let isDone = false
  try {
    const result = await Promise.race([child, cut.promise])
    if ('hint' in result) throw new FaultError(result)
    if (result.isMaxBuffer) throw new FaultError(tooMuch(file, outputLimit))
    isDone = true
    if (result.failed && result.exitCode === undefined && result.signal === undefined) {
      throw new FaultError(notStarted(file, result))
    }
    return {
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      stdout: result.stdout,
      stderr: clean(result.stderr),
    }
  } finally {
    running.delete(end)
    forget()
    if (!isDone) end()
  }
}

function killGroup(pid: number | undefined, killOne: () => void): void {
  if (pid === undefined) return
  try {
    if (process.platform === 'win32') killOne()
    else process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

function tooSlow(file: string, tookMs: number): Fault {
  return {
    code: 'timeout',
    message: `${clean(file)} did not finish within ${(tookMs / 1000).toFixed(1)} s and was ended`,
    hint: 'Run it by hand to see how long it takes; the cluster’s `timeout` is its limit.',
  }
}

function tooMuch(file: string, limit: number): Fault {
  return {
    code: 'protocol',
    message: `${clean(file)} wrote more than ${limit / 1024} kB`,
    hint: 'Let it print one line only.',
  }
}

function notStarted(file: string, error: unknown): Fault {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = errorCodeOf(cause) || errorCodeOf(error)
  const why =
    code === 'ENOENT' ? 'no such program' : code === 'EACCES' ? 'no permission to execute it' : `error ${code}`
  return {
    code: 'protocol',
    message: `${clean(file)} could not be started: ${why}`,
    hint: 'Check the path and the permissions of the program, and PATH.',
  }
}
