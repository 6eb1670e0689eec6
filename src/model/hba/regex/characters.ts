// Parts of regular expressions that match one character or one place in a name, and the state of reading one.

export interface RegexScan {
  readonly source: readonly string[]
  at: number
  /** Then names are lower case when they are matched. */
  readonly ignoresCase: boolean
  /** The number of groups so far, and which of them have ended. */
  groups: number
  readonly closed: Set<number>
  /** It has a reference to a group's match, which can't be evaluated here. */
  refers: boolean
}

/** The pattern is invalid, or (not `certain`) uses a feature that is not evaluated here. */
export class RegexError extends Error {
  readonly certain: boolean

  constructor(message: string, certain: boolean) {
    super(message)
    this.certain = certain
  }
}

const CONTROLS = new Map([
  ['a', 7],
  ['b', 8],
  ['B', 92],
  ['e', 27],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
])

/** Numbers beyond are no characters; far longer ones overflow on the server. */
const LAST_CHARACTER = 0x7ffffffe
const MOST_DIGITS = 255
const invalid = () => new RegexError('invalid escape \\ sequence', true)

/** Reads an escape and returns the code of its character. Throws RegexError. */
export function parseCharacterEscape(scan: RegexScan): number {
  const letter = scan.source[scan.at++]
  if (letter === undefined) throw invalid()
  const control = CONTROLS.get(letter)
  if (control !== undefined) return control
  if (letter === 'x') return numbered(scan, 1, MOST_DIGITS)
  if (letter === 'u') return numbered(scan, 4, 4)
  if (letter === 'U') return numbered(scan, 8, 8)
  if (letter === 'c') return shifted(scan)
  if (/\d/.test(letter)) return octal(scan)
  if (/[a-zA-Z]/.test(letter)) throw invalid()
  return letter.codePointAt(0) ?? 0
}

/**
 * Reads a reference to a group; true if there is one. A single digit always is one, a longer number only if there are
 * so many groups. Throws RegexError for a group that has not ended before.
 */
export function parseBackReference(scan: RegexScan): boolean {
  const digits = /^[1-9]\d*/.exec(scan.source.slice(scan.at, scan.at + MOST_DIGITS).join(''))?.[0]
  if (digits === undefined || (digits.length > 1 && Number(digits) > scan.groups)) return false
  if (!scan.closed.has(Number(digits))) throw new RegexError('invalid backreference number', true)
  scan.at += digits.length
  return true
}

function numbered(scan: RegexScan, least: number, most: number): number {
  const digits = /^[0-9a-fA-F]*/.exec(scan.source.slice(scan.at, scan.at + most).join(''))?.[0] ?? ''
  if (digits.length < least) throw invalid()
  scan.at += digits.length
  const code = Number.parseInt(digits, 16)
  if (digits.replace(/^0+/, '').length > 8) throw new RegexError('long numeric escape', false)
  if (code > LAST_CHARACTER) throw invalid()
  return code
}

function shifted(scan: RegexScan): number {
  const letter = scan.source[scan.at++]
  if (letter === undefined) throw invalid()
  return (letter.codePointAt(0) ?? 0) & 31
}

/** Reads up to three digits, but not a third if the number would not fit into a byte. */
function octal(scan: RegexScan): number {
  scan.at--
  let digits = /^[0-7]{0,3}/.exec(scan.source.slice(scan.at, scan.at + 3).join(''))?.[0] ?? ''
  if (digits === '') throw invalid()
  if (Number.parseInt(digits, 8) > 255) digits = digits.slice(0, 2)
  scan.at += digits.length
  return Number.parseInt(digits, 8)
}

/** A test of the place between two characters; `before` and `after` are undefined at the ends. */
export type ConstraintTest = (before: number | undefined, after: number | undefined) => boolean
const isWord = (character: number | undefined): boolean =>
  character !== undefined && character < 128 && /\w/.test(String.fromCodePoint(character))

/** By the letter of their escape. */
export const CONSTRAINT_ESCAPES: Readonly<Record<string, ConstraintTest>> = {
  A: (before) => before === undefined,
  Z: (_, after) => after === undefined,
  m: (before, after) => !isWord(before) && isWord(after),
  M: (before, after) => isWord(before) && !isWord(after),
  y: (before, after) => isWord(before) !== isWord(after),
  Y: (before, after) => isWord(before) === isWord(after),
}

export type CharacterTest = (character: number) => boolean
const ascii = (pattern: RegExp): CharacterTest => {
  const members = new Set(
    Array.from({ length: 128 }, (_, code) => code).filter((code) => pattern.test(String.fromCharCode(code))),
  )
  return (character) => members.has(character)
}

