// The end of a secret: the value after `password=`, `PASSWORD`, `token:` and the like, in any quotes.

/** The text that replaces a secret. */
export const REDACTED = '[redacted]'

/** White space by bytes. The text may be bytes read as Latin-1, where U+00A0 is half of a letter. */
const BLANKS = ' \t\r\n\f\v'
/** What may follow the closing quote of a value. Before anything else, the quote belongs to the secret. */
const AFTER_QUOTE = /[ \t\r\n\f\v,;:)}\]&|]|\\[nrt"']|$/y
const OPENING = /(?:[eEnNbB]|[uU]&)?(''|""|\\*["']|`|\$(?:[A-Za-z_][A-Za-z_0-9]*)?\$)/y
/** The longest quoted secret. One without an end within this length ends with its line. */
const LONGEST_QUOTED = 2_000
/** SQL joins two literals with a line break between them. */
const CONTINUED =
  /(?:[ \t\r]|--[^\n\\]{0,200})*(?:\n|\\{1,4}n)(?:[ \t\r\n]|\\{1,4}[nrt]|--[^\n\\]{0,200}(?:\n|\\{1,4}n))*(?=')/y

const CONTINUED_LINE = /\\\r?\n[ \t]{1,100}(?=[^\s])/y

/** A value from `from` to `end`, without its quotes; `open` if the text does not contain its end. */
export interface SecretSpan {
  readonly from: number
  readonly end: number
  readonly open: boolean
}

/** The value after `=` or `:`: quoted, or up to the next blank. */
export function valueSpan(text: string, at: number): SecretSpan {
  return quotedSpan(text, at) ?? bareSpan(text, at)
}

/** The content of quotes of any kind, with doubled and escaped ones; null if none begin here. */
export function quotedSpan(text: string, at: number): SecretSpan | null {
  OPENING.lastIndex = at
  const [opening, quote] = OPENING.exec(text) ?? []
  if (opening === undefined || quote === undefined) return null
  const from = at + opening.length
  // An empty value, not the first half of a doubled quote: `password='' host=…`.
  if ((quote === "''" || quote === '""') && isEndAfter(text, from)) return { from, end: from, open: false }
  const isPlain = quote === "'" || quote === '"'
  const closing = isPlain ? closingQuoteIndex(text, from, quote) : text.indexOf(quote, from)
  if (closing >= 0 && closing - from <= LONGEST_QUOTED) return { from, end: closing, open: false }
  return lineSpan(text, from)
}

/** A literal of SQL with the literals that SQL joins to it over the next lines; null if none begins here. */
export function literalSpan(text: string, at: number): SecretSpan | null {
  const first = quotedSpan(text, at)
  if (!first || first.open || text[first.end] !== "'") return first
  let span = first
  for (;;) {
    CONTINUED.lastIndex = span.end + 1
    const gap = CONTINUED.exec(text)
    const next = gap ? quotedSpan(text, CONTINUED.lastIndex) : null
    if (!next || next.end > first.from + 2 * LONGEST_QUOTED) return span
    span = { ...next, from: first.from }
    if (next.open || text[next.end] !== "'") return span
  }
}

/** Skips `''`, `\'` and the like. */
export function closingQuoteIndex(text: string, from: number, quote: string): number {
  for (let index = from; index < text.length; index += 1) {
    const letter = text[index]
    if (letter === '\\') index += 1
    else if (letter === quote && text[index + 1] !== quote) return index
    else if (letter === quote) index += 1
  }
  return -1
}

export function bareSpan(text: string, from: number): SecretSpan {
  // A secret that was redacted before ends where it ended then.
  if (text.startsWith(REDACTED, from)) return { from, end: from + REDACTED.length, open: false }
  for (let index = from; index < text.length; index += 1) {
    const letter = text[index] ?? ''
    if (BLANKS.includes(letter) || isClosing(text, index)) return { from, end: index, open: false }
    // An escaped letter, or half of an escaped quote that continues.
    if (letter === '\\' && !'\r\n'.includes(text[index + 1] ?? '\n')) index += 1
    else if (letter === '\\' && index > from) index = continuedAt(text, index)
  }
  return { from, end: text.length, open: true }
}

/**
 * A properties file continues with the next line after a backslash: the last letter of the present part; else the
 * backslash.
 */
function continuedAt(text: string, at: number): number {
  CONTINUED_LINE.lastIndex = at
  return CONTINUED_LINE.test(text) ? CONTINUED_LINE.lastIndex - 1 : at
}

function isClosing(text: string, index: number): boolean {
  const letter = text[index]
  if (letter === '\\' && (text[index + 1] === '"' || text[index + 1] === "'")) return isEndAfter(text, index + 2)
  return (letter === '"' || letter === "'") && isEndAfter(text, index + 1)
}

function isEndAfter(text: string, at: number): boolean {
  AFTER_QUOTE.lastIndex = at
  return AFTER_QUOTE.test(text)
}

/** Up to the end of the line. */
export function lineSpan(text: string, from: number): SecretSpan {
  const lineEnd = text.indexOf('\n', from)
  if (lineEnd < 0) return { from, end: text.length, open: true }
  return { from, end: text[lineEnd - 1] === '\r' && lineEnd > from ? lineEnd - 1 : lineEnd, open: false }
}
