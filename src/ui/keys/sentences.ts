// Sentences that name a key by its usual name, such as a hint of a check: rewritten with the user's own keys.

import type { State } from '../../state/state.ts'
import type { Line } from '../frame/format/line.ts'
import { currentActionKey, currentKey } from './names.ts'

/** A key as sentences name it, the text that follows it, and its action. */
const NAMED: readonly (readonly [key: string, pattern: RegExp, action: string])[] = [
  ['d', /\bd(?= on [\p{L}\p{N}])/gu, 'diagnose'],
  ['l', /\bl(?= collects logs\b)/g, 'collect-logs'],
  ['R', /(?<=; )R(?= starts it\b)/g, 'do-start'],
  ['h', /(?<=\()h(?=, view \d)/g, 'hba'],
  ['a', /(?<=[:;] )a(?= (?:shows|resumes) it\b)/g, 'actions'],
  ['m', /(?<=\bwith )m(?= when it is done\b)/g, 'run-by-hand'],
  ['e', /(?<=: )e(?= exports it\b)/g, 'export'],
  ['y', /(?<=^answer )y$/g, 'agree'],
  ['enter', /\benter(?= (?:opens|shows)\b)/g, 'open'],
  ['tab', /^tab(?=: sessions\b)/g, 'next-pane'],
]

/** The sentence with the user's keys. Without own keys it is unchanged. */
export function withCustomKeys(state: Pick<State, 'keys'>, sentence: string): string {
  if (Object.keys(state.keys).length === 0) return sentence
  const renamed = NAMED.reduce((text, [key, pattern, action]) => {
    // As a function: a key such as `$` has a meaning in a replacement text.
    return text.replace(pattern, () => currentActionKey(state, action, key))
  }, sentence)
  return renamed.replace(/\bview (\d)\b/g, (_, digit: string) => `view ${currentKey(state, digit)}`)
}

/** Lines of such sentences. The exact text of a step (`accent`) is unchanged. */
export function linesWithCustomKeys(state: Pick<State, 'keys'>, lines: readonly Line[]): readonly Line[] {
  if (Object.keys(state.keys).length === 0) return lines
  return lines.map((line) =>
    line.map((each) => (each.style === 'accent' ? each : { ...each, text: withCustomKeys(state, each.text) })),
  )
}