const CLASSES = new Map<string, CharacterTest>([
  ['alpha', ascii(/[a-zA-Z]/)],
  ['digit', ascii(/\d/)],
  ['alnum', ascii(/[a-zA-Z0-9]/)],
  ['word', ascii(/\w/)],
  ['upper', ascii(/[A-Z]/)],
  ['lower', ascii(/[a-z]/)],
  ['space', ascii(/[ \t\n\v\f\r]/)],
  ['blank', ascii(/[ \t]/)],
  ['punct', ascii(/[!-/:-@[-`{-~]/)],
  ['cntrl', ascii(/[\x00-\x1f\x7f]/)],
  ['graph', ascii(/[!-~]/)],
  ['print', ascii(/[ -~]/)],
  ['xdigit', ascii(/[0-9a-fA-F]/)],
])

const SHORTHANDS = new Map([
  ['d', 'digit'],
  ['s', 'space'],
  ['w', 'word'],
])

/** Reads the letter after a backslash and returns its set; null if it has none. */
export function parseClassEscape(scan: RegexScan): CharacterTest | null {
  const letter = scan.source[scan.at] ?? ''
  const test = CLASSES.get(SHORTHANDS.get(letter.toLowerCase()) ?? '')
  if (!test) return null
  scan.at++
  return letter === letter.toLowerCase() ? test : (character) => !test(character)
}

/** Reads what follows `[`. Throws RegexError. */
export function parseBracket(scan: RegexScan): CharacterTest {
  const negative = scan.source[scan.at] === '^'
  if (negative) scan.at++
  const tests: CharacterTest[] = []
  for (let first = true; first || scan.source[scan.at] !== ']'; first = false) {
    if (scan.at >= scan.source.length) throw new RegexError('brackets [] not balanced', true)
    tests.push(readMember(scan))
  }
  scan.at++
  const has = (character: number) => tests.some((test) => test(character))
  // Names are in lower case then, so a member matches in either case.
  const either = scan.ignoresCase ? (character: number) => has(character) || has(upper(character)) : has
  return negative ? (character) => !either(character) : either
}

function upper(character: number): number {
  return character >= 97 && character <= 122 ? character - 32 : character
}

function readMember(scan: RegexScan): CharacterTest {
  const set = readSet(scan)
  if (set !== null) return notBeforeRange(scan, set)
  const from = endpoint(scan)
  if (!beginsRange(scan)) return (character) => character === from
  scan.at++
  if (scan.at >= scan.source.length) throw new RegexError('brackets [] not balanced', true)
  const to = endpoint(scan)
  if (to < from) throw new RegexError('invalid character range', true)
  return notBeforeRange(scan, (character) => character >= from && character <= to)
}

/** Reads a named class or the set of an escape; null if a single character comes. */
function readSet(scan: RegexScan): CharacterTest | null {
  const ahead = `${scan.source[scan.at]}${scan.source[scan.at + 1]}`
  if (ahead === '[:') return namedClass(scan)
  if (ahead === '[.' || ahead === '[=') throw new RegexError('collating element', false)
  if (scan.source[scan.at] !== '\\') return null
  scan.at++
  const set = parseClassEscape(scan)
  if (set === null) scan.at--
  return set
}

function beginsRange(scan: RegexScan): boolean {
  return scan.source[scan.at] === '-' && scan.source[scan.at + 1] !== ']'
}

/** A range can't begin with more than one character. */
function notBeforeRange(scan: RegexScan, test: CharacterTest): CharacterTest {
  if (beginsRange(scan)) throw new RegexError('invalid character range', true)
  return test
}

function endpoint(scan: RegexScan): number {
  const character = scan.source[scan.at++] ?? ''
  if (character === '[' && /[.:=]/.test(scan.source[scan.at] ?? '')) throw new RegexError('collating element', false)
  if (character !== '\\') return character.codePointAt(0) ?? 0
  // A digit is a reference to a group, which is invalid in a set.
  if (/[1-9]/.test(scan.source[scan.at] ?? '') && !/\d/.test(scan.source[scan.at + 1] ?? '')) throw noEscape()
  return parseCharacterEscape(scan)
}

function noEscape(): RegexError {
  return new RegexError('invalid escape \\ sequence', true)
}

function namedClass(scan: RegexScan): CharacterTest {
  const named = /^\[:([a-z]*):\]/.exec(scan.source.slice(scan.at, scan.at + 16).join(''))
  const test = CLASSES.get(named?.[1] ?? '')
  if (named && !test) throw new RegexError('invalid character class', true)
  if (!named || !test) throw new RegexError('character class', false)
  scan.at += named[0].length
  return test
}
