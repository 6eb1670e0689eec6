// An amount of changes between two mirrored databases in words: their number if that is known, their size if that is.

import { formatBytes } from '../values/units.ts'

/** `1.2 MB`, `1 change`, `57 changes (12 kB)`; null if neither is known. */
export function exchangeAmount(changes: number | null, bytes: number | null): string | null {
  if (changes === null) return bytes === null ? null : formatBytes(bytes)
  const counted = `${changes} ${changes === 1 ? 'change' : 'changes'}`
  return bytes === null ? counted : `${counted} (${formatBytes(bytes)})`
}
