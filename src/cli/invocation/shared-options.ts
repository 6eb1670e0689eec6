// Options and arguments that several commands share, and their accepted values.

import { Argument, InvalidArgumentError, Option } from 'commander'
import { parseDuration, parseSize } from '../../model/values/units.ts'

/** Connection strings that replace a whole configuration. */
export function dsnArgument(): Argument {
  return new Argument('[dsn...]', 'connection strings, instead of a configuration')
}

/** `--press`, for commands with a screen. */
export function pressOption(): Option {
  return new Option('--press <keys>', 'press these keys after the start')
}

/** `--select`, of commands with a screen. */
export function selectOption(): Option {
  return new Option('--select <name>', 'select this server or database after the start, by its name or id')
}

/** `--screen-reader`, of commands with a screen. */
export function screenReaderOption(): Option {
  return new Option('--screen-reader', 'plain sentences instead of a drawn screen')
}

/** `--until`: milliseconds since the epoch. */
export function untilOption(): Option {
  return new Option('--until <time>', 'up to this time; default: now').argParser(recordedTimeOrThrow)
}

/** A time of a recording, in milliseconds since the epoch, counted back from its end. */
export type RecordedTime = (end: number) => number

/** `--at`: a RecordedTime. */
export function atOption(): Option {
  return new Option('--at <time>', 'show recorded time: 02:14, 2h, 2026-11-22T14:00Z').argParser(
    (text): RecordedTime => {
      const now = recordedTimeOrThrow(text)
      return (end) => parseRecordedTime(text, end) ?? now
    },
  )
}

/** `--from`, of the monitor. */
export function fromOption(): Option {
  return new Option('--from <file>', 'show a recording of pgdeck instead of what is now')
}

function recordedTimeOrThrow(text: string): number {
  const at = parseRecordedTime(text, Date.now())
  if (at !== null) return at
  throw new InvalidArgumentError(
    'Allowed: a time of the last day such as 02:14, how long ago, such as 2h, or a time such as 2026-11-22T14:00Z.',
  )
}

/** The same as `parseSince`; also the last `02:14` or `02:14:07` of local time. null for any other text. */
function parseRecordedTime(text: string, now: number): number | null {
  const [, hours, minutes, seconds = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? []
  if (hours === undefined || minutes === undefined) return parseSince(text, now)
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null
  const at = new Date(now)
  const time = [Number(hours), Number(minutes), Number(seconds), 0] as const
  at.setHours(...time)
  if (at.getTime() <= now) return at.getTime()
  // The day first: a time that the clock skips today is moved, and was not skipped yesterday.
  const yesterday = new Date(now)
  yesterday.setDate(yesterday.getDate() - 1)
  yesterday.setHours(...time)
  return yesterday.getTime()
}

/** `--since`: milliseconds since the epoch. */
export function sinceOption(description: string): Option {
  return new Option('--since <time>', `${description}: 2h, 2026-11-22, 2026-11-22T14:00Z`).argParser(sinceOrThrow)
}

/** `--max-size`, for commands that collect log files: bytes. */
export function maxSizeOption(): Option {
  return new Option('--max-size <size>', 'maximum size of the log files, newest first (default: 200MB)').argParser(size)
}

function sinceOrThrow(text: string): number {
  const at = parseSince(text, Date.now())
  if (at !== null) return at
  throw new InvalidArgumentError(
    'Allowed: how long ago, such as 30m, 2h or 3d, a day, or a time such as 2026-11-22T14:00Z.',
  )
}

/** The instant of `2026-11-22`, `2026-11-22T14:00:00Z` (local time without a zone), or of an age (`2h`); null for any other text. */
export function parseSince(text: string, now: number): number | null {
  const ago = parseDuration(text)
  if (ago !== null) return now - ago
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return null
  // JavaScript reads a bare date as UTC, unlike one with a time.
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text)
  return Number.isNaN(at) ? null : at
}

function size(text: string): number {
  const bytes = parseSize(text)
  if (bytes !== null && bytes > 0) return bytes
  throw new InvalidArgumentError('Allowed: a size, such as 800kB, 200MB or 2GB.')
}
