// The folder where pgdeck keeps what must outlive it: names, positions last seen. 0700, its files 0600.

import { existsSync, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { mayWrite } from '../files/permissions.ts'
import { replacePrivate } from '../files/text-files.ts'
import { type Distrust, distrustOf, distrustOfWay, factsAt, foreignLink, isForeign, nearest } from '../files/trust.ts'
import { readKept, refuse } from '../files/trusted-file.ts'
import { withFileLock } from './file-lock.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where state is kept: `$PGDECK_STATE_DIR`, else `$XDG_STATE_HOME/pgdeck`, else `~/.local/state/pgdeck`. */
export function statePath(env: Environment): string {
  if (env.PGDECK_STATE_DIR) return env.PGDECK_STATE_DIR
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'pgdeck')
}

/**
 * The same, once it is sure that only this user or root can have written what is there: journals say what an act goes on
 * with. Throws FileError (UNTRUSTED), with the command that mends it.
 */
export function stateFolder(env: Environment): string {
  const path = statePath(env)
  refuse(stateDistrust(env))
  return path
}

/** Why what is kept there is not used; null when it may be, or nothing is there yet. */
export function stateDistrust(env: Environment): Distrust | null {
  const path = statePath(env)
  const facts = factsAt(path)
  const isNamed = Boolean(env.PGDECK_STATE_DIR || env.XDG_STATE_HOME)
  // What others put in the place of a folder that was named is theirs, and refused as such.
  const onTheWay = isNamed ? foreignLink(path) : distrustOfWay(path)
  if (facts) return distrustOf(path, facts) ?? onTheWay
  return (isNamed ? null : foreignHome(path)) ?? onTheWay
}

/** The home of somebody else, which sudo may have kept: what was made there would be in their way, and theirs to replace. */
function foreignHome(path: string): Distrust | null {
  const { path: folder, facts } = nearest(path)
  if (!isForeign(facts) || !mayWrite(folder)) return null
  const why = `would be made in ${folder}, which belongs to another user`
  return { path, why, mend: 'sudo -H, or set PGDECK_STATE_DIR' }
}

/** The parsed content of a JSON file there; null when there is none. Throws for one that can't be read or parsed. */
export function readState(folder: string, name: string): unknown {
  let text: string
  try {
    text = readKept(join(folder, name))
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

/** Makes the folder when it is missing. Throws for one of others, or that others can read, and what the file system says. */
export function requirePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const facts = statSync(folder)
  refuse(distrustOf(folder, facts))
  if ((facts.mode & 0o077) !== 0) {
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
