// What runs beside the screen: the bell, the title of the terminal, keys of a script.

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

/** What goes on beside the screen: the bell, keys that press themselves. Answers with functions that end it. */
export function startSideEffects(
  { store, bell, press }: { readonly store: Store; readonly bell?: boolean; readonly press?: string },
  writeSequence: (sequence: string) => void,
  pressKey: (key: string) => void,
): readonly (() => void)[] {
  return [
    // What many targets take is theirs: collecting it over and over would cost more than it is worth.
    ...(targetsOf(store) <= FEW_TARGETS ? [tuneGarbageCollection()] : []),
    ...(bell ? [ringOnAlerts(store, () => writeSequence('\x07'))] : []),
    ...(press === undefined ? [] : [play(store, parsePressedKeys(press), pressKey)]),
  ]
}

/** Keeps the title of the terminal true; answers with a function that ends it. */
export function keepTitle(store: Store, modes: TerminalModes, glyphs: Glyphs): () => void {
  const setTitle = () => modes.title(terminalTitle(store.published(), glyphs))
  setTitle()
  return store.subscribe(setTitle)
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
