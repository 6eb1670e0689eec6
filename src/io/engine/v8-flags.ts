// A flag of the JavaScript engine, set while it runs: it collects its garbage rather than take more memory, since a program
// that watches for hours is to stay small. What that gains is in docs/performance.md.

import { setFlagsFromString } from 'node:v8'

/**
 * The space for young objects grows no further. It would double again and again, up to 64 MB, while much is drawn of which
 * nothing lasts; the 16 MB at most that the start takes are enough, and collecting them costs no more time.
 */
const FLAG = '--semi-space-growth-factor=1'

/**
 * A start needs room; and what bin/pgdeck.js keeps of the compiled program, some seconds after the start, says under which
 * flags it was compiled: with others the next start would refuse it.
 */
const AFTER_MS = 15_000

/** Garbage is collected sooner from some seconds on; answers with a function that calls it off. The flag stays as long as the process. */
export function tuneGarbageCollection(): () => void {
  const timer = setTimeout(() => setFlagsFromString(FLAG), AFTER_MS).unref()
  return () => clearTimeout(timer)
}
