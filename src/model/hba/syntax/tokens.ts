// The words of pg_hba.conf: lines with their continuations, fields, comma lists, quotes and comments, as the server reads.

/** One word. Only a word that begins without a quote can be a keyword, a `+role` or an `@file`. */
export interface HbaToken {
  readonly text: string
  readonly quoted: boolean
}

/** A line of the file, continuations joined. */
export interface HbaLine {
  /** Of its first physical line, from 1. */
  readonly number: number
  readonly text: string
}

/**
 * The file's lines, numbered as the server does. A backslash at the end continues a line from version 14 on. A zero byte
 * hides a line's rest, from 14 on with its end, so that the next line belongs to it.
 */
export function hbaLines(file: string, version: number): readonly HbaLine[] {
  const lines: HbaLine[] = []
  let parts: string[] = []
  const physical = (version >= 14 ? file.replace(/\0[^\n]*(?:\n|$)/g, '') : file).split('\n')
  for (const [index, whole] of physical.entries()) {
    const text = trimmedEnd(whole)
    // A line that is nothing but its backslash goes on too; at the end of the file there is nothing to go on with.
    const continues = version >= 14 && text.endsWith('\\')
    parts.push(continues ? text.slice(0, -1) : text)
    if (continues && index < physical.length - 1) continue
    lines.push({ number: index + 2 - parts.length, text: parts.join('') })
    parts = []
  }
  return lines
}

function trimmedEnd(line: string): string {
  const zero = line.indexOf('\0')
  let end = zero < 0 ? line.length : zero
  while (end > 0 && line[end - 1] === '\r') end--
  return line.slice(0, end)
}

/** Returns the fields of a line, each a list of words that commas joined; comments are gone. */
export function hbaFields(line: string, version: number): readonly (readonly HbaToken[])[] {
  const fields: (readonly HbaToken[])[] = []
  const reader = new WordReader(line, version)
  for (let field = reader.field(); field.length > 0; field = reader.field()) fields.push(field)
  return fields
}

/** Up to version 18 a carriage return is a blank. */
const RETURN_IS_BLANK_UNTIL = 18

class WordReader {
  readonly #line: string
  readonly #returnIsBlank: boolean
  #at = 0
  #comma = false

  constructor(line: string, version: number) {
    this.#line = line
    this.#returnIsBlank = version <= RETURN_IS_BLANK_UNTIL
  }

  /** The next field; empty at the end of the line. */
  field(): readonly HbaToken[] {
    const tokens: HbaToken[] = []
    do {
      const token = this.#word()
      if (token === null) break
      tokens.push(token)
    } while (this.#comma)
    return tokens
  }

  /** Words are not told apart by quotes: `a"b c"d` is one, and `""` inside quotes is a quote. */
  #word(): HbaToken | null {
    const line = this.#line
    while (this.#isBlank(line[this.#at]) || line[this.#at] === ',') this.#at++
    this.#comma = false
    const text: string[] = []
    let [inQuote, wasQuote, sawQuote, quoted] = [false, false, false, false]
    for (; this.#at < line.length; this.#at++) {
      const character = line[this.#at] ?? ''
      if (!inQuote && this.#endsWord(character)) break
      const isQuote = character === '"'
      if (!isQuote || wasQuote) text.push(character)
      wasQuote = inQuote && isQuote && !wasQuote
      if (isQuote) {
        inQuote = !inQuote
        sawQuote = true
        quoted ||= text.length === 0
      }
    }
    return sawQuote || text.length > 0 ? { text: text.join(''), quoted } : null
  }

  /** A blank, a comma or a comment outside quotes. The comment is passed over: it goes to the end of the line. */
  #endsWord(character: string): boolean {
    const isComment = character === '#'
    if (isComment) this.#at = this.#line.length
    this.#comma = character === ','
    return this.#isBlank(character) || isComment || this.#comma
  }

  #isBlank(character: string | undefined): boolean {
    return character === ' ' || character === '\t' || (character === '\r' && this.#returnIsBlank)
  }
}
