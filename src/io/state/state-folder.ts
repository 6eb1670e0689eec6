// The folder of pgdeck's persistent state: display names, last positions. Mode 0700, its files 0600.

import { existsSync, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isPathWritable, replacePrivateFile } from '../files/text-files.ts'
import {
  type Distrust,
  distrustOf,
  distrustOfPath,
  foreignSymlink,
  isForeignOwned,
  nearestExisting,
  ownershipAt,
} from '../files/trust.ts'
import { readFileInTrustedFolder, refuseUntrusted } from '../files/trusted-file.ts'
import { withFileLock } from './file-lock.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Returns its path: `$PGDECK_STATE_DIR`, else `$XDG_STATE_HOME/pgdeck`, else `~/.local/state/pgdeck`. */
export function stateFolderPath(env: Environment): string {
  if (env.PGDECK_STATE_DIR) return env.PGDECK_STATE_DIR
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'pgdeck')
}

/**
 * The same, after verifying that only this user or root can have written its content: a resumed run trusts its journal.
 * Throws FileError (UNTRUSTED), with the command that fixes it.
 */
export function stateFolder(env: Environment): string {
  const path = stateFolderPath(env)
  refuseUntrusted(stateFolderDistrust(env))
  return path
}

/** Why its content is not used; null if it may be used, or if there is nothing yet. */
export function stateFolderDistrust(env: Environment): Distrust | null {
  const path = stateFolderPath(env)
  const facts = ownershipAt(path)
  const isNamed = Boolean(env.PGDECK_STATE_DIR || env.XDG_STATE_HOME)
  // A folder that others put in place of a named one has their owner, and is refused for that.
  const onTheWay = isNamed ? foreignSymlink(path) : distrustOfPath(path)
  if (facts) return distrustOf(path, facts) ?? onTheWay
  return (isNamed ? null : foreignHome(path)) ?? onTheWay
}

/**
 * The home of another user, which sudo may have kept: new files there would be in that user's way, and replaceable by
 * him.
 */
function foreignHome(path: string): Distrust | null {
  const { path: folder, facts } = nearestExisting(path)
  if (!isForeignOwned(facts) || !isPathWritable(folder)) return null
  const why = `would be made in ${folder}, which belongs to another user`
  return { path, why, remedy: 'sudo -H, or set PGDECK_STATE_DIR' }
}

/**
 * Returns the parsed content of a JSON file there; null if there is none. Throws for a file that can't be read or
 * parsed.
 */
export function readStateFile(folder: string, name: string): unknown {
  const path = join(folder, name)
  // Some files are looked for every second and are seldom there. The error of a missing file costs much more than to look.
  if (isMissing(path) && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return null
  let text: string
  try {
    text = readFileInTrustedFolder(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

function isMissing(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) === undefined
}

/** Whether there is such a file. */
export function hasStateFile(folder: string, name: string): boolean {
  return existsSync(join(folder, name))
}

/** Returns a text that changes whenever the file is replaced; null without such a file. Never throws. */
export function stateFileStamp(folder: string, name: string): string | null {
  try {
    const { mtimeMs, size, ino } = statSync(join(folder, name))
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return null
  }
}

/**
 * Creates the folder if it is missing. Throws for a folder of another user, or one that others can read, and errors of
 * the file system.
 */
export function requirePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const facts = statSync(folder)
  refuseUntrusted(distrustOf(folder, facts))
  if ((facts.mode & 0o077) !== 0) {
    throw new Error(`${folder} can be read by others: run  chmod 700 ${folder}`)
  }
}

/** Replaces a JSON file there atomically, and creates the folder if it is missing. Throws errors of the file system. */
export async function writeStateFile(folder: string, name: string, content: unknown): Promise<void> {
  requirePrivateFolder(folder)
  await replacePrivateFile(join(folder, name), `${JSON.stringify(content, null, 1)}\n`)
}

/**
 * Changes a JSON file there that several pgdecks share: the result of `next` replaces its content (null if there is
 * none), and no other pgdeck writes meanwhile. Nothing is written if `next` returns the same object. Throws errors of
 * the file system and of `next`.
 */
export async function updateStateFile<T>(
  folder: string,
  name: string,
  parse: (content: unknown) => T,
  next: (content: T) => T,
): Promise<void> {
  requirePrivateFolder(folder)
  await withFileLock(join(folder, `${name}.lock`), async () => {
    const before = parse(readStateFile(folder, name))
    const after = next(before)
    if (after !== before) await writeStateFile(folder, name, after)
  })
}
