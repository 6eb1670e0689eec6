// What ends the screen from outside: signals, and errors that nothing caught.

import { FATAL_SIGNALS, type FatalSignal } from '../../io/process/fatal-signals.ts'
import type { TerminalHandover } from './foreground-program.ts'

export interface FatalSignalOptions {
  /** Gives the terminal back. */
  stop(): void
  readonly handover: Pick<TerminalHandover, 'isInForeground'>
  readonly onSignal: ((signal: FatalSignal) => void) | undefined
  onError(error: unknown): void
}

/** Ends the screen on a signal or an error that nothing caught, then reports it. Returns a function that stops listening. */
export function onFatalSignal({ stop, handover, onSignal, onError }: FatalSignalOptions): () => void {
  const signalled = (signal: FatalSignal) => {
    // Ctrl-C in a program that has the terminal reaches us too.
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
