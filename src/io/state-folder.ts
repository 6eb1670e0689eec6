// The folder where pgdeck keeps what must outlive it: names, positions last seen. 0700, its files 0600.

import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { withFileLock } from './file-lock.ts'
import { replacePrivate } from './files.ts'

/** Where state is kept: `$PGDECK_STATE_DIR`, else `$XDG_STATE_HOME/pgdeck`, else `~/.local/state/pgdeck`. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.PGDECK_STATE_DIR) return env.PGDECK_STATE_DIR
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'pgdeck')
}

/** The parsed content of a JSON file there; null when there is none. Throws for one that can't be read or parsed. */
export function readState(folder: string, name: string): unknown {
  let text: string
  try {
    text = readFileSync(join(folder, name), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${join(folder, name)} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

/** Whether there is such a file. */
export function hasState(folder: string, name: string): boolean {
  return existsSync(join(folder, name))
}

/** Makes the folder when it is missing. Throws for one that others can read, and what the file system says. */
export function requirePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if ((statSync(folder).mode & 0o077) !== 0) {
    throw new Error(`${folder} can be read by others: run  chmod 700 ${folder}`)
  }
}

/** Replaces a JSON file there atomically, making the folder when it is missing. Throws what the file system says. */
export async function writeState(folder: string, name: string, content: unknown): Promise<void> {
  requirePrivateFolder(folder)
  await replacePrivate(join(folder, name), `${JSON.stringify(content, null, 1)}\n`)
}

/**
 * Changes a JSON file there that several pgdecks keep together: what `next` makes of its content (null when there is
 * none) replaces it, and nobody else writes meanwhile. Not written when `next` answers with the same object. Throws
 * what the file system and `next` say.
 */
export async function changeState<T>(
  folder: string,
  name: string,
  parse: (content: unknown) => T,
  next: (content: T) => T,
): Promise<void> {
  requirePrivateFolder(folder)
  await withFileLock(join(folder, `${name}.lock`), async () => {
    const before = parse(readState(folder, name))
    const after = next(before)
    if (after !== before) await writeState(folder, name, after)
  })
}
