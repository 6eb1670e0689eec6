// Sets of characters in regular expressions: brackets, named classes and escapes. pg_hba.conf knows ASCII letters only.

import { parseCharacterEscape } from './escapes.ts'
import { RegexError, type RegexScan } from './scan.ts'

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
/** The set that the letter after a backslash stands for (then it is read), or null. */
export function parseClassEscape(scan: RegexScan): CharacterTest | null {
  const letter = scan.source[scan.at] ?? ''
  const test = CLASSES.get(SHORTHANDS.get(letter.toLowerCase()) ?? '')
  if (!test) return null
  scan.at++
  return letter === letter.toLowerCase() ? test : (character) => !test(character)
}

/** Reads what follows `[`. Throws PatternError. */
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
  // Names are in lower case then, so a member counts in either case.
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

/** A named class or the set of an escape; null when a single character comes. */
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

/** A range can't begin with what is more than one character. */
function notBeforeRange(scan: RegexScan, test: CharacterTest): CharacterTest {
  if (beginsRange(scan)) throw new RegexError('invalid character range', true)
  return test
}

function endpoint(scan: RegexScan): number {
  const character = scan.source[scan.at++] ?? ''
  if (character === '[' && /[.:=]/.test(scan.source[scan.at] ?? '')) throw new RegexError('collating element', false)
  if (character !== '\\') return character.codePointAt(0) ?? 0
  // One digit is a reference to a group, which has no place in a set.
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
