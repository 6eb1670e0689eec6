// The arguments of a function, the values of a row: where each begins, and which are literals.

import { OPTIONAL_SQL_GAP } from './secret-names.ts'
import { literalSpan, quotedSpan, type SecretSpan } from './secret-spans.ts'

const SPACE = new RegExp(OPTIONAL_SQL_GAP, 'y')

function afterGap(text: string, at: number): number {
  SPACE.lastIndex = at
  SPACE.test(text)
  return SPACE.lastIndex === 0 ? at : SPACE.lastIndex
}

export interface SqlArgument {
  /** Where it begins. */
  readonly at: number
  /** Null for what is no literal. */
  readonly literal: SecretSpan | null
}

/** Longer lists are not looked through. */
const MOST_ARGUMENTS = 200
/** Letters outside of literals that are looked through for the end of a list. */
const MOST_LETTERS = 400
const DEEPEST = 8

/** What is between the brackets, of which the first one is before `at`; `end` is behind the last one, or where looking ended. */
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
      index = afterGap(text, index)
      const literal = literalSpan(text, index)
      list.push({ at: index, literal })
      isStart = false
      if (literal?.open) return { list, end: text.length }
      if (literal) index = behind(text, literal)
    }
    const letter = text[index]
    if (letter === "'") {
      const span = quotedSpan(text, index)
      if (!span || span.open) return { list, end: text.length }
      index = behind(text, span)
      continue
    }
    if (letter === '(' && ++depth > DEEPEST) break
    if (letter === ')' && depth-- === 0) return { list, end: index + 1 }
    else if (letter === ',' && depth === 0) isStart = true
    else if (letter === undefined || letter === ';') break
    index += 1
  }
  return { list, end: index }
}

/** Behind the quote that closes it; dollars and their tag are passed over as any letters. */
function behind(text: string, { end }: SecretSpan): number {
  return text[end] === "'" ? end + 1 : end
}
