// Secrets in statements and in what servers log of them: literals, options, arguments, columns, parameters.

import { lineSpan, literalSpan, plainClose, quotedSpan, type Span, valueSpan } from '../redact-values.ts'
import { GAP, isSecretName, isSecretStem, MAYBE_GAP, STEMS } from './secret-names.ts'
import { type Around, rememberedParameters, rememberParameter, type Trigger } from './secret-places.ts'

const UNQUOTED = /^(?:[^;\n]|\n[\t ]){0,1000}?\bpassword[ \t]+(?!null\b|['"$/%-]|[eu]&?')(?=[^ \t\r\n;])/i

/** `ALTER ROLE a PASSWORD x`: the server refuses it for want of quotes, and logs it. */
function unquoted(text: string): Span | null {
  const [before] = UNQUOTED.exec(text) ?? []
  return before === undefined ? null : valueSpan(text, before.length)
}

const SPACE = new RegExp(MAYBE_GAP, 'y')

function afterGap(text: string, at: number): number {
  SPACE.lastIndex = at
  SPACE.test(text)
  return SPACE.lastIndex === 0 ? at : SPACE.lastIndex
}

interface Argument {
  /** Where it begins. */
  readonly at: number
  /** Null for what is no literal. */
  readonly literal: Span | null
}

/** Longer lists are not looked through. */
const MOST_ARGUMENTS = 200
/** Letters outside of literals that are looked through for the end of a list. */
const MOST_LETTERS = 400
const DEEPEST = 8

/** What is between the brackets, of which the first one is before `at`; `end` is behind the last one, or where looking ended. */
function argumentsAt(text: string, at: number): { readonly list: readonly Argument[]; readonly end: number } {
  const list: Argument[] = []
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
function behind(text: string, { end }: Span): number {
  return text[end] === "'" ? end + 1 : end
}

/** Which arguments of a function are secrets. */
const FUNCTIONS: Readonly<Record<string, readonly number[]>> = {
  crypt: [0],
  pgp_sym_encrypt: [1],
  pgp_sym_encrypt_bytea: [1],
  pgp_sym_decrypt: [1],
  pgp_sym_decrypt_bytea: [1],
  pgp_pub_decrypt: [1, 2],
  pgp_pub_decrypt_bytea: [1, 2],
  hmac: [1],
  encrypt: [1],
  decrypt: [1],
  encrypt_iv: [1],
  decrypt_iv: [1],
  create_aws_credentials: [0, 1, 2],
  create_secret: [0],
  update_secret: [1],
}

/** `crypt('x', gen_salt('bf'))`, `pgp_sym_encrypt('data', 'x')`. */
function ofFunction(text: string, length: number, around: Around): readonly Span[] {
  const name = /^[a-z_]+/i.exec(text)?.[0].toLowerCase() ?? ''
  return secretsAmong(text, argumentsAt(text, length).list, FUNCTIONS[name] ?? [], around)
}

function secretsAmong(text: string, list: readonly Argument[], places: readonly number[], around: Around): Span[] {
  return places.flatMap((place) => {
    const argument = list[place]
    if (argument && !argument.literal) rememberParameter(text, argument.at, around)
    return argument?.literal ? [argument.literal] : []
  })
}

/** `set_config('app.jwt_secret', 'x', false)`. */
function ofSetConfig(text: string, length: number, around: Around): readonly Span[] {
  const { list } = argumentsAt(text, length)
  const [name] = list
  const isSecret = name?.literal && isSecretName(text.slice(name.literal.from, name.literal.end))
  return isSecret ? secretsAmong(text, list, [1], around) : []
}

const COLUMNS = /^[^(]{0,300}\(([^()]{1,4000})\)/
const VALUES = new RegExp(`${MAYBE_GAP}(?:overriding[^(]{1,40})?values${MAYBE_GAP}\\(`, 'iy')
const NEXT_ROW = new RegExp(`${MAYBE_GAP},${MAYBE_GAP}\\(`, 'y')

/** `INSERT INTO users (name, password) VALUES ('a', 'x'), ('b', 'y')`: by the place among the columns. */
function inserted(text: string, _: number, around: Around): readonly Span[] {
  const [head, columns = ''] = COLUMNS.exec(text) ?? []
  if (head === undefined) return []
  const places = columns.split(',').flatMap((column, index) => {
    const name = column.replace(/\\{1,4}[nrt]|["\s\\]/g, '')
    return isSecretName(name) ? [index] : []
  })
  if (places.length === 0) return []
  const spans: Span[] = []
  let next: RegExp = VALUES
  for (let at = head.length; ; next = NEXT_ROW) {
    next.lastIndex = at
    if (!next.test(text)) return spans
    const { list, end } = argumentsAt(text, next.lastIndex)
    spans.push(...secretsAmong(text, list, places, around))
    at = end
  }
}

const PARAMETER = /(\$\d{1,5}) = (?:NULL|')/y
/** In the log of an error the statement comes after its parameters. */
const STATEMENT_AFTER = 4_000
const NAMED_PARAMETER = new RegExp(`(${STEMS})[\\\\"'\`]{0,4}[ \\t]{0,4}(?:=>|:=|=)[ \\t]{0,4}\\$(\\d{1,5})`, 'gi')

/** `parameters: $1 = 'x', $2 = '1'`: those that a statement before, or in this record, compares with or gives to a secret. */
function ofParameters(text: string, length: number, around: Around): readonly Span[] {
  const spans: [number, Span][] = []
  let at = length
  for (;;) {
    PARAMETER.lastIndex = at
    const found = PARAMETER.exec(text)
    if (!found) break
    at = PARAMETER.lastIndex
    if (text[at - 1] === "'") {
      const end = plainClose(text, at, "'")
      const span = end < 0 ? lineSpan(text, at) : { from: at, end, open: false }
      spans.push([Number(found[1]?.slice(1)), span])
      at = end < 0 ? span.end : end + 1
    }
    // A value that was cut off ends in dots.
    if (text.startsWith('...', at)) at += 3
    if (!text.startsWith(', ', at)) break
    at += 2
  }
  const numbers = new Set(rememberedParameters(around))
  const statement = statementAfter(text, at, around)
  for (const { 1: stem = '', 2: digits, index } of statement.matchAll(NAMED_PARAMETER)) {
    if (isSecretStem(stem, statement.slice(0, index))) numbers.add(Number(digits))
  }
  return spans.flatMap(([number, span]) => (numbers.has(number) ? [span] : []))
}

/** The rest of the line (csvlog, jsonlog), and after an error the STATEMENT that follows with the lines that belong to it. */
function statementAfter(text: string, at: number, { before }: Around): string {
  const { end } = lineSpan(text, at)
  const line = text.slice(at, Math.min(end, at + STATEMENT_AFTER))
  if (!/with $/i.test(before.slice(-5))) return line
  const found = text.slice(end, end + STATEMENT_AFTER)
  const statement = found.indexOf('STATEMENT:  ')
  return statement < 0 ? line : `${line}\n${/^(?:[^\n]|\n\t)*/.exec(found.slice(statement))?.[0] ?? ''}`
}

export const SQL_TRIGGERS: readonly Trigger[] = [
  { pattern: `\\b(?:alter|create)${GAP}(?:role|user|group)\\b`, secrets: unquoted },
  { pattern: `identified${GAP}(?:by|with${GAP}\\w{1,40}${GAP}(?:by|as))${GAP}(?=["'$])`, secrets: literalSpan },
  { pattern: `\\b(?:${Object.keys(FUNCTIONS).join('|')})[ \\t]{0,4}\\(`, secrets: ofFunction },
  { pattern: '\\bset_config[ \\t]{0,4}\\(', secrets: ofSetConfig },
  { pattern: `\\binsert${GAP}into${GAP}(?=[^ \\t])`, secrets: inserted },
  { pattern: '\\bparameters: (?=\\$\\d)', secrets: ofParameters },
]
