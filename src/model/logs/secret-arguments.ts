// Parses the arguments of a function or the values of a row: the start of each, and which are literals.

import { OPTIONAL_SQL_GAP } from './secret-names.ts'
import { literalSpan, quotedSpan, type SecretSpan } from './secret-spans.ts'

const SPACE = new RegExp(OPTIONAL_SQL_GAP, 'y')

function afterGap(text: string, at: number): number {
  SPACE.lastIndex = at
  SPACE.test(text)
  return SPACE.lastIndex === 0 ? at : SPACE.lastIndex
}

export interface SqlArgument {
  /** The start of the argument. */
  readonly at: number
  /** null if it is not a literal. */
  readonly literal: SecretSpan | null
}

/** Longer lists are not scanned. */
const MOST_ARGUMENTS = 200
/** The longest distance outside of literals to the end of a list. */
const MOST_LETTERS = 400
const DEEPEST = 8
const NESTING: Readonly<Record<string, number>> = { '(': 1, ')': -1 }

/**
 * The text between brackets, of which the opening one precedes `at`; `end` follows the closing one, or is where the
 * scan stopped.
 */
export function sqlArgumentsAt(
  text: string,
  at: number,
): { readonly list: readonly SqlArgument[]; readonly end: number } {
  const list: SqlArgument[] = []
  let depth = 0
  let index = at
  let isStart = true
  for (let letters = 0; letters < MOST_LETTERS && list.length <= MOST_ARGUMENTS; letters += 1) {
    if (isStart) {
      const argument = argumentAt(text, index)
      list.push(argument)
      index = behind(text, argument.literal, argument.at)
    }
    const letter = text[index]
    if (letter === undefined || letter === ';') break
    const quoted = letter === "'" ? quotedSpan(text, index) : null
    depth += NESTING[letter] ?? 0
    if (depth > DEEPEST) break
    isStart = letter === ',' && depth === 0
    index = behind(text, quoted, index + 1)
    if (depth < 0) break
  }
  return { list, end: index }
}

function argumentAt(text: string, from: number): SqlArgument {
  const at = afterGap(text, from)
  return { at, literal: literalSpan(text, at) }
}

/**
 * The position after the closing quote, or the end of a text without one; `otherwise` if no quote begins here.
 * Dollars and their tag are skipped as letters.
 */
function behind(text: string, span: SecretSpan | null, otherwise: number): number {
  if (!span) return otherwise
  if (span.open) return text.length
  return text[span.end] === "'" ? span.end + 1 : span.end
}
