// Signals of commands without a screen: the first ends them in order, the second at once, but for what must not be left.

import { onAbort } from '../../io/network/wait-timeout.ts'
import { FATAL_SIGNALS } from '../../io/process/fatal-signals.ts'
import { SIGNAL_EXIT_CODES } from './exit-codes.ts'

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** The exit code of the signal; null before one. */
  code(): number | null
  /** Stops listening: Node handles signals again. */
  release(): void
}

/** Starts to listen for signals. `beforeExit`: what the second one waits for; a third one does not. */
export function listenForSignals(beforeExit: () => Promise<void> = async () => {}): Interruption {
  const abort = new AbortController()
  let received: number | null = null
  let isLeaving = false
  const handlers = FATAL_SIGNALS.map((name) => {
    const code = SIGNAL_EXIT_CODES[name]
    const handler = () => {
      if (isLeaving) process.exit(code)
      if (received !== null) {
        isLeaving = true
        void beforeExit().finally(() => process.exit(code))
        return
      }
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

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Waits for the work until the signal at most. Returns true if the work has ended. */
export async function endedBeforeAbort(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  const { promise: aborted, resolve } = Promise.withResolvers<false>()
  const forget = onAbort(signal, () => resolve(false))
  return Promise.race([work.then(() => true), aborted]).finally(forget)
}
