// Names of keys: from what Ink reports, and from the text of --press.

import type { Key } from 'ink'

const NAMED: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
]

/** Names of keys that are no characters, each once. */
export const KEY_NAMES: readonly string[] = [...new Set([...NAMED.map(([, name]) => name), 'space'])]

const NAMES: ReadonlySet<string> = new Set(KEY_NAMES)
const WITH_CTRL = /^ctrl\+[a-z]$/

/** Whether a text names a key, as `keysFromInput` and `parsePressedKeys` name them. */
export function isKeyName(text: string): boolean {
  return NAMES.has(text) || WITH_CTRL.test(text) || /^[^\p{C}\p{Z}\p{M}]$/u.test(text)
}

/** Names of keys for which terminals send the same bytes. */
const SAME: Readonly<Record<string, string>> = {
  'ctrl+h': 'backspace',
  'ctrl+i': 'tab',
  'ctrl+j': 'enter',
  'ctrl+m': 'enter',
}

/** The key that a terminal reports instead; null if it reports the key itself. */
export function equivalentKey(key: string): string | null {
  return SAME[key] ?? null
}

/** The keys in one report of Ink: one, or several that were pressed between two reads. */
export function keysFromInput(input: string, key: Key): readonly string[] {
  const named = NAMED.find(([flag]) => key[flag] === true)
  if (named) return isAfterEscape(key) && CAN_FOLLOW.has(named[1]) ? ['esc', named[1]] : [named[1]]
  if (key.ctrl && input.length === 1) return [`ctrl+${input.toLowerCase()}`]
  if (isAfterEscape(key)) return escapeAndKey(input)
  if (key.meta || key.super || key.eventType === 'release') return []
  return [...input].map(keyOf).filter((name) => name !== '')
}

/**
 * An escape and a key that arrive together, as on a slow line or through tmux, are the same bytes as Alt and that
 * key. No binding uses Alt, so they count as two keys. Terminals that distinguish keys report the kind of event.
 */
function isAfterEscape(key: Key): boolean {
  return key.meta && !key.escape && key.eventType === undefined
}

/** Keys for which terminals report Alt as a preceding escape. For arrows and similar keys they report Alt in another way. */
const CAN_FOLLOW: ReadonlySet<string> = new Set(['enter', 'tab'])

/** Capitals begin actions: a capital that may be Alt and a letter begins none. */
function escapeAndKey(input: string): readonly string[] {
  return ['esc', ...[...input].map(keyOf).filter((name) => name !== '' && !/^\p{Lu}$/u.test(name))]
}

function keyOf(character: string): string {
  if (character === ' ') return 'space'
  if (character === '\r' || character === '\n') return 'enter'
  if (character === '\t') return 'tab'
  const code = character.codePointAt(0) ?? 0
  if (code < 32) return `ctrl+${String.fromCodePoint(code + 96)}`
  return character === '\x7f' ? 'backspace' : character
}

/** The text that a key types; null for a key that types none. */
export function textOfKey(key: string): string | null {
  if (key === 'space') return ' '
  return [...key].length === 1 ? key : null
}

/** Keys of `"3 / vacuum enter"`: names of keys are keys, the letters of other words are typed. */
export function parsePressedKeys(text: string): readonly string[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word) => (NAMES.has(word) || WITH_CTRL.test(word) ? [word] : [...word]))
}
