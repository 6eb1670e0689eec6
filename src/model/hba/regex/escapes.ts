// Escapes of regular expressions: control characters, characters by number, and references to earlier groups.

import { RegexError, type RegexScan } from './scan.ts'

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

/** The code of the character that the rest of an escape stands for; it is read. Throws PatternError. */
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
 * True when a reference to a group comes (then it is read): a single digit always is one, a longer number only when there
 * are so many groups. Throws PatternError for a group that has not ended before.
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

/** Up to three digits, of which the third is left over when the number would not fit into a byte. */
function octal(scan: RegexScan): number {
  scan.at--
  let digits = /^[0-7]{0,3}/.exec(scan.source.slice(scan.at, scan.at + 3).join(''))?.[0] ?? ''
  if (digits === '') throw invalid()
  if (Number.parseInt(digits, 8) > 255) digits = digits.slice(0, 2)
  scan.at += digits.length
  return Number.parseInt(digits, 8)
}
