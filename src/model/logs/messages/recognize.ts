// Recognises the known messages in a text, in whatever language the server writes.

import { ENGLISH, type LogMessageId } from './english.ts'
import { LANGUAGES } from './languages.ts'
import { LOG_WORDS, type LogLabel, type LogSeverity, type MessagePattern, translationOf } from './translation.ts'

/** What `lc_messages` of a server means for its log. */
export interface LogLanguage {
  readonly patterns: readonly MessagePattern[]
  /** Messages that begin with words, by their first characters. */
  readonly byBeginning: ReadonlyMap<string, readonly MessagePattern[]>
  /** False: the language of its messages is unknown. Only codes identify them. */
  readonly isKnown: boolean
}

/** A log has millions of entries, and few of them are known messages. */
const BEGINNING = 5

function languageOf(patterns: readonly MessagePattern[], isKnown: boolean): LogLanguage {
  const fixed = patterns.filter(({ beginsWithWords }) => beginsWithWords)
  return {
    patterns,
    byBeginning: Map.groupBy(fixed, ({ fragments: [first = ''] }) => first.slice(0, BEGINNING)),
    isKnown,
  }
}

const IN_ENGLISH = translationOf(ENGLISH).messages
const ENGLISH_ALONE = languageOf(IN_ENGLISH, true)
const ALL = languageOf([...IN_ENGLISH, ...[...LANGUAGES.values()].flatMap(({ messages }) => messages)], true)

/** Chinese in traditional characters is a translation of its own. */
const OTHER_SCRIPT = /^zh[-_](?:TW|HK|MO|Hant)/i

/** By the value of lc_messages, such as `de_DE.UTF-8`; null: unknown, so the language may be any. */
export function logLanguage(lcMessages: string | null): LogLanguage {
  if (lcMessages === null || lcMessages === '') return ALL
  const code = /^[a-z]+/.exec(lcMessages.toLowerCase())?.[0] ?? ''
  if (/^(?:c|posix|en|english)$/.test(code)) return ENGLISH_ALONE
  const found = OTHER_SCRIPT.test(lcMessages) ? undefined : LANGUAGES.get(code)
  return found ? languageOf([...IN_ENGLISH, ...found.messages], true) : { ...ENGLISH_ALONE, isKnown: false }
}

/** Returns the message that the text begins with, or whose words follow a name at its beginning; null: none. */
export function messageIdOf(text: string, language: LogLanguage = ALL): LogMessageId | null {
  const fixed = language.byBeginning.get(text.slice(0, BEGINNING)) ?? []
  const found = fixed.find((pattern) => isAt(text, pattern))
  return (found ?? language.patterns.find((pattern) => !pattern.beginsWithWords && isAt(text, pattern)))?.id ?? null
}

/** Every message whose words are anywhere in the text: a receiver's log quotes what its source said. */
export function messageIdsIn(text: string): ReadonlySet<LogMessageId> {
  return idsAmong(ALL.patterns, text)
}

/** The same for a few messages only: a long log has many entries, and every message many words. */
export function messageFinder(wanted: ReadonlySet<LogMessageId>): (text: string) => ReadonlySet<LogMessageId> {
  const patterns = ALL.patterns.filter(({ id }) => wanted.has(id))
  return (text) => idsAmong(patterns, text)
}

function idsAmong(patterns: readonly MessagePattern[], text: string): ReadonlySet<LogMessageId> {
  return new Set(patterns.filter((pattern) => endOf(text, pattern, 0) >= 0).map(({ id }) => id))
}

/** Only a name or a path may precede the message. */
const LONGEST_NAME = 300

function isAt(text: string, pattern: MessagePattern): boolean {
  const [first = ''] = pattern.fragments
  if (pattern.beginsWithWords) return text.startsWith(first) && endOf(text, pattern, 0) >= 0
  return text.slice(0, LONGEST_NAME + first.length).includes(first) && endOf(text, pattern, 0) >= 0
}

function endOf(text: string, { fragments }: MessagePattern, from: number): number {
  let at = from
  for (const fragment of fragments) {
    const found = text.indexOf(fragment, at)
    if (found < 0) return -1
    at = found + fragment.length
  }
  return at
}

/** The English severity for the word before the colon of a line, in any language. */
export const LOG_WORD_MEANINGS: ReadonlyMap<string, LogSeverity | LogLabel> = new Map([
  ...[...LANGUAGES.values()].flatMap(({ words }) => [...words]),
  ...LOG_WORDS.map((word) => [word, word] as const),
])
