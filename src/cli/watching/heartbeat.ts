// Runs beside the polls while something is watched: it advances ages, and keeps the engine from optimizing an idle
// program.

import { type JitControl, startJitControl } from '../../io/engine/v8-flags.ts'
import type { Store } from '../../state/store.ts'

const BEAT_MS = 500
/** By then bin/pgdeck.js has stored the compiled code, which must be done under the engine's usual settings. */
const SETTLED_MS = 5_000

/** Begins; returns a function that ends it. */
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
 * Ages must advance while nothing answers, or a frozen screen would look current. While answers arrive, their
 * publishing advances the clock, and this paints nothing.
 */
function beat(store: Store): void {
  const now = Date.now()
  const shown = store.published()
  if (now - shown.now >= Math.max(1_000, shown.paused ? 0 : shown.intervalMs + 250)) {
    store.dispatch({ type: 'derive-requested', at: now })
  }
}
