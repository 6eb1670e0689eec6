// The product's manage_key.conf: the path of the key that it must read at each start.

import { splitTextLines } from '../../../model/values/text-lines.ts'

/** Returns the path in the file, bare or as a value, quoted or not; null if there is none. */
export function keyFilePath(text: string): string | null {
  for (const { text: line } of splitTextLines(text)) {
    const bare = line.trim()
    if (bare === '' || /^[#!;]/.test(bare)) continue
    const value = (/^[\w.]+\s*[=:]\s*(.*)$/.exec(bare)?.[1] ?? bare).trim()
    const path = value.replace(/^(["'])(.*)\1$/, '$2')
    // The colon of a drive is no separator: C:\keys\pam360_key.key.
    if (path !== '') return /^[A-Za-z]:[\\/]/.test(bare) ? bare : path
  }
  return null
}
