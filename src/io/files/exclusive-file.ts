// Files that the user writes with a key: they never replace a file, and only their owner may read them.

import { join } from 'node:path'
import { isPathTaken, writeOutputFile } from './output-file.ts'
import { FileError } from './text-files.ts'

/** How many names are tried. */
const TRIES = 100

/**
 * Writes a new file and returns its path. If the name is taken, a number is added: `a.svg`, `a-2.svg`. Throws
 * FileError.
 */
export function writeNewFile(folder: string, name: string, text: string): string {
  for (let tries = 1; ; tries += 1) {
    const path = freeFilePath(folder, name)
    try {
      writeOutputFile(path, text, { force: false })
      return path
    } catch (error) {
      // Another program took the name just now.
      if (!(error instanceof FileError) || error.code !== 'EEXIST' || tries === TRIES) throw error
    }
  }
}

/** Returns the first free path: `a.tar.gz`, `a-2.tar.gz`, `a-3.tar.gz`. Throws FileError. */
export function freeFilePath(folder: string, name: string): string {
  const ext = /(?:\.tar)?\.[^./]+$/.exec(name)?.[0] ?? ''
  const stem = name.slice(0, name.length - ext.length)
  for (let number = 1; number <= TRIES; number += 1) {
    const path = join(folder, number === 1 ? name : `${stem}-${number}${ext}`)
    if (!isPathTaken(path)) return path
  }
  throw new FileError(join(folder, name), 'EEXIST', `exists already, and so do ${TRIES - 1} more names like it`)
}
