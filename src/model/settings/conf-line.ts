// Reads a line of postgresql.conf by the tokens of the server's own scanner: of several that fit the longest counts.

/** Without the words of the line: a link may have led to a file of secrets. */
const SYNTAX_ERROR = { error: 'syntax error' } as const

const LETTER = 'A-Za-z_\\u0080-\\uffff'
const ID = `[${LETTER}][${LETTER}0-9]*`
const token = (source: string) => new RegExp(source, 'y')

/** Of two that are equally long the first counts. */
const TOKENS = [
  ['name', token(ID)],
  ['qualified-name', token(`${ID}\\.${ID}`)],
  ['unquoted', token(`[${LETTER}][${LETTER}0-9.:/-]*`)],
  ['number', token('[+-]?(?:0x[\\da-fA-F]+|\\d+)[a-zA-Z]*')],
  ['number', token('[+-]?\\d*\\.\\d*(?:[eE][+-]?\\d+)?')],
] as const

type TokenKind = (typeof TOKENS)[number][0] | 'string' | 'equals' | 'end' | 'none'

interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Where the next one may begin. */
  readonly next: number
}

const VALUES: ReadonlySet<TokenKind> = new Set(['name', 'string', 'unquoted', 'number'])

/** What a line says; null: nothing. */
export function parseConfLine(
  line: string,
): { readonly name: string; readonly value: string } | { readonly error: string } | null {
  const name = tokenAt(line, 0)
  if (name.kind === 'end') return null
  if (name.kind !== 'name' && name.kind !== 'qualified-name') return SYNTAX_ERROR
  const behind = tokenAt(line, name.next)
  const value = behind.kind === 'equals' ? tokenAt(line, behind.next) : behind
  if (!VALUES.has(value.kind) || tokenAt(line, value.next).kind !== 'end') return SYNTAX_ERROR
  return { name: name.text, value: value.kind === 'string' ? unescaped(value.text.slice(1, -1)) : value.text }
}

const BLANKS = /[ \t\r]*/y

function tokenAt(line: string, from: number): Token {
  BLANKS.lastIndex = from
  const at = from + (BLANKS.exec(line)?.[0].length ?? 0)
  const of = (kind: TokenKind, text: string): Token => ({ kind, text, next: at + text.length })
  const first = line[at]
  if (first === undefined || first === '#') return { kind: 'end', text: '', next: line.length }
  if (first === '=') return of('equals', first)
  if (first === "'") {
    const end = endOfString(line, at)
    return end === null ? of('none', first) : of('string', line.slice(at, end))
  }
  let longest = of('none', '')
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = at
    const [text = ''] = pattern.exec(line) ?? []
    if (text.length > longest.text.length) longest = of(kind, text)
  }
  return longest
}

/** Behind the quote that ends it; null: none does. Where two quotes stand for one at the end of the line, the first ends it. */
function endOfString(line: string, start: number): number | null {
  let last: number | null = null
  for (let at = start + 1; at < line.length; at++) {
    const character = line[at]
    if (character === '\\') at++
    else if (character === "'") {
      last = at + 1
      if (line[at + 1] !== "'") return last
      at++
    }
  }
  return last
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function unescaped(quoted: string): string {
  return quoted.replace(/''|\\([0-7]{1,3}|.)/gs, (pair, behind?: string) => {
    if (behind === undefined) return "'"
    if (/^[0-7]/.test(behind)) return String.fromCharCode(Number.parseInt(behind, 8) & 0xff)
    return ESCAPES[behind] ?? pair.slice(1)
  })
}
