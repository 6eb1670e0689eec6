// Waits for a state of the outside world that tells nobody when it is reached.

import { setTimeout as pause } from 'node:timers/promises'

/** Between two questions: a tenth of the wait so far, within these limits. Most are processes and sessions of their own. */
const SHORTEST_STEP_MS = 10
const LONGEST_STEP_MS = 200

/** Asks until the answer is true. Throws an Error naming `what` when the limit (milliseconds) has passed, or what `ask` throws. */
export async function waitFor(what: string, limitMs: number, ask: () => boolean | Promise<boolean>): Promise<void> {
  const begun = performance.now()
  while (!(await ask())) {
    const waited = performance.now() - begun
    if (waited > limitMs) throw new Error(`timed out after ${limitMs / 1000} s waiting until ${what}`)
    await pause(Math.min(LONGEST_STEP_MS, Math.max(SHORTEST_STEP_MS, waited / 10)))
  }
}
