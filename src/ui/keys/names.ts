// What keys are called in sentences: by the user's own keys (`ui.keys` of the config) where there are some.

import type { State } from '../../state/state.ts'
import { textOfKey } from './input.ts'

/** Ids of actions and the key that each has instead of its first one. */
export type CustomKeys = State['keys']

/** Keys that sentences and alerts name, and the action that each stands for. */
export const DEFAULT_KEY_ACTIONS: Readonly<Record<string, string>> = {
  enter: 'open',
  esc: 'back',
  tab: 'next-pane',
  j: 'down',
  k: 'up',
  a: 'actions',
  d: 'diagnose',
  e: 'export',
  space: 'pause',
  '[': 'earlier',
  ']': 'later',
  '0': 'view-fleet',
  '1': 'view-topology',
  '2': 'view-replication',
  '3': 'view-activity',
  '4': 'view-locks',
  '5': 'view-storage',
  '6': 'view-hosts',
  '7': 'view-access',
  '8': 'view-audit',
  '9': 'view-alerts',
}

/** The user's key for what `usual` does without own keys. */
export function currentKey({ keys }: Pick<State, 'keys'>, usual: string): string {
  return keys[DEFAULT_KEY_ACTIONS[usual] ?? ''] ?? usual
}

/** The user's key of an action that has `usual` without own keys. */
export function currentActionKey({ keys }: Pick<State, 'keys'>, action: string, usual: string): string {
  return keys[action] ?? usual
}

/** Whether a key types text, which it can't be used for and be a key too. */
export function isTextKey(key: string): boolean {
  return textOfKey(key) !== null
}

/** What is typed into the palette (`:psql`) is no key: an own key comes beside it. */
export function isPaletteCommand(key: string): boolean {
  return key.length > 1 && key.startsWith(':')
}
