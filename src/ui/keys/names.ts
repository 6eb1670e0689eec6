// The names of keys in sentences: the user's own keys (`ui.keys` of the config) if there are any.

import type { State } from '../../state/state.ts'
import { textOfKey } from './input.ts'

/** Ids of actions, each with the key that replaces its first one. */
export type CustomKeys = State['keys']

/** Keys that sentences and alerts name, and their actions. */
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

/** The user's key for the action of `usual`. */
export function currentKey({ keys }: Pick<State, 'keys'>, usual: string): string {
  return keys[DEFAULT_KEY_ACTIONS[usual] ?? ''] ?? usual
}

/** The user's key of an action that has `usual` by default. */
export function currentActionKey({ keys }: Pick<State, 'keys'>, action: string, usual: string): string {
  return keys[action] ?? usual
}

/** Whether a key types text: then it can't be another key too. */
export function isTextKey(key: string): boolean {
  return textOfKey(key) !== null
}

/** Text typed into the palette (`:psql`) is no key: a key of the user's comes in addition. */
export function isPaletteCommand(key: string): boolean {
  return key.length > 1 && key.startsWith(':')
}
