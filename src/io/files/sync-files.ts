// Plain file access for the database servers that pgdeck itself starts: list, read, write as their owner, link, copy.

import {
  accessSync,
  appendFileSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** A user of the operating system, in the form of `spawn` and `chown`. */
export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Returns the names in a folder, sorted; none if it does not exist. */
export function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** Returns the text of a file; null if it can't be read. */
export function readTextOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** Returns the bytes of a file. Throws if it can't be read. */
export function readBytes(path: string): Uint8Array {
  return readFileSync(path)
}

/** A file or folder below another one. */
export interface TreeEntry {
  /** Relative to that folder. */
  readonly path: string
  readonly isFolder: boolean
  /** The permission bits. */
  readonly mode: number
}

/** Returns everything below a folder, each folder before what is in it. Links are left out. */
export function listTree(folder: string, below = ''): readonly TreeEntry[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry): readonly TreeEntry[] => {
    const path = join(below, entry.name)
    if (!entry.isDirectory() && !entry.isFile()) return []
    const isFolder = entry.isDirectory()
    const own: TreeEntry = { path, isFolder, mode: statSync(join(folder, path)).mode & 0o777 }
    return isFolder ? [own, ...listTree(folder, path)] : [own]
  })
}

/** Size of a file in bytes; 0 if there is none. */
export function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** True if the path leads to something, with links followed. */
export function targetExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

/** True if this process may run the file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Creates a symbolic link unless the name is taken, also by another process at this moment. */
export function linkIfMissing(path: string, leadsTo: string): void {
  if (targetExists(path)) return
  try {
    symlinkSync(leadsTo, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Makes a folder that only its owner may enter. */
export function makeFolder(path: string, owner: SystemUser | null): void {
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0o700)
  if (owner) chownSync(path, owner.uid, owner.gid)
}

/** Writes a file that only its owner may read. */
export function writePrivateText(path: string, text: string, owner: SystemUser | null): void {
  writeFileSync(path, text, { mode: 0o600 })
  if (owner) chownSync(path, owner.uid, owner.gid)
}

/** Writes a binary file that only its owner may read. */
export function writePrivateBytes(path: string, bytes: Uint8Array, owner: SystemUser | null): void {
  writeFileSync(path, bytes, { mode: 0o600 })
  if (owner) chownSync(path, owner.uid, owner.gid)
}

/** Adds text to a file that only its owner may read. */
export function appendText(path: string, text: string): void {
  appendFileSync(path, text, { mode: 0o600 })
}

/** Writes a script that everybody may run. */
export function writeExecutable(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o755 })
  chmodSync(path, 0o755)
}

/** Copies a folder with everything in it but what `keep` refuses; links stay links. */
export function copyFolder(from: string, to: string, keep: (path: string) => boolean): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: keep })
}

/** Removes a file or a folder with everything in it. */
export function removePath(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 })
}

/** Free bytes of the file system that holds the path; 0 when it isn't there. */
export function freeDiskBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return 0
  }
}
