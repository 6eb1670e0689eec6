// Files that the user asks for by a key: never over one that is there, readable by their owner only.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How many names are tried. */
const TRIES = 100

/**
 * Writes a new file and answers with its path. A name that is taken gets a number: `a.svg`, `a-2.svg`, `a-3.svg`. Throws
 * an Error in words.
 */
export function writeNew(folder: string, name: string, text: string): string {
  const ext = /(?:\.tar)?\.[^./]+$/.exec(name)?.[0] ?? ''
  const stem = name.slice(0, name.length - ext.length)
  for (let number = 1; number <= TRIES; number += 1) {
    const path = join(folder, number === 1 ? name : `${stem}-${number}${ext}`)
    try {
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new Error(whyNot(folder, error))
    }
  }
  throw new Error(`${join(folder, name)} and ${TRIES - 1} more like it are there already`)
}

function whyNot(folder: string, error: unknown): string {
  const { code = 'EIO', message } = error as NodeJS.ErrnoException
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user may not write there',
    EROFS: 'it is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
    ENOENT: 'the folder is gone',
  }
  return `${folder}: ${reasons[code] ?? message}`
}
