// Limits of waiting: those that count waiting only, since what this process spent busy is no silence of the other side, and signals.

/** However busy this process is, a limit passes after this many times its length. */
const AT_MOST = 3
/** Timers are not more exact than this, in milliseconds. */
const EXACT = 5

/**
 * Runs something once `ms` milliseconds were spent waiting. While modules load or hundreds of handshakes are computed,
 * answers lie unread in their sockets; a plain timer would call that a timeout of everybody at once. Answers with a
 * function that calls it off.
 */
export function startWaitTimeout(ms: number, run: () => void): () => void {
  const began = performance.now()
  const before = performance.eventLoopUtilization()
  const check = () => {
    const elapsed = performance.now() - began
    const busy = Math.min(elapsed, performance.eventLoopUtilization(before).active)
    const left = ms - (elapsed - busy)
    if (left <= EXACT || elapsed >= ms * AT_MOST) run()
    else timer = setTimeout(check, left)
  }
  let timer = setTimeout(check, ms)
  return () => clearTimeout(timer)
}

/** The promise's outcome, or the abort reason when the signal comes first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const give = () => reject(signal.reason)
    signal.addEventListener('abort', give, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', give))
  })
}
