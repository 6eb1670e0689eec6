// Waiting in tests. Limits here say what is normal on a quiet machine; a test fails only far beyond, so that a slow or busy
// machine makes the run longer and never red.

import { waitFor as untilTrue } from '../src/demo/postgres/wait-for.ts'

/** How many times longer than normal something may take before a test calls it broken. */
const SLOWNESS = 10

/** A limit in milliseconds for a machine that is slow or busy. */
export function patiently(normalMs: number): number {
  return normalMs * SLOWNESS
}

/** Asks until the answer is true. Throws an Error that names `what` after ten times `normalMs`, or what `ask` throws. */
export async function until(what: string, normalMs: number, ask: () => boolean | Promise<boolean>): Promise<void> {
  await untilTrue(what, patiently(normalMs), ask)
  // scripts/watchdog.mjs ends a test in which nothing comes about any more.
  process.emit('pgdeck-test-progress' as never)
}

/** A signal that ends what hangs, after ten times `normalMs`. */
export function within(normalMs: number): AbortSignal {
  return AbortSignal.timeout(patiently(normalMs))
}
