// Time limits that count only waiting: time in which this process itself was busy is not silence of the other side.

/** However busy this process is, a limit passes after this many times its length. */
const AT_MOST = 3
/** Timers are not more exact than this, in milliseconds. */
const EXACT = 5

/**
 * Calls `run` after `ms` milliseconds of waiting. While modules load or hundreds of handshakes are computed, answers
 * wait unread in their sockets, and a plain timer would report a timeout of every target. Returns a function that
 * cancels it.
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
  // A deadline may have passed already, and Node warns about negative times on the screen.
  let timer = setTimeout(check, Math.max(0, ms))
  return () => clearTimeout(timer)
}

/** Calls `run` when the signal is aborted, at once if it already is. Returns a function that cancels it. */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  if (signal.aborted) {
    run()
    return () => {}
  }
  signal.addEventListener('abort', run, { once: true })
  return () => signal.removeEventListener('abort', run)
}

export interface WaitLimit {
  /** Aborted at the time limit, or when one of its source signals is. */
  readonly signal: AbortSignal
  /** Ends the limit: the signal will not be aborted any more. */
  done(): void
}

export interface WaitLimitOptions {
  /** Milliseconds of waiting, as in `startWaitTimeout`; null: only the signals. */
  readonly ms: number | null
  readonly signals: readonly AbortSignal[]
  /** Keeps the reason of a source signal; otherwise the reason is always an AbortError. */
  readonly keepsReason?: boolean
}

/** Returns a signal that is aborted by time or by another signal, whichever comes first. */
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

/** Returns the promise's outcome, or the abort reason if the signal comes first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(signal.reason))
    promise.then(resolve, reject).finally(forget)
  })
}

/** Waits until the promise is settled, but no longer than that; it goes on. Rejects only where it does before. */
export async function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, ms)
  await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer))
}
