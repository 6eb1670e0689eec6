// Which files of a folder are of one server's log, by the pattern in log_filename and by what rotation adds to a name.

/** The formats of a log, each with its own files. */
export const LOG_FORMATS = ['text', 'csv', 'json'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

/** Names of one format, as expressions that JavaScript and `grep -E` read alike. */
export interface LogNames {
  readonly wanted: string
  /** Not of this format, though they look like it. */
  readonly unwanted: string
}

/** What logrotate and its like add: a number or a date, and what packs the file. */
const ROTATED = '([.-][0-9][0-9.-]*)?(\\.gz)?$'
const OTHER_FORMATS = `\\.(csv|json)${ROTATED}|\\.(xz|zst|bz2|lz4|lz|Z)$`
const NONE = '^$'

/** By the usual names, where log_filename is not known or no file has its name. */
export function usualLogNames(format: LogFormat): LogNames {
  if (format !== 'text') return { wanted: `\\.${format}${ROTATED}`, unwanted: NONE }
  return { wanted: `\\.(log|txt)${ROTATED}|^postgresql`, unwanted: OTHER_FORMATS }
}

/** By `log_filename`; null: its names can't be told. */
export function logNames(filename: string | null, format: LogFormat): LogNames | null {
  if (filename === null || filename === '' || filename.includes('/')) return null
  if (format === 'text') return { wanted: `^${nameSource(filename)}${ROTATED}`, unwanted: OTHER_FORMATS }
  // The server puts the ending in the place of this one only.
  const stem = filename.length > 4 && filename.endsWith('.log') ? filename.slice(0, -4) : filename
  return { wanted: `^${nameSource(stem)}\\.${format}${ROTATED}`, unwanted: NONE }
}

const NUMBERS = 'CdeGgHIjklMmSsUuVWwYy'
const LETTERS = 'aAbBhpPZ'

/** The server fills the pattern in as strftime() does, with English names. */
function nameSource(pattern: string): string {
  return pattern.replace(/%[EO]?(.)|[^%]|%$/gs, (whole, letter: string | undefined) => {
    if (letter === undefined) return quoted(whole)
    if (letter === '%') return '%'
    if (NUMBERS.includes(letter)) return '[ 0-9]+'
    return LETTERS.includes(letter) ? '[A-Za-z]+' : '.+'
  })
}

function quoted(character: string): string {
  return /[.*+?^${}()|[\]\\]/.test(character) ? `\\${character}` : character
}
