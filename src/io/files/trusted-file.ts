// Text files that decide what is executed and trusted: configurations, service files, journals.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { FileError, isInheritedDescriptor, lenient, readTextFile, type TextFile } from './text-files.ts'
import { type Distrust, distrustOf, distrustOfPath, foreignSymlink, realFolderOf } from './trust.ts'

/** The code of a FileError for a file that is not trusted. */
export const UNTRUSTED = 'EUNTRUSTED'

/**
 * Returns the text of a file that only this user or root can have written. `isNamed`: the user named this very file; a
 * file that others put in its place has their owner and is refused. A file that was only found must also be in a folder
 * of this user or root, on a path in which no other user can replace a part. `isLenient`: bytes that are not UTF-8
 * become U+FFFD. Throws FileError with the command that fixes it.
 */
export function readTrustedFile(
  path: string,
  { isNamed, isLenient = false }: { readonly isNamed: boolean; readonly isLenient?: boolean },
): TextFile {
  const file = isLenient ? readTextFile(path, lenient) : readTextFile(path)
  // A descriptor of the shell, `-c <(decrypt config)`, was opened by the caller of this program. A pipe has no other
  // owner.
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

/**
 * Returns the bytes of a file in a folder that is already trusted: the file could have been replaced meanwhile. Throws
 * FileError.
 */
export function readFileInTrustedFolder(path: string): string {
  const descriptor = openSync(path, 'r')
  try {
    refuseUntrusted(distrustOf(path, fstatSync(descriptor)))
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** Throws the FileError of a path that is not trusted. */
export function refuseUntrusted(distrust: Distrust | null): void {
  if (distrust) throw new FileError(distrust.path, UNTRUSTED, distrustText(distrust))
}

/** The reason and the fix, without the path. */
function distrustText({ why, remedy }: Distrust): string {
  return `${why}, so pgdeck refuses it: it decides what pgdeck executes and trusts. If its content is yours, run  ${remedy}`
}
