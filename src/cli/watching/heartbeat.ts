// What goes on beside the polls while something is watched: ages move on, and the engine is kept from optimizing an idle program.

import { type JitControl, startJitControl } from '../../io/engine/v8-flags.ts'
import type { Store } from '../../state/store.ts'

const BEAT_MS = 500
/** By then bin/pgdeck.js has kept what was compiled, which must be done under the engine's usual settings. */
const SETTLED_MS = 5_000

/** Begins; answers with what ends it. */
export function startHeartbeat(store: Store): () => void {
  const heart = setInterval(() => beat(store), BEAT_MS)
  let thrift: JitControl | null = null
  const settling = setTimeout(() => {
    thrift = startJitControl()
  }, SETTLED_MS).unref()
  return () => {
    clearInterval(heart)
    clearTimeout(settling)
    thrift?.stop()
  }
}

/**
 * Ages must go on while nothing answers, or a frozen screen would look true. While answers come, their own publishing
 * moves the clock, and this paints nothing.
 */
function beat(store: Store): void {
  const now = Date.now()
  const shown = store.published()
  if (now - shown.now >= Math.max(1_000, shown.paused ? 0 : shown.intervalMs + 250)) {
    store.dispatch({ type: 'derive-requested', at: now })
  }
}
