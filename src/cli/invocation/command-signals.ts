// Signals for commands without a screen: the first ends them in order, the second at once.

import { onAbort } from '../../io/network/wait-timeout.ts'
import { FATAL_SIGNALS } from '../../io/process/fatal-signals.ts'
import { SIGNAL_EXIT_CODES } from './exit-codes.ts'

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** The exit code that the signal asks for; null while there was none. */
  code(): number | null
  /** Leaves signals to Node again. */
  release(): void
}

/** Listens for signals from now on. */
export function listenForSignals(): Interruption {
  const abort = new AbortController()
  let received: number | null = null
  const handlers = FATAL_SIGNALS.map((name) => {
    const code = SIGNAL_EXIT_CODES[name]
    const handler = () => {
      if (received !== null) process.exit(code)
      received = code
      abort.abort()
    }
    process.on(name, handler)
    return { name, handler }
  })
  return {
    signal: abort.signal,
    code: () => received,
    release: () => {
      for (const { name, handler } of handlers) process.off(name, handler)
    },
  }
}

/** Waits for the work, but not longer than until the signal; true when the work came to its end. */
export async function endedBeforeAbort(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  const { promise: aborted, resolve } = Promise.withResolvers<false>()
  const forget = onAbort(signal, () => resolve(false))
  return Promise.race([work.then(() => true), aborted]).finally(forget)
}
