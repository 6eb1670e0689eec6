// Private folders for the sockets of ssh, with paths that are short enough for a socket and simple enough for ssh's
// arguments.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isForeignOwned, writableByOthers } from '../files/trust.ts'

/** A socket's path ends at 103 bytes (macOS). Our name and ssh's temporary suffix need the rest. */
const LONGEST_PARENT = 48

/** Creates a folder that only this user may enter. */
export function makeSocketFolder(env: NodeJS.ProcessEnv = process.env): string {
  const parents = [env.XDG_RUNTIME_DIR, tmpdir(), '/tmp']
  const parent = parents.find((path) => path !== undefined && isFit(path)) ?? '/tmp'
  const path = mkdtempSync(join(parent, 'pgdeck-ssh-'))
  // An unusual umask must not lock pgdeck out.
  chmodSync(path, 0o700)
  return path
}

/** Creates a folder inside such a folder and returns its path. */
export function makeSubfolder(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

/** Removes a folder with its content. Never throws, because it runs at the end. */
export function removeSocketFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // It belongs to another user now, or the disk is gone.
  }
}

/** In a folder of another user (kept by sudo), that user could replace our socket. */
function isFit(path: string): boolean {
  if (!/^\/[\w./+@-]*$/.test(path) || path.length > LONGEST_PARENT) return false
  const facts = statSync(path, { throwIfNoEntry: false })
  if (!facts?.isDirectory() || isForeignOwned(facts)) return false
  return (facts.mode & 0o1000) !== 0 || writableByOthers(path, facts) === null
}
