// Programs that use the terminal for a while: found on the PATH, run by arguments, waited for.

import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { isExecutable } from '../files/sync-files.ts'

/** Path of the first program with that name on the PATH; null if there is none. */
export function findProgram(name: string, path: string | undefined): string | null {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

export interface ForegroundExit {
  readonly exitCode: number | null
  /** The signal that ended it; null if it exited by itself. */
  readonly signal: string | null
}

/**
 * Runs a program with this terminal until it ends. Signals of the keyboard reach both: ignore them meanwhile. Throws an
 * Error if it can't be started.
 */
export async function runInForeground(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<ForegroundExit> {
  const child = spawn(program, [...args], { env: { ...env }, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (exitCode, signal) => resolve({ exitCode, signal }))
  })
}
