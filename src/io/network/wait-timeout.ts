// Limits of waiting: those that count waiting only, since what this process spent busy is no silence of the other side, and
// signals.

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

/** Runs something once the signal is aborted, at once where it is already. Answers with a function that calls it off. */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  if (signal.aborted) {
    run()
    return () => {}
  }
  signal.addEventListener('abort', run, { once: true })
  return () => signal.removeEventListener('abort', run)
}

export interface WaitLimit {
  /** Aborted when the time is over, or when one of the signals that it was made of is. */
  readonly signal: AbortSignal
  /** Ends the limit: nothing is aborted any more. */
  done(): void
}

export interface WaitLimitOptions {
  /** Milliseconds of waiting, as `startWaitTimeout` counts them; null: no limit but the signals. */
  readonly ms: number | null
  readonly signals: readonly AbortSignal[]
  /** The reason of a signal is told on; without this it is an AbortError, whatever ended it. */
  readonly keepsReason?: boolean
}

/** A signal that is aborted by time, or by another signal, whichever comes first. */
export function startWaitLimit({ ms, signals, keepsReason = false }: WaitLimitOptions): WaitLimit {
  const abort = new AbortController()
  const callOff = ms === null ? () => {} : startWaitTimeout(ms, () => abort.abort())
  const forget = signals.map((each) => onAbort(each, () => abort.abort(keepsReason ? each.reason : undefined)))
  return {
    signal: abort.signal,
    done() {
      callOff()
      for (const each of forget) each()
    },
  }
}

/** The promise's outcome, or the abort reason when the signal comes first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(signal.reason))
    promise.then(resolve, reject).finally(forget)
  })
}
