// Effects beside the screen: the bell, the title of the terminal, scripted keys.

import { tuneGarbageCollection } from '../io/engine/v8-flags.ts'
import type { Store } from '../state/store.ts'
import type { Glyphs } from './frame/format/glyphs.ts'
import { isReadyForKeys } from './keys/dispatch/active-queries.ts'
import type { KeyDispatcher } from './keys/dispatch/dispatch.ts'
import { parsePressedKeys } from './keys/input.ts'
import { ringOnAlerts, terminalTitle } from './terminal/attention.ts'
import type { TerminalModes } from './terminal/modes.ts'

const FEW_TARGETS = 30

function targetsOf(store: Store): number {
  return store.latest().clusters.reduce((sum, { databases, servers }) => sum + databases.length + servers.length, 0)
}

interface SideEffectOptions {
  readonly store: Store
  readonly bell?: boolean
  readonly press?: string
  readonly select?: string
}

/** What goes on beside the screen: the bell, keys that press themselves. Answers with functions that end it. */
export function startSideEffects(
  { store, bell, press, select }: SideEffectOptions,
  writeSequence: (sequence: string) => void,
  actor: Pick<KeyDispatcher, 'press' | 'select'>,
): readonly (() => void)[] {
  return [
    // With many targets most memory is in use: repeated garbage collection would cost more than it frees.
    ...(targetsOf(store) <= FEW_TARGETS ? [tuneGarbageCollection()] : []),
    ...(bell ? [ringOnAlerts(store, () => writeSequence('\x07'))] : []),
    ...(press === undefined && select === undefined
      ? []
      : [play(store, { select, keys: parsePressedKeys(press ?? '') }, actor)]),
  ]
}

/** Keeps the title of the terminal current; returns a function that ends it. */
export function keepTitle(store: Store, modes: TerminalModes, glyphs: Glyphs): () => void {
  const setTitle = () => modes.title(terminalTitle(store.published(), glyphs))
  setTitle()
  return store.subscribe(setTitle)
}

/**
 * Selects, then presses the keys, once the first figures of every cluster are in. Each later key waits until what it works on is
 * there: a plan that is being made, the answers of a view that was just opened. Without what is to be selected no key is
 * pressed: it would act on something else. Returns a function that gives it up.
 */
function play(
  store: Store,
  { select, keys }: { readonly select: string | undefined; readonly keys: readonly string[] },
  actor: Pick<KeyDispatcher, 'press' | 'select'>,
): () => void {
  const left = [...keys]
  let isSelected = select === undefined
  const isReady = () => store.published().clusters.every(({ complete }) => complete) && isReadyForKeys(store.latest())
  let isPressing = false
  const pressAll = () => {
    while (isReady()) {
      if (!isSelected) {
        isSelected = true
        if (!actor.select(select ?? '')) return unsubscribe()
      }
      const key = left.shift()
      if (key === undefined) return unsubscribe()
      actor.press(key)
    }
  }
  // A key changes the state, and that calls this again: the next key waits until the present one has had its effect.
  const run = () => {
    if (isPressing) return
    isPressing = true
    pressAll()
    isPressing = false
  }
  const unsubscribe = store.subscribe(run)
  if (isReady()) queueMicrotask(run)
  return unsubscribe
}
