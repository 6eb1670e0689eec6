// Waits for a state of the outside world that tells nobody when it is reached.

import { setTimeout as pause } from 'node:timers/promises'

const STEP_MS = 10

/** Asks until the answer is true. Throws an Error naming `what` when the limit (milliseconds) has passed, or what `ask` throws. */
export async function waitFor(what: string, limitMs: number, ask: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`timed out after ${limitMs / 1000} s waiting until ${what}`)
    await pause(STEP_MS)
  }
}
