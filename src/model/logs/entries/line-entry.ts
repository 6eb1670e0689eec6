// One line of a log in the format stderr: its prefix, the word before the message, the message.

import { LOG_WORD_MEANINGS } from '../messages/recognize.ts'
import type { LogLabel, LogSeverity } from '../messages/translation.ts'
import type { LogSettings } from './entry.ts'
import { type PrefixPattern, prefixPattern } from './line-prefix.ts'
import { instantOf, LOG_TIME } from './log-time.ts'

export interface LogLine {
  readonly word: LogSeverity | LogLabel
  readonly message: string
  readonly at: number | null
  readonly sqlState: string | null
  readonly user: string | null
}

/** The longest prefix. */
const LONGEST_PREFIX = 500

const WORDS = [...LOG_WORD_MEANINGS.keys()]
  .sort((a, b) => b.length - a.length)
  .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
const WORD = new RegExp(`(?<![\\p{L}\\p{N}_])(${WORDS.join('|')}) ?: {1,2}`, 'u')
const WORD_HERE = new RegExp(`^(${WORDS.join('|')}) ?: {1,2}`, 'u')

/** Parses lines by the settings. Without settings, the first time and the first word of each kind count. */
export function lineReader({
  timeZone,
  linePrefix,
}: LogSettings): (line: string, before: number | null) => LogLine | null {
  const known = linePrefix === null ? null : prefixPattern(linePrefix)
  return (line, before) => {
    const byPrefix = known && readByPrefix(line, known, timeZone, before)
    return byPrefix ?? readByWord(line, timeZone, before)
  }
}

function readByPrefix(
  line: string,
  { pattern }: PrefixPattern,
  timeZone: string | null,
  before: number | null,
): LogLine | null {
  const found = pattern.exec(line.slice(0, LONGEST_PREFIX))
  const rest = found && line.slice(found[0].length)
  const [head, word] = (rest && WORD_HERE.exec(rest)) || []
  const meaning = word === undefined ? undefined : LOG_WORD_MEANINGS.get(word)
  if (!found || !rest || head === undefined || meaning === undefined) return null
  const { time, epoch, state = null, user = '' } = found.groups ?? {}
  const at = epoch === undefined ? instantOf(LOG_TIME.exec(time ?? ''), timeZone, before) : Number(epoch) * 1000
  const name = user.trim()
  return {
    word: meaning,
    message: rest.slice(head.length),
    at,
    sqlState: state,
    user: name === '' || name === '[unknown]' ? null : name,
  }
}

/**
 * Parses a prefix that is unknown, or was different then. The time is taken from the text before the message, never
 * from the message.
 */
function readByWord(line: string, timeZone: string | null, before: number | null): LogLine | null {
  const found = WORD.exec(line.slice(0, LONGEST_PREFIX))
  const meaning = found?.[1] === undefined ? undefined : LOG_WORD_MEANINGS.get(found[1])
  if (!found || meaning === undefined) return null
  const prefix = line.slice(0, found.index)
  const [, epoch] = /(?<![\d.])(\d{10}\.\d{3})(?![\d.])/.exec(prefix) ?? []
  const time = LOG_TIME.exec(prefix)
  const at = time === null && epoch !== undefined ? Number(epoch) * 1000 : instantOf(time, timeZone, before)
  const [, sqlState = null] =
    /(?<![\w.:-])([0-9A-Z]{2}[0-9A-Z]{3})(?![\w.:-])/.exec(prefix.replace(LOG_TIME, ' ')) ?? []
  const state = sqlState !== null && SQL_STATE.test(sqlState) ? sqlState : null
  return { word: meaning, message: line.slice(found.index + found[0].length), at, sqlState: state, user: null }
}

/** SQLSTATEs of a failed start or login. A process ID may have five digits too, but is hardly ever one of these. */
const SQL_STATE = /^(?:28P01|28000|57P0\d|58P0\d|F0000|XX00\d|42P\d\d|22P0\d|53[1234]00|55P0\d)$/
