// Reads the files that libpq's settings come from; missing ones are no error here.

import { readFileSync } from 'node:fs'

/** The text of a file; null when there is none. Throws what the system says when it exists but can't be read. */
export function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}
