// Text files that decide what is executed and trusted: configurations, service files, what is kept of runs.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { FileError, isOwnDescriptor, readText, type TextFile } from './text-files.ts'
import { type Distrust, distrustOf, distrustOfWay, folderOf, foreignLink } from './trust.ts'

/** The code of a FileError for what is not obeyed. */
export const UNTRUSTED = 'EUNTRUSTED'

/**
 * The text of a file that only this user or root can have written. `isNamed`: somebody named this very file, and whatever
 * others put in its place is theirs, and refused as such. A file that was only found has to be in a folder of this user or root
 * too, on a way where nobody else may put another one. Throws FileError, with the command that mends it.
 */
export function readTrusted(path: string, { isNamed }: { readonly isNamed: boolean }): TextFile {
  const file = readText(path)
  // What the shell hands over, `-c <(decrypt config)`, was opened by whoever called this; a pipe has no other owner.
  if (isOwnDescriptor(path)) {
    if (file.facts.isFile()) refuse(distrustOf(path, file.facts))
    return file
  }
  refuse(distrustOf(path, file.facts))
  refuse(isNamed ? foreignLink(path) : distrustOfWay(path))
  const folder = isNamed ? null : folderOf(path)
  if (folder && (folder.facts.mode & 0o1000) === 0) refuse(distrustOf(folder.path, folder.facts))
  return file
}

/** The bytes of a file in a folder that is trusted already: it could have been put in its place meanwhile. Throws FileError. */
export function readKept(path: string): string {
  const descriptor = openSync(path, 'r')
  try {
    refuse(distrustOf(path, fstatSync(descriptor)))
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** Throws the FileError of what is not trusted. */
export function refuse(found: Distrust | null): void {
  if (found) throw new FileError(found.path, UNTRUSTED, sentenceOf(found))
}

/** What is the matter and what to do, without the path. */
export function sentenceOf({ why, mend }: Distrust): string {
  return `${why}, so that it is not obeyed: it decides what is executed and trusted. If its content is yours, run  ${mend}`
}
