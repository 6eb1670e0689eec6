// Reads PostgreSQL's advanced regular expressions, as far as they need no memory of what was matched before.

import { type CharacterTest, escapedClass, readBracket } from './classes.ts'
import { EDGES, type EdgeTest } from './constraints.ts'
import { escapedCharacter, readReference } from './escapes.ts'
import { PatternError, type Scan } from './scan.ts'

export { PatternError }

export type Node =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'edge'; readonly test: EdgeTest }
  | { readonly kind: 'look'; readonly inner: Node; readonly negative: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly branches: readonly Node[] }
  | { readonly kind: 'repeat'; readonly inner: Node; readonly least: number; readonly most: number }

const MOST_REPEATS = 255
const DEEPEST = 60

export interface Pattern {
  readonly node: Node
  readonly ignoresCase: boolean
  /** It refers to what a group matched: the tree leaves that out. */
  readonly refers: boolean
}

/** The pattern as a tree. Throws PatternError, whose `certain` says whether the server refuses it too. */
export function parsePattern(source: string): Pattern {
  if (source.startsWith('***=')) return { node: literal(source.slice(4)), ignoresCase: false, refers: false }
  let rest = source.startsWith('***:') ? source.slice(4) : source
  if (rest.startsWith('***')) throw new PatternError('quantifier operand invalid', true)
  const options = /^\(\?([a-z]+)\)/.exec(rest)
  const letters = options?.[1] ?? ''
  if (/[^icst]/.test(letters)) throw new PatternError('embedded options', false)
  rest = rest.slice(options?.[0].length ?? 0)
  const ignoresCase = /i[^c]*$/.test(letters)
  const scan: Scan = { source: [...rest], at: 0, ignoresCase, groups: 0, closed: new Set(), refers: false }
  const node = choice(scan, 0, false)
  if (scan.at < scan.source.length) throw new PatternError('parentheses () not balanced', true)
  return { node, ignoresCase, refers: scan.refers }
}

function literal(text: string): Node {
  const parts = [...text].map((character): Node => ({ kind: 'character', test: equals(character.codePointAt(0) ?? 0) }))
  return { kind: 'sequence', parts }
}

function equals(wanted: number): CharacterTest {
  return (given) => given === wanted
}

/** What it is in names, which are in lower case when case does not count. */
function folded(code: number, scan: Scan): number {
  return scan.ignoresCase && code >= 65 && code <= 90 ? code + 32 : code
}

/** `ahead`: inside of a look-ahead, where groups are not counted. */
function choice(scan: Scan, depth: number, ahead: boolean): Node {
  if (depth > DEEPEST) throw new PatternError('too complex', false)
  const branches: Node[] = []
  do {
    branches.push(sequence(scan, depth, ahead))
  } while (scan.source[scan.at] === '|' && ++scan.at > 0)
  return branches.length === 1 && branches[0] ? branches[0] : { kind: 'choice', branches }
}

function sequence(scan: Scan, depth: number, ahead: boolean): Node {
  const parts: Node[] = []
  while (scan.at < scan.source.length && scan.source[scan.at] !== '|' && scan.source[scan.at] !== ')') {
    const atom = readAtom(scan, depth, ahead)
    parts.push(quantified(scan, atom))
  }
  return { kind: 'sequence', parts }
}

function quantified(scan: Scan, atom: Node): Node {
  if (!beginsQuantifier(scan)) return atom
  if (atom.kind === 'edge' || atom.kind === 'look') throw new PatternError('quantifier operand invalid', true)
  const bounds = readQuantifier(scan)
  if (scan.source[scan.at] === '?') scan.at++
  if (beginsQuantifier(scan)) throw new PatternError('quantifier operand invalid', true)
  return { kind: 'repeat', inner: atom, ...bounds }
}

function beginsQuantifier(scan: Scan): boolean {
  const character = scan.source[scan.at] ?? ''
  return /[*+?]/.test(character) || (character === '{' && /\d/.test(scan.source[scan.at + 1] ?? ''))
}

function readQuantifier(scan: Scan): { readonly least: number; readonly most: number } {
  const character = scan.source[scan.at]
  if (character === '*' || character === '+' || character === '?') {
    scan.at++
    return { least: character === '+' ? 1 : 0, most: character === '?' ? 1 : Number.POSITIVE_INFINITY }
  }
  const bound = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(scan.source.slice(scan.at, scan.at + 24).join(''))
  if (!bound) {
    const closed = scan.source.includes('}', scan.at)
    throw new PatternError(closed ? 'invalid repetition count(s)' : 'braces {} not balanced', true)
  }
  scan.at += bound[0].length
  const least = Number(bound[1])
  const most = bound[2] === undefined ? least : bound[3] ? Number(bound[3]) : Number.POSITIVE_INFINITY
  const biggest = most === Number.POSITIVE_INFINITY ? least : most
  if (biggest > MOST_REPEATS || least > most) throw new PatternError('invalid repetition count(s)', true)
  return { least, most }
}

function readAtom(scan: Scan, depth: number, ahead: boolean): Node {
  const character = scan.source[scan.at++] ?? ''
  switch (character) {
    case '(':
      return group(scan, depth, ahead)
    case '[':
      return { kind: 'character', test: readBracket(scan) }
    case '.':
      return { kind: 'character', test: () => true }
    case '^':
      return { kind: 'edge', test: (before) => before === undefined }
    case '$':
      return { kind: 'edge', test: (_, after) => after === undefined }
    case '\\':
      return escaped(scan, ahead)
    case '*':
    case '+':
    case '?':
      throw new PatternError('quantifier operand invalid', true)
    case '{':
      if (/\d/.test(scan.source[scan.at] ?? '')) throw new PatternError('quantifier operand invalid', true)
  }
  return { kind: 'character', test: equals(folded(character.codePointAt(0) ?? 0, scan)) }
}

function group(scan: Scan, depth: number, ahead: boolean): Node {
  const next = scan.source.slice(scan.at, scan.at + 3).join('')
  const look = next.startsWith('?=') || next.startsWith('?!')
  const counts = !next.startsWith('?') && !ahead
  const number = counts ? ++scan.groups : scan.groups
  if (look || next.startsWith('?:')) scan.at += 2
  else if (next.startsWith('?<')) throw new PatternError('lookbehind', false)
  else if (next.startsWith('?')) throw new PatternError('quantifier operand invalid', true)
  const inner = choice(scan, depth + 1, ahead || look)
  if (scan.source[scan.at++] !== ')') throw new PatternError('parentheses () not balanced', true)
  if (counts) scan.closed.add(number)
  return look ? { kind: 'look', inner, negative: next.startsWith('?!') } : inner
}

function escaped(scan: Scan, ahead: boolean): Node {
  const letter = scan.source[scan.at] ?? ''
  const edge = EDGES[letter]
  if (edge && Object.hasOwn(EDGES, letter)) {
    scan.at++
    return { kind: 'edge', test: edge }
  }
  if (readReference(scan)) {
    if (ahead) throw new PatternError('invalid backreference number', true)
    scan.refers = true
    return { kind: 'sequence', parts: [] }
  }
  const test = escapedClass(scan) ?? equals(folded(escapedCharacter(scan), scan))
  return { kind: 'character', test }
}
