// PostgreSQL's advanced regular expressions as in pg_hba.conf: parsed, and matched without backtracking, so that a
// pattern from a file can't make pgdeck hang.

import {
  type CharacterTest,
  CONSTRAINT_ESCAPES,
  type ConstraintTest,
  parseBackReference,
  parseBracket,
  parseCharacterEscape,
  parseClassEscape,
  RegexError,
  type RegexScan,
} from './characters.ts'

type RegexNode =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'edge'; readonly test: ConstraintTest }
  | { readonly kind: 'look'; readonly inner: RegexNode; readonly negative: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly inner: RegexNode; readonly least: number; readonly most: number }
const MOST_REPEATS = 255
const DEEPEST = 60

interface ParsedRegex {
  readonly node: RegexNode
  readonly ignoresCase: boolean
  /** It refers to what a group matched: the tree leaves that out. */
  readonly refers: boolean
  readonly groups: number
}

/** The pattern as a tree. Throws RegexError, whose `certain` says whether the server refuses it too. */
function parseRegex(source: string): ParsedRegex {
  if (source.startsWith('***=')) return { node: literal(source.slice(4)), ignoresCase: false, refers: false, groups: 0 }
  let rest = source.startsWith('***:') ? source.slice(4) : source
  if (rest.startsWith('***')) throw new RegexError('quantifier operand invalid', true)
  const options = /^\(\?([a-z]+)(\)?)/i.exec(rest)
  const letters = options?.[1] ?? ''
  const isClosed = options === null || options[2] === ')'
  if (!isClosed || /[^bceimnpqstwx]/.test(letters)) throw new RegexError('invalid embedded option', true)
  if (/[^icst]/.test(letters)) throw new RegexError('embedded options', false)
  rest = rest.slice(options?.[0].length ?? 0)
  const ignoresCase = /i[^c]*$/.test(letters)
  const scan: RegexScan = { source: [...rest], at: 0, ignoresCase, groups: 0, closed: new Set(), refers: false }
  const node = choice(scan, 0, false)
  if (scan.at < scan.source.length) throw new RegexError('parentheses () not balanced', true)
  return { node, ignoresCase, refers: scan.refers, groups: scan.groups }
}

function literal(text: string): RegexNode {
  const parts = [...text].map(
    (character): RegexNode => ({ kind: 'character', test: equals(character.codePointAt(0) ?? 0) }),
  )
  return { kind: 'sequence', parts }
}

function equals(wanted: number): CharacterTest {
  return (given) => given === wanted
}

/** What it is in names, which are in lower case when case does not count. */
function folded(code: number, scan: RegexScan): number {
  return scan.ignoresCase && code >= 65 && code <= 90 ? code + 32 : code
}

/** `ahead`: inside of a look-ahead, where groups are not counted. */
function choice(scan: RegexScan, depth: number, ahead: boolean): RegexNode {
  if (depth > DEEPEST) throw new RegexError('too complex', false)
  const branches: RegexNode[] = []
  do {
    branches.push(sequence(scan, depth, ahead))
  } while (scan.source[scan.at] === '|' && ++scan.at > 0)
  return branches.length === 1 && branches[0] ? branches[0] : { kind: 'choice', branches }
}

function sequence(scan: RegexScan, depth: number, ahead: boolean): RegexNode {
  const parts: RegexNode[] = []
  while (scan.at < scan.source.length && scan.source[scan.at] !== '|' && scan.source[scan.at] !== ')') {
    const atom = readAtom(scan, depth, ahead)
    parts.push(quantified(scan, atom))
  }
  return { kind: 'sequence', parts }
}

function quantified(scan: RegexScan, atom: RegexNode): RegexNode {
  if (!beginsQuantifier(scan)) return atom
  if (atom.kind === 'edge' || atom.kind === 'look') throw new RegexError('quantifier operand invalid', true)
  const bounds = readQuantifier(scan)
  if (scan.source[scan.at] === '?') scan.at++
  if (beginsQuantifier(scan)) throw new RegexError('quantifier operand invalid', true)
  return { kind: 'repeat', inner: atom, ...bounds }
}

function beginsQuantifier(scan: RegexScan): boolean {
  const character = scan.source[scan.at] ?? ''
  return /[*+?]/.test(character) || (character === '{' && /\d/.test(scan.source[scan.at + 1] ?? ''))
}

function readQuantifier(scan: RegexScan): { readonly least: number; readonly most: number } {
  const character = scan.source[scan.at]
  if (character === '*' || character === '+' || character === '?') {
    scan.at++
    return { least: character === '+' ? 1 : 0, most: character === '?' ? 1 : Number.POSITIVE_INFINITY }
  }
  const bound = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(scan.source.slice(scan.at, scan.at + 24).join(''))
  if (!bound) {
    const closed = scan.source.includes('}', scan.at)
    throw new RegexError(closed ? 'invalid repetition count(s)' : 'braces {} not balanced', true)
  }
  scan.at += bound[0].length
  const least = Number(bound[1])
  const most = bound[2] === undefined ? least : bound[3] ? Number(bound[3]) : Number.POSITIVE_INFINITY
  const biggest = most === Number.POSITIVE_INFINITY ? least : most
  if (biggest > MOST_REPEATS || least > most) throw new RegexError('invalid repetition count(s)', true)
  return { least, most }
}

