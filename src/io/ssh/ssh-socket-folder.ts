// Private folders for the sockets of ssh, with a path short enough for a socket and plain enough for ssh's arguments.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isForeignOwned, writableByOthers } from '../files/trust.ts'

/** A socket's path ends at 103 bytes (macOS); ours and what ssh appends while it makes one take the rest. */
const LONGEST_PARENT = 48

/** Makes a folder that only this user may enter. */
export function makeSocketFolder(env: NodeJS.ProcessEnv = process.env): string {
  const parents = [env.XDG_RUNTIME_DIR, tmpdir(), '/tmp']
  const parent = parents.find((path) => path !== undefined && isFit(path)) ?? '/tmp'
  const path = mkdtempSync(join(parent, 'pgdeck-ssh-'))
  // A peculiar umask must not lock ourselves out.
  chmodSync(path, 0o700)
  return path
}

/** Makes a folder inside such a folder and returns its path. */
export function makeSubfolder(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

/** Removes one with all that is in it. Never throws: it is called while things end. */
export function removeSocketFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // It is somebody else's now, or the disk is gone: nothing of ours can mend that.
  }
}

/** In a folder of somebody else (that of a session which sudo has kept) they could put a socket of theirs in its place. */
function isFit(path: string): boolean {
  if (!/^\/[\w./+@-]*$/.test(path) || path.length > LONGEST_PARENT) return false
  const facts = statSync(path, { throwIfNoEntry: false })
  if (!facts?.isDirectory() || isForeignOwned(facts)) return false
  return (facts.mode & 0o1000) !== 0 || writableByOthers(path, facts) === null
}
