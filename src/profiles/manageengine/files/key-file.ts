// The product's manage_key.conf: where the key is that it must be able to read at each start.

import { splitTextLines } from '../../../model/values/text-lines.ts'

/** The path that the file names, bare or as a value, quoted or not; null where it names none. */
export function keyFilePath(text: string): string | null {
  for (const { text: line } of splitTextLines(text)) {
    const bare = line.trim()
    if (bare === '' || /^[#!;]/.test(bare)) continue
    const value = (/^[\w.]+\s*[=:]\s*(.*)$/.exec(bare)?.[1] ?? bare).trim()
    const path = value.replace(/^(["'])(.*)\1$/, '$2')
    // A drive's colon is no separator: C:\keys\pam360_key.key.
    if (path !== '') return /^[A-Za-z]:[\\/]/.test(bare) ? bare : path
  }
  return null
}
