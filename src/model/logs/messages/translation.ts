// One translation of the messages of PostgreSQL that pgdeck recognises.

import { LOG_MESSAGE_IDS, type LogMessageId } from './english.ts'

const LOG_SEVERITIES = ['PANIC', 'FATAL', 'ERROR', 'WARNING', 'LOG', 'NOTICE', 'INFO', 'DEBUG'] as const
export type LogSeverity = (typeof LOG_SEVERITIES)[number]

/** Words that start further lines of an entry. */
const LOG_LABELS = ['DETAIL', 'HINT', 'QUERY', 'CONTEXT', 'LOCATION', 'STATEMENT', 'BACKTRACE'] as const
export type LogLabel = (typeof LOG_LABELS)[number]

/** The English severities, which also serve a language without its own. */
export const LOG_WORDS: readonly (LogSeverity | LogLabel)[] = [...LOG_SEVERITIES, ...LOG_LABELS]

export interface Translation {
  /** By the word in this language. */
  readonly words: ReadonlyMap<string, LogSeverity | LogLabel>
  readonly messages: readonly MessagePattern[]
}

/** A message, as the words between its variable parts. */
export interface MessagePattern {
  readonly id: LogMessageId
  readonly fragments: readonly string[]
  /** Whether it begins with words rather than with a variable part. */
  readonly beginsWithWords: boolean
}

const WORDS: ReadonlySet<string> = new Set(LOG_WORDS)
const IDS: ReadonlySet<string> = new Set(LOG_MESSAGE_IDS)

/** Parses lines `id: text`; ids in capitals are severities. Throws for an unknown id. */
export function translationOf(lines: string): Translation {
  const words = new Map<string, LogSeverity | LogLabel>()
  const messages: MessagePattern[] = []
  for (const line of lines.split('\n').filter((each) => each !== '')) {
    const at = line.indexOf(': ')
    const [id, text] = [line.slice(0, at), line.slice(at + 2)]
    if (WORDS.has(id)) words.set(text, id as LogSeverity)
    else if (IDS.has(id)) messages.push(patternOf(id as LogMessageId, text))
    else throw new Error(`there is no message ${id}`)
  }
  return { words, messages }
}

function patternOf(id: LogMessageId, text: string): MessagePattern {
  const parts = text.split('%s')
  return { id, fragments: parts.filter((part) => part.trim() !== ''), beginsWithWords: parts[0]?.trim() !== '' }
}
