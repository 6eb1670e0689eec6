// `log_line_prefix` as a pattern: the places of the time, the SQLSTATE and the user in a line, and the start of the
// message.

/** Finds the fields in the prefix of a message. */
export interface PrefixPattern {
  /** Matches the start of a line up to the severity. */
  readonly pattern: RegExp
  readonly hasTime: boolean
}

const TIME = '\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}'

/** Escapes whose values have a known form. All others extend to the text that follows them. */
const FORMS: Readonly<Record<string, string>> = {
  p: '\\d+',
  P: '\\d*',
  t: `(?<time>${TIME} \\S+)`,
  m: `(?<time>${TIME}\\.\\d{3} \\S+)`,
  n: '(?<epoch>\\d+\\.\\d{3})',
  e: '(?<state>[0-9A-Z]{5})',
  c: '[0-9a-f]+\\.[0-9a-f]+',
  l: '\\d+',
  s: `${TIME} \\S+`,
  x: '\\d+',
  Q: '-?\\d+',
}
const NAMES: Readonly<Record<string, string>> = { u: 'user' }
const OTHERS = 'audrhbivL'
const ANYTHING = '[^\\n]*?'
/** The patterns of what `%t` and the like print end with letters, all others with digits. */
const ENDS_WITH_WORD = 'tms'
/** Nobody pads to more columns, or writes a longer prefix: it would make the pattern large. */
const WIDEST = 64
const LONGEST = 300

/** One character of the prefix, or one escape of it. */
interface Part {
  /** Of an escape; empty: a character that stands for itself. */
  readonly letter: string
  readonly character: string
  /** Columns that the value is padded to. */
  readonly width: number
  /** Blanks stand behind the value instead of before it. */
  readonly isLeft: boolean
}

/**
 * null: nothing can be told by it. It matches in a time that grows with the square of the line at most, whatever names and blanks
 * are in the line: where one value ends and the next begins must be plain, but for one place.
 */
export function prefixPattern(prefix: string): PrefixPattern | null {
  if (prefix.length > LONGEST) return null
  const parts = partsOf(prefix)
  if (!isPlain(parts)) return null
  const seen = new Set<string>()
  const sources = parts.map((part, at) => partOf(part, parts[at + 1], parts[at - 1], seen))
  const closing = ')?'.repeat(parts.filter(({ letter }) => letter === 'q').length)
  try {
    return { pattern: new RegExp(`^${sources.join('')}${closing}`), hasTime: seen.has('time') || seen.has('epoch') }
  } catch {
    return null
  }
}

/** Without escapes that print nothing. */
function partsOf(prefix: string): readonly Part[] {
  const all = [...prefix.matchAll(/%(-?)(\d*)(.)|[^%]/gs)].map(([whole, sign = '', width = '', letter = '']): Part => {
    const shown = letter === '%' ? { letter: '', character: '%' } : { letter, character: whole }
    return { ...shown, width: Number(width), isLeft: sign === '-' }
  })
  return all.filter(({ letter }) => letter === '' || letter === 'q' || FORMS[letter] || OTHERS.includes(letter))
}

/** Whether no two values meet of which both may be of any length, and no value meets what could be its own end. */
function isPlain(parts: readonly Part[]): boolean {
  const shown = parts.filter(({ letter }) => letter !== 'q')
  const unbounded = parts.filter((part, at) => isUnbounded(part, parts[at + 1]) && !follows(part, parts[at - 1]))
  return (
    unbounded.length <= 1 &&
    parts.every(({ width }) => width <= WIDEST) &&
    shown.every((part, at) => {
      const next = shown[at + 1]
      if (next === undefined || FORMS[part.letter] === undefined) return true
      if (next.letter !== '') return FORMS[next.letter] === undefined && !OTHERS.includes(next.letter)
      return ENDS_WITH_WORD.includes(part.letter) || !/[\da-f.]/.test(next.character)
    })
  )
}

/** It may be any text, and no character behind it shows where it ends. */
function isUnbounded({ letter }: Part, next: Part | undefined): boolean {
  return letter !== '' && OTHERS.includes(letter) && (next === undefined || next.letter !== '')
}

/** Two in a row that fit anything are one: nothing shows where the first ends. */
function follows(part: Part, before: Part | undefined): boolean {
  return OTHERS.includes(part.letter) && before !== undefined && isUnbounded(before, part)
}

/** The pattern of one part. What is not of a session ends at `%q`. */
function partOf(part: Part, next: Part | undefined, before: Part | undefined, seen: Set<string>): string {
  const { letter, character, width, isLeft } = part
  if (letter === '') return quoted(character)
  if (letter === 'q') return '(?:'
  const form = FORMS[letter]
  if (form !== undefined) {
    const blanks = width === 0 ? '' : ` {0,${width}}`
    return isLeft ? `${once(form, seen)}${blanks}` : `${blanks}${once(form, seen)}`
  }
  if (isUnbounded(part, next)) return before !== undefined && isUnbounded(before, part) ? '' : ANYTHING
  const rest = valueBefore(next?.character ?? '', part)
  const name = NAMES[letter]
  return name === undefined ? rest : once(`(?<${name}>${rest})`, seen)
}

/** Any text up to a character. Where that is a blank, the blanks of padding are counted: it could be any of them. */
function valueBefore(end: string, { width, isLeft }: Part): string {
  const one = `[^${end.replace(/[\]\\^-]/, '\\$&')}\\n]`
  if (end !== ' ' || width === 0) return `${one}*`
  const padded = Array.from({ length: width }, (_, length) => {
    const [text, blanks] = [`${one}{${length}}`, ` {${width - length}}`]
    return isLeft ? `${text}${blanks}` : `${blanks}${text}`
  })
  return `(?:${one}{${width},}|${padded.join('|')})`
}

/** A group may be named once only: the first of a kind counts. */
function once(form: string, seen: Set<string>): string {
  return form.replace(/\(\?<(\w+)>/g, (group, name: string) => {
    if (seen.has(name)) return '(?:'
    seen.add(name)
    return group
  })
}

function quoted(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&')
}
