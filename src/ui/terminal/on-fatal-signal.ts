// Ends the screen for causes outside it: signals, and uncaught errors.

import { FATAL_SIGNALS, type FatalSignal } from '../../io/process/fatal-signals.ts'
import type { TerminalHandover } from './foreground-program.ts'

export interface FatalSignalOptions {
  /** Restores the terminal. */
  stop(): void
  readonly handover: Pick<TerminalHandover, 'isInForeground'>
  readonly onSignal: ((signal: FatalSignal) => void) | undefined
  onError(error: unknown): void
}

/** Ends the screen on a signal or an uncaught error, then reports it. Returns a function that stops listening. */
export function onFatalSignal({ stop, handover, onSignal, onError }: FatalSignalOptions): () => void {
  const signalled = (signal: FatalSignal) => {
    // A Ctrl-C for the program in the foreground reaches this process too.
    if (signal === 'SIGINT' && handover.isInForeground()) return
    stop()
    onSignal?.(signal)
  }
  const failed = (error: unknown) => {
    stop()
    onError(error)
  }
  for (const signal of FATAL_SIGNALS) process.on(signal, signalled)
  process.on('uncaughtException', failed)
  process.on('unhandledRejection', failed)
  return () => {
    for (const signal of FATAL_SIGNALS) process.off(signal, signalled)
    process.off('uncaughtException', failed)
    process.off('unhandledRejection', failed)
  }
}
