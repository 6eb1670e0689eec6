// The form of the lines of a text file: `{time} {who} [{from}] {what}`. Not a regular expression: it takes linear time on
// any line, and needs no escapes.

import { TIME_FORMS } from './audit-time.ts'
import { AUDIT_FIELDS, type AuditField } from './entry.ts'

type PatternPart = { readonly literal: string } | { readonly field: AuditField | 'skip' }

/** A pattern that can be used. */
export type LinePattern = readonly PatternPart[]

const TIME = new RegExp(TIME_FORMS, 'y')

/** Returns the pattern, or what is wrong with it. */
export function parseLinePattern(text: string): LinePattern | { readonly problem: string } {
  const parts: PatternPart[] = []
  for (const piece of text.split(/(\{[^{}]*\})/).filter((each) => each !== '')) {
    const name = /^\{(.*)\}$/.exec(piece)?.[1]
    const field = [...AUDIT_FIELDS, 'skip' as const].find((each) => each === name)
    const last = parts.at(-1)
    if (name !== undefined && !field) return { problem: `{${name}} is no field` }
    if (field && last && 'field' in last) return { problem: `nothing separates {${last.field}} and {${field}}` }
    if (field && field !== 'skip' && parts.some((part) => 'field' in part && part.field === field))
      return { problem: `{${field}} occurs twice` }
    parts.push(field ? { field } : { literal: piece })
  }
  const missing = (['time', 'what'] as const).find((each) => !parts.some((p) => 'field' in p && p.field === each))
  return missing === undefined ? parts : { problem: `{${missing}} is missing` }
}

/** Returns the fields of a line; null if it has another form. Blanks of the pattern stand for one or more of them. */
export function matchLine(pattern: LinePattern, line: string): Readonly<Partial<Record<AuditField, string>>> | null {
  const fields: Partial<Record<AuditField, string>> = {}
  let at = 0
  for (const [index, part] of pattern.entries()) {
    if ('literal' in part) {
      const end = literalEnd(part.literal, line, at)
      if (end === null) return null
      at = end
      continue
    }
    const end = fieldEnd(part.field, pattern[index + 1], line, at)
    if (end === null) return null
    if (part.field !== 'skip') fields[part.field] = line.slice(at, end).trim()
    at = end
  }
  return line.slice(at).trim() === '' ? fields : null
}

/** A field ends where the next literal begins first; a time where no more of it follows. */
function fieldEnd(field: AuditField | 'skip', next: PatternPart | undefined, line: string, at: number): number | null {
  if (field === 'time') {
    TIME.lastIndex = at
    const found = TIME.exec(line)
    return found ? at + found[0].length : null
  }
  if (!next || !('literal' in next)) return line.length
  const [first = ''] = next.literal.split(/\s+/).filter((word) => word !== '')
  const isBlankFirst = /^\s/.test(next.literal)
  for (let place = at; place < line.length; place += 1) {
    // Within a run of blanks only the first can begin it: the others would read the run again.
    if (
      isBlankFirst ? !isBlank(line, place) || (place > at && isBlank(line, place - 1)) : !line.startsWith(first, place)
    )
      continue
    if (literalEnd(next.literal, line, place) !== null) return place
  }
  return null
}

function isBlank(line: string, place: number): boolean {
  return /\s/.test(line[place] ?? '')
}

/** Where the literal ends that begins there; null if it is another text. */
function literalEnd(literal: string, line: string, from: number): number | null {
  let at = from
  for (const piece of literal.split(/(\s+)/).filter((each) => each !== '')) {
    if (/^\s/.test(piece)) {
      const begin = at
      while (isBlank(line, at)) at += 1
      if (at === begin) return null
    } else if (line.startsWith(piece, at)) at += piece.length
    else return null
  }
  return at
}
