// The user's own keys (`ui.keys` of the config): laid over the key table, and named wherever a sentence names a key.

import type { State } from '../state/state.ts'
import type { Binding, Mode } from './binding.ts'
import { typedBy } from './input.ts'

/** Ids of actions and the key that each has instead of its first one. */
export type OwnKeys = State['keys']

/** Where letters are text. */
export const TEXT_MODES: readonly Mode[] = ['palette', 'entry']

/** What is typed into the palette (`:psql`) is no key: an own key comes beside it. */
export function isTyped(key: string): boolean {
  return key.length > 1 && key.startsWith(':')
}

/**
 * The table with own keys in it: each takes the place of the action's first key. Arrows and the like stay beside it, and
 * so do the keys that an action has only where text is typed, unless it works nowhere else.
 */
export function withOwnKeys(bindings: readonly Binding[], own: OwnKeys): readonly Binding[] {
  if (Object.keys(own).length === 0) return bindings
  const viewsMoved = bindings.some(({ id }) => id.startsWith('view-') && own[id] !== undefined)
  return bindings.map((binding) => {
    const key = own[binding.id]
    // `0-9` stands for all views: it is true only while none has moved.
    const { keys: range, ...footer } = binding.footer ?? { word: '', rank: 0 }
    const shown = viewsMoved && range !== undefined ? { ...binding, footer } : binding
    return key === undefined || !takesOwnKey(binding, bindings) ? shown : { ...shown, keys: keysWith(binding, key) }
  })
}

function keysWith({ keys }: Binding, own: string): readonly string[] {
  const others = isTyped(keys[0] ?? '') ? keys : keys.slice(1)
  return [own, ...others.filter((key) => key !== own)]
}

/** False for the entry keys of an action that also works elsewhere, such as `down` in the palette. */
export function takesOwnKey(binding: Binding, bindings: readonly Binding[]): boolean {
  const isForText = ({ modes }: Binding) => modes.every((mode) => TEXT_MODES.includes(mode))
  return !isForText(binding) || bindings.every((each) => each.id !== binding.id || isForText(each))
}

/** Keys that sentences and alerts name, and the action that each stands for. */
export const NAMED_KEYS: Readonly<Record<string, string>> = {
  enter: 'open',
  esc: 'back',
  tab: 'next-pane',
  j: 'down',
  k: 'up',
  e: 'export',
  ']': 'later',
  '1': 'view-topology',
  '2': 'view-replication',
  '3': 'view-activity',
  '5': 'view-storage',
  '6': 'view-hosts',
  '7': 'view-access',
}

/** The user's key for what `usual` does without own keys. */
export function keyNow({ keys }: Pick<State, 'keys'>, usual: string): string {
  return keys[NAMED_KEYS[usual] ?? ''] ?? usual
}

/** The user's key of an action that has `usual` without own keys. */
export function keyOf({ keys }: Pick<State, 'keys'>, action: string, usual: string): string {
  return keys[action] ?? usual
}

/** Whether a key types text, which it can't be used for and be a key too. */
export function typesText(key: string): boolean {
  return typedBy(key) !== null
}
