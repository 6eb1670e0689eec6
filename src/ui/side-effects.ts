// What goes on beside the screen while it is shown: the bell, the title, keys that press themselves, signals, errors.

import { tuneGarbageCollection } from '../io/engine/v8-flags.ts'
import { FATAL_SIGNALS, type FatalSignal } from '../io/process/fatal-signals.ts'
import type { Store } from '../state/store.ts'
import type { Glyphs } from './frame/format/glyphs.ts'
import { parsePressedKeys } from './keys/input.ts'
import { ringOnAlerts, terminalTitle } from './terminal/attention.ts'
import type { TerminalHandover } from './terminal/foreground-program.ts'
import type { TerminalModes } from './terminal/modes.ts'

const FEW_TARGETS = 30

function targetsOf(store: Store): number {
  return store.latest().clusters.reduce((sum, { databases, servers }) => sum + databases.length + servers.length, 0)
}

/** What goes on beside the screen: the bell, keys that press themselves. Answers with functions that end it. */
export function startSideEffects(
  { store, bell, press }: { readonly store: Store; readonly bell?: boolean; readonly press?: string },
  signal: (sequence: string) => void,
  pressKey: (key: string) => void,
): readonly (() => void)[] {
  return [
    // What many targets take is theirs: collecting it over and over would cost more than it is worth.
    ...(targetsOf(store) <= FEW_TARGETS ? [tuneGarbageCollection()] : []),
    ...(bell ? [ringOnAlerts(store, () => signal('\x07'))] : []),
    ...(press === undefined ? [] : [play(store, parsePressedKeys(press), pressKey)]),
  ]
}

/** Keeps the title of the terminal true; answers with a function that ends it. */
export function keepTitle(store: Store, modes: TerminalModes, glyphs: Glyphs): () => void {
  const setTitle = () => modes.title(terminalTitle(store.published(), glyphs))
  setTitle()
  return store.subscribe(setTitle)
}

export interface FatalSignalOptions {
  /** Gives the terminal back. */
  stop(): void
  readonly handover: Pick<TerminalHandover, 'isInForeground'>
  readonly onSignal: ((signal: FatalSignal) => void) | undefined
  onError(error: unknown): void
}

/** Ends the screen on signals and on errors nobody caught, then tells which; answers with a function that lets go again. */
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

/**
 * Presses the keys once the first figures of every cluster are in, and each later one only when a plan that is being made
 * is there: what answers it must not be lost. Answers with a function that gives it up.
 */
function play(store: Store, keys: readonly string[], press: (key: string) => void): () => void {
  const left = [...keys]
  const isReady = () =>
    store.published().clusters.every(({ complete }) => complete) && store.latest().action?.current.phase !== 'planning'
  const run = () => {
    while (isReady()) {
      const key = left.shift()
      if (key === undefined) return unsubscribe()
      press(key)
    }
  }
  const unsubscribe = store.subscribe(run)
  if (isReady()) queueMicrotask(run)
  return unsubscribe
}
