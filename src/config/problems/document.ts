// A config file's text as a tree that knows its positions: JSON with comments and trailing commas.

// The package's main file is a UMD module whose inner requires no bundler sees; this is the same code as ES modules.
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser/lib/esm/main.js'
import { type ConfigFileProblem, type JsonPath, unknownKeyProblem } from './problems.ts'

interface FilePosition {
  readonly line: number
  readonly column: number
}

export interface ConfigDocument {
  readonly value: unknown
  /** Keys that are written twice in one object: the second would silently win. */
  readonly problems: readonly ConfigFileProblem[]
  /** Where a problem is; a missing value is where the object is that should hold it. */
  position(problem: ConfigFileProblem): FilePosition
}

/** What is wrong with the text itself, where it is. */
export interface SyntaxProblem extends FilePosition {
  readonly message: string
}

const OPTIONS = { disallowComments: false, allowTrailingComma: true, allowEmptyContent: true }

/** Later errors are mostly echoes of the first one. */
const SYNTAX_ERRORS_TOLD = 3

/** Parses the text; what can't be parsed is answered as a list of syntax problems. */
export function parseConfigDocument(text: string): ConfigDocument | readonly SyntaxProblem[] {
  const errors: ParseError[] = []
  let root: Node | undefined
  try {
    root = parseTree(text, errors, OPTIONS)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return [{ line: 1, column: 1, message: 'nests brackets too deeply; allowed: an object with "clusters"' }]
  }
  if (errors.length > 0 || root === undefined) return syntaxProblems(text, errors)
  return {
    value: getNodeValue(root),
    problems: keyProblems(root, []),
    position: (problem) => positionOf(text, offsetOf(root, problem)),
  }
}

function syntaxProblems(text: string, errors: readonly ParseError[]): readonly SyntaxProblem[] {
  if (errors.length === 0) return [{ line: 1, column: 1, message: 'is empty; allowed: an object with "clusters"' }]
  // Where a text is cut off, every bracket that is open there is missed at one and the same place.
  const places = [...new Map(errors.toReversed().map((error) => [error.offset, error])).values()].reverse()
  return places.slice(0, SYNTAX_ERRORS_TOLD).map((error) => ({
    ...positionOf(text, error.offset),
    message: `is not JSON (comments and trailing commas are allowed): ${syntaxText(text, error)}`,
  }))
}

const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a value in double quotes, a number, true, false or null',
  InvalidNumberFormat: 'a number',
  PropertyNameExpected: 'a key in double quotes',
  ValueExpected: 'a value',
  ColonExpected: '":"',
  CommaExpected: '"," before the next entry',
  CloseBraceExpected: '"}"',
  CloseBracketExpected: '"]"',
  EndOfFileExpected: 'the end of the file',
  UnexpectedEndOfComment: '"*/"',
  UnexpectedEndOfString: 'the closing quote',
}

function syntaxText(text: string, error: ParseError): string {
  const expected =
    EXPECTED[printParseErrorCode(error.error)] ?? 'a text without control characters and with known escapes'
  // Only punctuation is repeated: what stands there may be a password that lost its quote.
  const found = /[{}[\]:,'"]/.test(text[error.offset] ?? '') ? `found ${text[error.offset]}, ` : ''
  return `${error.offset >= text.length ? 'the file ends, ' : found}expected ${expected}`
}

/** The parser keeps the first of two equal keys in its tree and the last in its value, and `__proto__` in neither. */
function keyProblems(node: Node, place: JsonPath): readonly ConfigFileProblem[] {
  if (node.type === 'array') return (node.children ?? []).flatMap((item, index) => keyProblems(item, [...place, index]))
  const seen = new Set<string>()
  return (node.type === 'object' ? (node.children ?? []) : []).flatMap((property) => {
    const key = String(property.children?.[0]?.value)
    const value = property.children?.[1]
    const inside = value ? keyProblems(value, [...place, key]) : []
    if (key === '__proto__') return [unknownKeyProblem(place, key)]
    if (!seen.has(key)) {
      seen.add(key)
      return inside
    }
    const message = 'the key is written twice in one object; allowed: once'
    return [{ path: [...place, key], at: 'key' as const, message, offset: property.offset }, ...inside]
  })
}

function offsetOf(root: Node, problem: ConfigFileProblem): number {
  const { path } = problem
  if (problem.offset !== undefined) return problem.offset
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length))
    if (!node) continue
    const keyWanted = problem.at === 'key' && length === path.length
    return keyWanted ? (node.parent?.offset ?? node.offset) : node.offset
  }
  return root.offset
}

function positionOf(text: string, offset: number): FilePosition {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
