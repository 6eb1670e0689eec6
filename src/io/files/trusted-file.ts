// Text files that decide what is executed and trusted: configurations, service files, what is kept of runs.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { FileError, isInheritedDescriptor, lenient, readTextFile, type TextFile } from './text-files.ts'
import { type Distrust, distrustOf, distrustOfPath, foreignSymlink, realFolderOf } from './trust.ts'

/** The code of a FileError for what is not obeyed. */
export const UNTRUSTED = 'EUNTRUSTED'

/**
 * The text of a file that only this user or root can have written. `isNamed`: somebody named this very file, and whatever
 * others put in its place is theirs, and refused as such. A file that was only found has to be in a folder of this user or root
 * too, on a way where nobody else may put another one. `isLenient`: what is no UTF-8 shows as U+FFFD. Throws FileError, with
 * the command that mends it.
 */
export function readTrustedFile(
  path: string,
  { isNamed, isLenient = false }: { readonly isNamed: boolean; readonly isLenient?: boolean },
): TextFile {
  const file = isLenient ? readTextFile(path, lenient) : readTextFile(path)
  // What the shell hands over, `-c <(decrypt config)`, was opened by whoever called this; a pipe has no other owner.
  if (isInheritedDescriptor(path)) {
    if (file.facts.isFile()) refuseUntrusted(distrustOf(path, file.facts))
    return file
  }
  refuseUntrusted(distrustOf(path, file.facts))
  refuseUntrusted(isNamed ? foreignSymlink(path) : distrustOfPath(path))
  const folder = isNamed ? null : realFolderOf(path)
  if (folder && (folder.facts.mode & 0o1000) === 0) refuseUntrusted(distrustOf(folder.path, folder.facts))
  return file
}

/** The bytes of a file in a folder that is trusted already: it could have been put in its place meanwhile. Throws FileError. */
export function readFileInTrustedFolder(path: string): string {
  const descriptor = openSync(path, 'r')
  try {
    refuseUntrusted(distrustOf(path, fstatSync(descriptor)))
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** Throws the FileError of what is not trusted. */
export function refuseUntrusted(found: Distrust | null): void {
  if (found) throw new FileError(found.path, UNTRUSTED, distrustText(found))
}

/** What is the matter and what to do, without the path. */
function distrustText({ why, remedy }: Distrust): string {
  return `${why}, so pgdeck refuses it: it decides what pgdeck executes and trusts. If its content is yours, run  ${remedy}`
}
