// One `sh` process with its three pipes, here or over ssh. Its commands come on its standard input.

import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

export interface ShellProcess {
  readonly input: Writable
  readonly output: Readable
  readonly errors: Readable
  /** Fulfils when the process is gone; the code is null if a signal ended it. Never rejects. */
  readonly ended: Promise<ShellProcessEnd>
  /** Kills it at once. A program with a session of its own is ended by its watcher. */
  kill(): void
}

export interface ShellProcessEnd {
  readonly exitCode: number | null
  /** The error code if it could not be started, e.g. ENOENT. */
  readonly startError: string | null
}

/** Starts one. Never throws: errors come with `ended`. */
export function startShellProcess(program: string, args: readonly string[]): ShellProcess {
  // A process group of its own: pgdeck handles Ctrl-C in the terminal. It ends with us because its standard input does.
  const child = spawn(program, [...args], {
    stdio: 'pipe',
    detached: process.platform !== 'win32',
    env: { ...process.env, SSH_ASKPASS_REQUIRE: 'never' },
  })
  for (const stream of child.stdio) stream?.on('error', () => {})
  // A program of another user can't be killed from here; it ends with its pipes.
  child.on('error', () => {})
  const ended = new Promise<ShellProcessEnd>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ exitCode: null, startError: error.code ?? 'unknown' }),
    )
    child.once('exit', (exitCode) => resolve({ exitCode, startError: null }))
  })
  return {
    input: child.stdin,
    output: child.stdout,
    errors: child.stderr,
    ended,
    kill() {
      child.kill('SIGKILL')
      for (const stream of child.stdio) stream?.destroy()
    },
  }
}
