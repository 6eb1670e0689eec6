// Reads PostgreSQL's advanced regular expressions, as far as they need no memory of what was matched before.

import { type CharacterTest, escapedCharacter, escapedClass, readBracket } from './regex-classes.ts'
import { PatternError, type Scan } from './regex-scan.ts'

export { PatternError }

/** Places are between characters; `before` and `after` are undefined at the ends. */
type EdgeTest = (before: number | undefined, after: number | undefined) => boolean

export type Node =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'edge'; readonly test: EdgeTest }
  | { readonly kind: 'look'; readonly inner: Node; readonly negative: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly branches: readonly Node[] }
  | { readonly kind: 'repeat'; readonly inner: Node; readonly least: number; readonly most: number }

const MOST_REPEATS = 255
const DEEPEST = 60

/** The pattern as a tree. Throws PatternError, whose `certain` says whether the server refuses it too. */
export function parsePattern(source: string): { readonly node: Node; readonly ignoresCase: boolean } {
  if (source.startsWith('***=')) return { node: literal(source.slice(4)), ignoresCase: false }
  let rest = source.startsWith('***:') ? source.slice(4) : source
  if (rest.startsWith('***')) throw new PatternError('quantifier operand invalid', true)
  const options = /^\(\?([a-z]+)\)/.exec(rest)
  const letters = options?.[1] ?? ''
  if (/[^icst]/.test(letters)) throw new PatternError('embedded options', false)
  rest = rest.slice(options?.[0].length ?? 0)
  const ignoresCase = /i[^c]*$/.test(letters)
  const scan = { source: [...rest], at: 0, ignoresCase }
  const node = choice(scan, 0)
  if (scan.at < scan.source.length) throw new PatternError('parentheses () not balanced', true)
  return { node, ignoresCase }
}

function literal(text: string): Node {
  const parts = [...text].map((character): Node => ({ kind: 'character', test: equals(character) }))
  return { kind: 'sequence', parts }
}

function equals(character: string): CharacterTest {
  const wanted = character.codePointAt(0)
  return (given) => given === wanted
}

function choice(scan: Scan, depth: number): Node {
  if (depth > DEEPEST) throw new PatternError('too complex', false)
  const branches: Node[] = []
  do {
    branches.push(sequence(scan, depth))
  } while (scan.source[scan.at] === '|' && ++scan.at > 0)
  return branches.length === 1 && branches[0] ? branches[0] : { kind: 'choice', branches }
}

function sequence(scan: Scan, depth: number): Node {
  const parts: Node[] = []
  while (scan.at < scan.source.length && scan.source[scan.at] !== '|' && scan.source[scan.at] !== ')') {
    const atom = readAtom(scan, depth)
    parts.push(quantified(scan, atom))
  }
  return { kind: 'sequence', parts }
}

function quantified(scan: Scan, atom: Node): Node {
  const bounds = readQuantifier(scan)
  if (bounds === null) return atom
  if (atom.kind === 'edge' || atom.kind === 'look') throw new PatternError('quantifier operand invalid', true)
  if (scan.source[scan.at] === '?') scan.at++
  if (readQuantifier(scan) !== null) throw new PatternError('quantifier operand invalid', true)
  return { kind: 'repeat', inner: atom, ...bounds }
}

function readQuantifier(scan: Scan): { readonly least: number; readonly most: number } | null {
  const character = scan.source[scan.at]
  if (character === '*' || character === '+' || character === '?') {
    scan.at++
    return { least: character === '+' ? 1 : 0, most: character === '?' ? 1 : Number.POSITIVE_INFINITY }
  }
  if (character !== '{' || !/\d/.test(scan.source[scan.at + 1] ?? '')) return null
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

function readAtom(scan: Scan, depth: number): Node {
  const character = scan.source[scan.at++] ?? ''
  switch (character) {
    case '(':
      return group(scan, depth)
    case '[':
      return { kind: 'character', test: readBracket(scan) }
    case '.':
      return { kind: 'character', test: () => true }
    case '^':
      return { kind: 'edge', test: (before) => before === undefined }
    case '$':
      return { kind: 'edge', test: (_, after) => after === undefined }
    case '\\':
      return escaped(scan)
    case '*':
    case '+':
    case '?':
      throw new PatternError('quantifier operand invalid', true)
    case '{':
      if (/\d/.test(scan.source[scan.at] ?? '')) throw new PatternError('quantifier operand invalid', true)
  }
  return { kind: 'character', test: equals(scan.ignoresCase ? character.toLowerCase() : character) }
}

function group(scan: Scan, depth: number): Node {
  const ahead = scan.source.slice(scan.at, scan.at + 3).join('')
  const look = ahead.startsWith('?=') || ahead.startsWith('?!')
  if (look || ahead.startsWith('?:')) scan.at += 2
  else if (ahead.startsWith('?<')) throw new PatternError('lookbehind', false)
  else if (ahead.startsWith('?')) throw new PatternError('quantifier operand invalid', true)
  const inner = choice(scan, depth + 1)
  if (scan.source[scan.at++] !== ')') throw new PatternError('parentheses () not balanced', true)
  return look ? { kind: 'look', inner, negative: ahead.startsWith('?!') } : inner
}

const isWord = (character: number | undefined): boolean =>
  character !== undefined && character < 128 && /\w/.test(String.fromCodePoint(character))

const EDGES: Readonly<Record<string, EdgeTest>> = {
  A: (before) => before === undefined,
  Z: (_, after) => after === undefined,
  m: (before, after) => !isWord(before) && isWord(after),
  M: (before, after) => isWord(before) && !isWord(after),
  y: (before, after) => isWord(before) !== isWord(after),
  Y: (before, after) => isWord(before) === isWord(after),
}

function escaped(scan: Scan): Node {
  const letter = scan.source[scan.at] ?? ''
  const edge = EDGES[letter]
  if (edge && Object.hasOwn(EDGES, letter)) {
    scan.at++
    return { kind: 'edge', test: edge }
  }
  const test = escapedClass(scan) ?? equals(escapedCharacter(scan))
  return { kind: 'character', test }
}