function readAtom(scan: RegexScan, depth: number, ahead: boolean): RegexNode {
  const character = scan.source[scan.at++] ?? ''
  switch (character) {
    case '(':
      return group(scan, depth, ahead)
    case '[':
      return { kind: 'character', test: parseBracket(scan) }
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
      throw new RegexError('quantifier operand invalid', true)
    case '{':
      if (/\d/.test(scan.source[scan.at] ?? '')) throw new RegexError('quantifier operand invalid', true)
  }
  return { kind: 'character', test: equals(folded(character.codePointAt(0) ?? 0, scan)) }
}

function group(scan: RegexScan, depth: number, ahead: boolean): RegexNode {
  const next = scan.source.slice(scan.at, scan.at + 3).join('')
  const isAhead = next.startsWith('?=') || next.startsWith('?!')
  const counts = !next.startsWith('?') && !ahead
  const number = counts ? ++scan.groups : scan.groups
  if (isAhead || next.startsWith('?:')) scan.at += 2
  else if (next.startsWith('?<')) throw new RegexError('lookbehind', false)
  else if (next.startsWith('?')) throw new RegexError('quantifier operand invalid', true)
  const inner = choice(scan, depth + 1, ahead || isAhead)
  if (scan.source[scan.at++] !== ')') throw new RegexError('parentheses () not balanced', true)
  if (counts) scan.closed.add(number)
  return isAhead ? { kind: 'look', inner, negative: next.startsWith('?!') } : inner
}

function escaped(scan: RegexScan, ahead: boolean): RegexNode {
  const letter = scan.source[scan.at] ?? ''
  const edge = CONSTRAINT_ESCAPES[letter]
  if (edge && Object.hasOwn(CONSTRAINT_ESCAPES, letter)) {
    scan.at++
    return { kind: 'edge', test: edge }
  }
  if (parseBackReference(scan)) {
    if (ahead) throw new RegexError('invalid backreference number', true)
    scan.refers = true
    return { kind: 'sequence', parts: [] }
  }
  const test = parseClassEscape(scan) ?? equals(folded(parseCharacterEscape(scan), scan))
  return { kind: 'character', test }
}

/** A compiled pattern. */
export interface CompiledRegex {
  /** Whether it matches anywhere in the name; null when this is beyond what is evaluated here. */
  readonly matches: (name: string) => boolean | null
  /** How many groups capture what they match; null when this is unknown. */
  readonly groups: number | null
}

/** Steps for one name; names are short, so only hostile patterns come near. */
const MOST_STEPS = 200000

/** The pattern, or why the server would refuse it. One that can't be evaluated here matches `null`. */
export function compileRegex(source: string): CompiledRegex | { readonly error: string } {
  try {
    const { node, ignoresCase, refers, groups } = parseRegex(source)
    if (refers) return { matches: () => null, groups }
    return { groups, matches: (name) => new Matcher(ignoresCase ? lowerAscii(name) : name).finds(node) }
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    return error.certain ? { error: error.message } : { matches: () => null, groups: null }
  }
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

class Matcher {
  readonly #characters: readonly number[]
  #steps = 0

  constructor(name: string) {
    this.#characters = [...name].map((character) => character.codePointAt(0) ?? 0)
  }

  finds(node: RegexNode): boolean | null {
    const starts = new Set(Array.from({ length: this.#characters.length + 1 }, (_, at) => at))
    try {
      return this.#after(node, starts).size > 0
    } catch (error) {
      if (error instanceof RegexError) return null
      throw error
    }
  }

  /** All places where a match that begins at one of `starts` may end. */
  #after(node: RegexNode, starts: ReadonlySet<number>): ReadonlySet<number> {
    this.#steps += starts.size + 1
    if (this.#steps > MOST_STEPS) throw new RegexError('too complex', false)
    switch (node.kind) {
      case 'character':
        return this.#filtered(starts, (at) => at < this.#characters.length && node.test(this.#characters[at] ?? 0), 1)
      case 'edge':
        return this.#filtered(starts, (at) => node.test(this.#characters[at - 1], this.#characters[at]), 0)
      case 'look':
        return this.#filtered(starts, (at) => this.#after(node.inner, new Set([at])).size > 0 !== node.negative, 0)
      case 'sequence':
        return node.parts.reduce((places, part) => (places.size === 0 ? places : this.#after(part, places)), starts)
      case 'choice':
        return new Set(node.branches.flatMap((branch) => [...this.#after(branch, starts)]))
      case 'repeat':
        return this.#repeated(node, starts)
    }
  }

  #filtered(starts: ReadonlySet<number>, test: (at: number) => boolean, width: number): ReadonlySet<number> {
    return new Set([...starts].filter(test).map((at) => at + width))
  }

  #repeated(node: RegexNode & { kind: 'repeat' }, starts: ReadonlySet<number>): ReadonlySet<number> {
    let places = starts
    for (let times = 0; times < node.least && places.size > 0; times++) places = this.#after(node.inner, places)
    const all = new Set(places)
    for (let times = node.least; times < node.most && places.size > 0; times++) {
      places = new Set([...this.#after(node.inner, places)].filter((at) => !all.has(at)))
      for (const at of places) all.add(at)
    }
    return all
  }
}
