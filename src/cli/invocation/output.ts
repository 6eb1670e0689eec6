// Standard output of commands: each write waits until the system has it. If the reader is gone, the command ends
// quietly.

import { whyPathTaken } from '../../io/files/output-file.ts'
import { FileError } from '../../io/files/text-files.ts'
import { safeJson } from '../../model/values/text.ts'
import { EXIT_CODES, UsageError } from './exit-codes.ts'

/** Where commands print; tests give one that collects. */
export interface Output {
  /** Resolves once the text has been handed to the system. */
  write(text: string): Promise<void>
  readonly isTerminal: boolean
}

/** The process's own standard output. */
export function standardOutput(): Output {
  return {
    isTerminal: process.stdout.isTTY === true,
    write: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(text, (error) => (error ? reject(unwritable(error)) : resolve()))
      }),
  }
}

let isHeedless = false

/**
 * For output of work that must finish even without a reader or space: from now on no failure of the output ends the
 * process, and the exit code is that of the work.
 */
export function ignoreWriteErrors(output: Output): Output {
  isHeedless = true
  return { isTerminal: output.isTerminal, write: (text) => output.write(text).catch(() => {}) }
}

/** `pgdeck status | head -1` is no failure: without a reader there is nothing left to do. */
export function exitOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (isHeedless) return
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT_CODES.ok)
      throw unwritable(error)
    })
  }
}

/** A full disk behind a redirection is no defect of the program. */
function unwritable({ code = 'EIO', message }: NodeJS.ErrnoException): FileError {
  return new FileError('the output', code, code === 'ENOSPC' ? 'no space left on the device' : message)
}

/** Whether text for people has colours: only on a terminal, and only if the user permits them. */
export function usesColour(output: Output, given: { readonly color: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (!given.color || env.FORCE_COLOR === '0' || env.TERM === 'dumb') return false
  return output.isTerminal && (env.NO_COLOR === undefined || env.NO_COLOR === '')
}

/** A JSON document for standard output: indented if it is the only one, on one line if more follow. */
export function jsonText(document: unknown, style: 'pretty' | 'line'): string {
  return `${safeJson(document, style === 'pretty' ? 2 : 0)}\n`
}

/** Throws UsageError if `--out` can't be written to, before anything slow begins. */
export function requireWritableOut(option: string, path: string, force: boolean): void {
  const why = whyPathTaken(path, { force })
  if (why !== null) throw new UsageError(`${option} ${path}: ${why}`)
}
