// Effects beside the screen: the bell, the title of the terminal, scripted keys.

import { tuneGarbageCollection } from '../io/engine/v8-flags.ts'
import type { Store } from '../state/store.ts'
import type { Glyphs } from './frame/format/glyphs.ts'
import { parsePressedKeys } from './keys/input.ts'
import { ringOnAlerts, terminalTitle } from './terminal/attention.ts'
import type { TerminalModes } from './terminal/modes.ts'

const FEW_TARGETS = 30

function targetsOf(store: Store): number {
  return store.latest().clusters.reduce((sum, { databases, servers }) => sum + databases.length + servers.length, 0)
}

/** Starts the bell and the scripted keys. Returns functions that end them. */
export function startSideEffects(
  { store, bell, press }: { readonly store: Store; readonly bell?: boolean; readonly press?: string },
  writeSequence: (sequence: string) => void,
  pressKey: (key: string) => void,
): readonly (() => void)[] {
  return [
    // With many targets most memory is in use: repeated garbage collection would cost more than it frees.
    ...(targetsOf(store) <= FEW_TARGETS ? [tuneGarbageCollection()] : []),
    ...(bell ? [ringOnAlerts(store, () => writeSequence('\x07'))] : []),
    ...(press === undefined ? [] : [play(store, parsePressedKeys(press), pressKey)]),
  ]
}

/** Keeps the title of the terminal current; returns a function that ends it. */
export function keepTitle(store: Store, modes: TerminalModes, glyphs: Glyphs): () => void {
  const setTitle = () => modes.title(terminalTitle(store.published(), glyphs))
  setTitle()
  return store.subscribe(setTitle)
}

/**
 * Presses the keys once every cluster has its first figures. It presses each later key only once a pending plan is
 * there: a key that answers it must not be lost. Returns a function that stops it.
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
